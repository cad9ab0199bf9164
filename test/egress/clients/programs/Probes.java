// Java clients of the egress matrix.
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;

public class Probes {
  public static void main(String[] args) {
    String zone = args[0];
    show("java-httpclient", () -> {
      HttpRequest request = HttpRequest.newBuilder(URI.create("http://java-httpclient." + zone + "/"))
          .timeout(Duration.ofSeconds(15)).build();
      return status(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
    });
    show("java-urlconnection", () -> {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create("http://java-urlconnection." + zone + "/").toURL().openConnection();
      connection.setConnectTimeout(15000);
      connection.setReadTimeout(15000);
      return status(connection.getResponseCode());
    });
    show("java-raw", () -> {
      try (Socket socket = new Socket("java-raw." + zone, 80)) {
        socket.setSoTimeout(15000);
        socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes());
        if (socket.getInputStream().read() < 0) throw new IllegalStateException("closed");
        return "answered";
      }
    });
    System.exit(0);
  }

  static String status(int code) {
    if (code != 200) throw new IllegalStateException("status " + code);
    return "200";
  }

  static void show(String client, Callable<String> probe) {
    String outcome;
    try {
      outcome = "\"answer\":\"" + probe.call() + "\"";
    } catch (Throwable error) {
      outcome = "\"error\":\"" + error.toString().replace("\\", "/").replace("\"", "'") + "\"";
    }
    System.out.println("{\"client\":\"" + client + "\"," + outcome + "}");
  }
}
