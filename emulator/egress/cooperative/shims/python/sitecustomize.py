"""Loaded into every Python process of an app by PYTHONPATH.

Sends each outbound TCP connection made with Python's sockets through the egress gate of the run, refuses names
the policy refuses with the error a deployed app sees, and refuses UDP. It is advisory: extension modules that
open sockets themselves, `python -I` and other programs pass it by.

The gate's address and the app's token are in EGRESS_GATE; cooperative/shim-lines.ts describes what is sent.
"""

import os
import sys


def _chain():
    """Runs the sitecustomize that this one hides, if there is one."""
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    here = os.path.dirname(os.path.abspath(__file__))
    others = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    spec = PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(module_from_spec(spec))


def _read_gate():
    from urllib.parse import unquote, urlsplit

    try:
        url = urlsplit(os.environ.get("EGRESS_GATE", ""))
        if url.port and url.password:
            return url.port, unquote(url.password)
    except ValueError:
        pass
    return None


def _install(gate_port, token):
    import _socket
    import json
    import socket

    raw_connect = socket.socket.connect
    raw_connect_ex = socket.socket.connect_ex
    raw_sendto = socket.socket.sendto
    raw_sendmsg = getattr(socket.socket, "sendmsg", None)
    raw_listen = socket.socket.listen
    raw_send = _socket.socket.sendall
    raw_getaddrinfo = socket.getaddrinfo
    raw_gethostbyname = socket.gethostbyname
    raw_gethostbyname_ex = socket.gethostbyname_ex
    raw_gethostbyaddr = socket.gethostbyaddr
    seen_ports = set()

    def line(kind, host, port, protocol):
        name = os.path.basename(sys.argv[0] if getattr(sys, "argv", None) else "") or "python"
        message = {
            "k": kind,
            "token": token,
            "host": host,
            "port": port,
            "protocol": protocol,
            "process": ("%s (%d)" % (name, os.getpid()))[-200:],
        }
        return ("BRICKBOX/1 %s\n" % json.dumps(message)).encode()

    def open_gate():
        gate = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        gate.settimeout(10)
        raw_connect(gate, ("127.0.0.1", gate_port))
        return gate

    def note(host, port, protocol):
        try:
            with open_gate() as gate:
                raw_send(gate, line("note", host, port, protocol))
                gate.recv(1)
        except OSError:
            pass

    def ask(host):
        """Asks whether a name may be resolved; an unreachable gate means no."""
        try:
            with open_gate() as gate:
                raw_send(gate, line("name", host, None, "dns"))
                text = b""
                while True:
                    part = gate.recv(4096)
                    if not part:
                        break
                    text += part
            return json.loads(text)
        except (OSError, ValueError):
            return {"verdict": "denied", "rcode": "SERVFAIL"}

    def name_error(rcode):
        if rcode == "NXDOMAIN":
            return socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    def text_of(host):
        if isinstance(host, (bytes, bytearray)):
            return bytes(host).decode("ascii", "replace")
        return host

    def is_address(host):
        for family in (socket.AF_INET, socket.AF_INET6):
            try:
                socket.inet_pton(family, host.split("%")[0])
                return True
            except OSError:
                pass
        return False

    def is_local(host):
        if not isinstance(host, str):
            return True
        host = host.lower().rstrip(".")
        if host.startswith("::ffff:") and "." in host:
            host = host[7:]
        if host in ("", "localhost", "::1", "::", "0.0.0.0", "<broadcast>") or host.endswith(".localhost"):
            return True
        return host.startswith("127.") and is_address(host)

    def resolve(host):
        """The synthetic address of an allowed name."""
        answer = ask(host)
        if answer.get("verdict") == "denied":
            raise name_error(answer.get("rcode"))
        return answer["ip"]

    def foreign_name(host):
        return isinstance(host, str) and not is_local(host) and not is_address(host)

    def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
        name = text_of(host)
        if not foreign_name(name):
            return raw_getaddrinfo(host, port, family, type, proto, flags)
        if flags & socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        address = resolve(name)
        if family == socket.AF_INET6:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        found = raw_getaddrinfo(address, port, family, type, proto, flags & ~socket.AI_CANONNAME)
        if flags & socket.AI_CANONNAME:
            return [entry[:3] + (name,) + entry[4:] for entry in found]
        return found

    def gethostbyname(host):
        name = text_of(host)
        return resolve(name) if foreign_name(name) else raw_gethostbyname(host)

    def gethostbyname_ex(host):
        name = text_of(host)
        return (name, [], [resolve(name)]) if foreign_name(name) else raw_gethostbyname_ex(host)

    def gethostbyaddr(host):
        name = text_of(host)
        if is_local(name):
            return raw_gethostbyaddr(host)
        if is_address(name):
            raise socket.herror(1, "Unknown host")
        return (name, [], [resolve(name)])

    def destination(sock, address):
        """(host, port) of an internet destination outside this machine, else None."""
        if sock.family not in (socket.AF_INET, socket.AF_INET6) or not isinstance(address, tuple):
            return None
        host, port = text_of(address[0]), address[1]
        if is_local(host):
            if sock.type == socket.SOCK_STREAM:
                note_local_port(port)
            return None
        return host, port

    def note_local_port(port):
        if port != gate_port and port not in seen_ports and isinstance(port, int) and port > 0:
            seen_ports.add(port)
            note("127.0.0.1", port, "tcp")

    def redirect(sock, host, port):
        """Joins the socket to the gate and says where it wants to go. The gate is local: blocking is short."""
        if not is_address(host):
            resolve(host)
        timeout = sock.gettimeout()
        local = "127.0.0.1" if sock.family == socket.AF_INET else "::ffff:127.0.0.1"
        sock.settimeout(10)
        try:
            raw_connect(sock, (local, gate_port))
            raw_send(sock, line("flow", host, port, "tcp"))
        finally:
            sock.settimeout(timeout)

    def connect(self, address):
        wanted = destination(self, address)
        if wanted is None:
            return raw_connect(self, address)
        if self.type != socket.SOCK_STREAM:
            refuse_udp(*wanted)
        return redirect(self, *wanted)

    def connect_ex(self, address):
        wanted = destination(self, address)
        if wanted is None:
            return raw_connect_ex(self, address)
        try:
            connect(self, address)
            return 0
        except socket.gaierror:
            raise
        except OSError as error:
            return error.errno

    def refuse_udp(host, port):
        note(host, port, "udp")
        if is_address(host):
            raise PermissionError(1, "Operation not permitted")
        raise name_error("SERVFAIL")

    def sendto(self, data, *rest):
        wanted = destination(self, rest[-1]) if rest else None
        if wanted is not None:
            refuse_udp(*wanted)
        return raw_sendto(self, data, *rest)

    def sendmsg(self, buffers, ancdata=(), flags=0, address=None):
        wanted = destination(self, address) if address is not None else None
        if wanted is not None:
            refuse_udp(*wanted)
        return raw_sendmsg(self, buffers, ancdata, flags, *(() if address is None else (address,)))

    def listen(self, *backlog):
        result = raw_listen(self, *backlog)
        if self.family in (socket.AF_INET, socket.AF_INET6):
            seen_ports.add(self.getsockname()[1])
        return result

    socket.getaddrinfo = getaddrinfo
    socket.gethostbyname = gethostbyname
    socket.gethostbyname_ex = gethostbyname_ex
    socket.gethostbyaddr = gethostbyaddr
    socket.socket.connect = connect
    socket.socket.connect_ex = connect_ex
    socket.socket.sendto = sendto
    socket.socket.listen = listen
    if raw_sendmsg is not None:
        socket.socket.sendmsg = sendmsg

    def guard_uvloop(module):
        """uvloop resolves and connects in C, so its loop is led through the sockets above."""
        loop_class = module.Loop
        loop_getaddrinfo = loop_class.getaddrinfo
        loop_sock_connect = loop_class.sock_connect
        loop_create_connection = loop_class.create_connection
        loop_create_datagram = loop_class.create_datagram_endpoint

        async def guarded_getaddrinfo(self, host, port, *, family=0, type=0, proto=0, flags=0):
            if not foreign_name(text_of(host)):
                return await loop_getaddrinfo(self, host, port, family=family, type=type, proto=proto, flags=flags)
            return await self.run_in_executor(None, getaddrinfo, host, port, family, type, proto, flags)

        async def guarded_sock_connect(self, sock, address):
            wanted = destination(sock, address)
            if wanted is None:
                return await loop_sock_connect(self, sock, address)
            return await self.run_in_executor(None, connect, sock, address)

        async def guarded_create_connection(self, protocol_factory, host=None, port=None, *, sock=None, **options):
            name = text_of(host)
            if sock is not None or name is None or is_local(name):
                return await loop_create_connection(self, protocol_factory, host, port, sock=sock, **options)
            for option in ("family", "proto", "flags", "local_addr", "happy_eyeballs_delay", "interleave"):
                options.pop(option, None)
            if options.get("ssl") and options.get("server_hostname") is None:
                options["server_hostname"] = name
            joined = socket.socket()
            try:
                await self.run_in_executor(None, redirect, joined, name, int(port))
                joined.setblocking(False)
            except BaseException:
                joined.close()
                raise
            return await loop_create_connection(self, protocol_factory, sock=joined, **options)

        async def guarded_create_datagram(self, protocol_factory, local_addr=None, remote_addr=None, **options):
            if remote_addr is not None and not is_local(text_of(remote_addr[0])):
                refuse_udp(text_of(remote_addr[0]), remote_addr[1])
            return await loop_create_datagram(self, protocol_factory, local_addr, remote_addr, **options)

        loop_class.getaddrinfo = guarded_getaddrinfo
        loop_class.sock_connect = guarded_sock_connect
        loop_class.create_connection = guarded_create_connection
        loop_class.create_datagram_endpoint = guarded_create_datagram

    _after_import({"urllib.request": _without_proxies, "uvloop": guard_uvloop})


def _without_proxies(module):
    """Clients that honour proxy variables would see the proxy's 403 and not the error of a deployed app."""

    def getproxies():
        return {}

    module.getproxies = getproxies
    module.getproxies_environment = getproxies


def _after_import(hooks):
    """Calls a hook with its module once that is imported; nothing is imported for it."""
    import importlib.util

    class Finder:
        @classmethod
        def find_spec(cls, name, path=None, target=None):
            hook = hooks.pop(name, None)
            if hook is None:
                return None
            spec = importlib.util.find_spec(name)
            if spec is None or spec.loader is None:
                return spec
            execute = spec.loader.exec_module

            def exec_module(module):
                execute(module)
                hook(module)

            spec.loader.exec_module = exec_module
            return spec

    sys.meta_path.insert(0, Finder)


_gate = _read_gate()
if _gate is not None:
    _install(*_gate)
_chain()
