"""A real Azure of our own on loopback: TLS with its own certificate authority, behind a real proxy.

The proxy tunnels every host name to the one server, so real names, real certificates checks and real sockets are used.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Heard:
    """A request as it reached the server."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def host(self) -> str:
        return self.headers.get("host", "")


Script = Callable[[Heard, ssl.SSLSocket], None]


def reply(status: int = 200, body: bytes = b"{}", **headers: str) -> Script:
    """A script that answers every request alike."""

    def run(_: Heard, line: ssl.SSLSocket) -> None:
        line.sendall(head(status, {"Content-Length": str(len(body)), **named(headers)}) + body)

    return run


def named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def head(status: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@dataclass
class Loopback:
    """The server and the proxy; `script` may be changed at any time."""

    authority: Path
    script: Script = field(default_factory=reply)
    heard: list[Heard] = field(default_factory=list[Heard])
    tunnelled: list[str] = field(default_factory=list[str])
    connections: int = 0
    proxy: str = ""


def certificates(folder: Path, names: list[str]) -> tuple[Path, Path]:
    """Write an authority and a certificate of it for these names; return the authority's file and the server's."""
    authority_key, authority = _signed("loopback authority", None, [])
    key, certificate = _signed("loopback", (authority_key, authority), names)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "authority.pem").write_bytes(authority.public_bytes(pem))
    (folder / "server.pem").write_bytes(private + certificate.public_bytes(pem))
    return folder / "authority.pem", folder / "server.pem"


def _signed(
    subject: str, by: tuple[ec.EllipticCurvePrivateKey, x509.Certificate] | None, names: list[str]
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by[1].subject if by else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), False)
    return key, builder.sign(by[0] if by else key, hashes.SHA256())


NAMES = ["management.azure.com", "*.api.azureml.ms", "api.loganalytics.io", "evil.example"]


@contextlib.contextmanager
def running(folder: Path, names: list[str] = NAMES) -> Iterator[Loopback]:
    """Run server and proxy until the end of the block; the server can prove to be any host of `names`."""
    authority, server_pem = certificates(folder, names)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_pem)
    world = Loopback(authority)
    with _listening(lambda line: _serve(world, context, line)) as port:
        target = ("127.0.0.1", port)
        with _listening(lambda line: _tunnel(world, target, line)) as proxy_port:
            world.proxy = f"http://127.0.0.1:{proxy_port}"
            yield world


@contextlib.contextmanager
def _listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    lines: list[socket.socket] = []

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = listener.accept()
                lines.append(line)
                threading.Thread(target=_quietly, args=(serve, line), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    for line in lines:
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
        line.close()
    thread.join(5)


def _quietly(serve: Callable[[socket.socket], None], line: socket.socket) -> None:
    with contextlib.suppress(OSError, ValueError), line:
        serve(line)


def _serve(world: Loopback, context: ssl.SSLContext, plain: socket.socket) -> None:
    with context.wrap_socket(plain, server_side=True) as line:
        world.connections += 1
        reader = line.makefile("rb")
        while first := reader.readline().decode().split():
            heard = Heard(first[0], first[1], *_rest(reader))
            world.heard.append(heard)
            world.script(heard, line)


def _rest(reader: object) -> tuple[dict[str, str], bytes]:
    headers: dict[str, str] = {}
    while line := reader.readline().decode().strip():  # type: ignore[attr-defined]
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers, reader.read(int(headers.get("content-length", "0")))  # type: ignore[attr-defined]


def _tunnel(world: Loopback, target: tuple[str, int], line: socket.socket) -> None:
    asked = b""
    while b"\r\n\r\n" not in asked:
        if not (piece := line.recv(4096)):
            return
        asked += piece
    world.tunnelled.append(asked.split()[1].decode())
    with socket.create_connection(target) as onward:
        for one in (line, onward):
            # Head and body of a request are two pieces: the second must not wait for the first one's receipt.
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = threading.Thread(target=_pump, args=(onward, line), daemon=True)
        back.start()
        _pump(line, onward)
        back.join(5)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
