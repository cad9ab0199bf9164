import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** Runs with the unmodified databricks-jdbc; prints `key value` lines. */
public class Queries {
  public static void main(String[] args) throws Exception {
    Properties login = new Properties();
    login.put("UID", "token");
    login.put("PWD", System.getenv("TOKEN"));
    try (Connection connection = DriverManager.getConnection(System.getenv("JDBC_URL"), login);
        Statement statement = connection.createStatement()) {
      try (ResultSet orders = statement.executeQuery("SELECT id, region, email FROM main.sales.orders ORDER BY id")) {
        while (orders.next()) {
          System.out.println("order " + orders.getLong(1) + " " + orders.getString(2) + " " + orders.getString(3));
        }
      }
      try (PreparedStatement prepared = connection.prepareStatement("SELECT ? AS word, CAST('1.25' AS DECIMAL(10,2)) AS d")) {
        prepared.setString(1, "it's");
        try (ResultSet words = prepared.executeQuery()) {
          words.next();
          System.out.println("word " + words.getString(1) + " " + words.getBigDecimal(2));
        }
      }
      int many = 0;
      try (ResultSet ids = statement.executeQuery("SELECT id FROM range(20000)")) {
        while (ids.next()) many++;
      }
      System.out.println("many " + many);
      try (ResultSet tables = connection.getMetaData().getTables("main", "sales", "%", null)) {
        while (tables.next()) System.out.println("table " + tables.getString("TABLE_NAME"));
      }
      try {
        statement.executeQuery("SELECT * FROM main.sales.nope");
      } catch (SQLException error) {
        System.out.println("error " + error.getSQLState() + " " + error.getMessage().replace('\n', ' '));
      }
    }
  }
}
