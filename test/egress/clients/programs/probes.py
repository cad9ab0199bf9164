"""Python clients of the egress matrix: each reaches for its own name in the zone it is given, all at once."""
import asyncio, json, socket, ssl, struct, sys, urllib.request
from concurrent.futures import ThreadPoolExecutor

import aiohttp, httpx, psycopg, requests, websockets

zone, address, resolver = sys.argv[1:4]


def with_websockets(host):
    async def ask():
        async with websockets.connect(f"ws://{host}/", open_timeout=15):
            return "open"

    try:
        return asyncio.run(ask())
    except websockets.exceptions.InvalidStatus as error:
        return str(error.response.status_code)


def with_aiohttp(host):
    async def ask():
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session:
            async with session.get(f"http://{host}/") as answer:
                return str(answer.status)

    return asyncio.run(ask())


def answered(where):
    with socket.create_connection(where, timeout=15) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        if not connection.recv(1):
            raise ConnectionResetError("closed")
        return "answered"


def silent(where):
    with socket.create_connection(where, timeout=15) as connection:
        if not connection.recv(1):
            raise ConnectionResetError("closed")
        return "answered"


def with_sni(host):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((address, 443), timeout=15) as connection:
        with context.wrap_socket(connection, server_hostname=host):
            return "connected"


def with_own_resolver(host):
    """Asks a resolver written into the program; an address in the answer is an answer."""
    name = b"".join(bytes([len(part)]) + part.encode() for part in host.split(".")) + b"\0"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(15)
        udp.sendto(struct.pack(">HHHHHH", 7, 0x100, 1, 0, 0, 0) + name + b"\0\1\0\1", (resolver, 53))
        answer = udp.recv(512)
    if answer[3] & 15:
        raise OSError(f"rcode {answer[3] & 15}")
    return "address"


def with_udp(host):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(15)
        udp.connect((host, 443))
        udp.send(b"x")
        return "sent"


def plain(get):
    return lambda host: str(get(f"http://{host}/"))


probes = {
    "python-urllib": plain(lambda url: urllib.request.urlopen(url, timeout=15).status),
    "python-requests": plain(lambda url: (lambda r: r.raise_for_status() or r.status_code)(requests.get(url, timeout=15))),
    "python-httpx": plain(lambda url: httpx.get(url, timeout=15).raise_for_status().status_code),
    "python-aiohttp": with_aiohttp,
    "python-psycopg": lambda host: psycopg.connect(f"host={host} user=x password=x connect_timeout=15") and "connected",
    "python-websockets": with_websockets,
    "python-raw": lambda host: answered((host, 80)),
    "python-own-resolver": with_own_resolver,
}
denied_only = {
    "python-udp": with_udp,
    "python-address-silent": lambda host: silent((address, 80)),
    "python-address-sni": with_sni,
}


def run(item):
    client, probe = item
    try:
        return {"client": client, "answer": probe(f"{client}.{zone}")}
    except Exception as error:
        return {"client": client, "error": f"{type(error).__name__}: {error}"}


chosen = {**probes, **denied_only} if zone.startswith("denied") else probes
if skipped := sys.argv[4:]:
    chosen = {client: probe for client, probe in chosen.items() if client not in skipped}
with ThreadPoolExecutor(len(chosen)) as pool:
    for row in pool.map(run, chosen.items()):
        print(json.dumps(row), flush=True)
