"""Listens in the ways a program inside must not reach, and says on standard output what came through."""
import select, socket, sys

stream_path, datagram_path, abstract = sys.argv[1:4]
stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
stream.bind(stream_path)
hidden = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
hidden.bind("\0" + abstract)
tcp = socket.socket()
tcp.bind(("127.0.0.1", 0))
datagram = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
datagram.bind(datagram_path)
for listener in (stream, hidden, tcp):
    listener.listen()
print(f"port {tcp.getsockname()[1]}", flush=True)
# Kept open: a client that still writes must not meet a closed end.
accepted = []
while True:
    for ready in select.select([stream, hidden, tcp, datagram], [], [])[0]:
        accepted.append(ready.recv(10) if ready is datagram else ready.accept())
        print("reached", flush=True)
