"""The emulator over HTTP on 127.0.0.1: Azure's hosts by their Host header, its own address for faults and the log."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from services.emulator.answers import Request, Response, gateway_error
from services.emulator.control import control
from services.emulator.faults import Faults
from services.emulator.routes import Dropped, TooSlow, respond
from services.emulator.world import World

LARGEST_BODY = 16 * 1024 * 1024

_OWN_NAMES = ("127.0.0.1", "localhost", "::1")


class EmulatorServer(ThreadingHTTPServer):
    """One emulator, bound and not yet serving: call `start` or `serve_forever`. Each client has its own thread."""

    daemon_threads = True
    # On Windows this would let a second emulator take the same port.
    allow_reuse_address = os.name != "nt"

    def __init__(self, world: World, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.world = world
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address to hand to clients."""
        return f"http://127.0.0.1:{self.server_port}"

    def start(self) -> str:
        """Serve on a thread of its own and return the address."""
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name="emulator", daemon=True)
        self._thread.start()
        return self.url

    def stop(self) -> None:
        """End every stall, stop serving and close the port."""
        self.world.faults.release()
        if self._thread is not None:
            self.shutdown()
            self._thread.join(5)
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that left in the middle of an answer is no event."""


def serve(world: World, port: int = 0, faults: Faults | None = None) -> EmulatorServer:
    """Return a server for `world` on 127.0.0.1; port 0 takes a free one. Raises OSError when the port is taken."""
    if faults is not None:
        world.faults = faults
    return EmulatorServer(world, port)


@contextmanager
def serving(world: World, port: int = 0) -> Generator[str]:
    """Serve `world` while the block runs, and give its address."""
    server = serve(world, port)
    try:
        yield server.start()
    finally:
        server.stop()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "amldeck-emulator"
    sys_version = ""
    # Head and body leave together: two small writes would wait for each other's acknowledgement.
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer."""
        self._handle()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the request log has it."""

    def _handle(self) -> None:
        world = cast(EmulatorServer, self.server).world
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            self._write(gateway_error(413, "RequestEntityTooLarge", f"more than {LARGEST_BODY} bytes"))
            return
        request = self._request(self.rfile.read(length))
        try:
            own = request.host.lower() in _OWN_NAMES
            self._write(control(world, request) if own else respond(world, request))
        except (Dropped, TooSlow):
            self.close_connection = True

    def _request(self, body: bytes) -> Request:
        parts = urlsplit(self.path)
        host = urlsplit("//" + (self.headers.get("Host") or "127.0.0.1")).hostname or ""
        return Request(
            method=self.command, host=host, path=unquote(parts.path),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()}, body=body,
        )  # fmt: skip

    def _write(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        told = len(response.body) if response.length is None else response.length
        # A body of pieces, or shorter than was told, ends with its connection.
        if response.pieces is not None or told != len(response.body):
            self.close_connection = True
            self.send_header("connection", "close")
        if response.pieces is None:
            self.send_header("content-length", str(told))
        self.end_headers()
        if self.command != "HEAD":
            self._write_body(response)

    def _write_body(self, response: Response) -> None:
        if response.pieces is None:
            self.wfile.write(response.body)
            return
        for piece in response.pieces():
            self.wfile.write(piece)
            self.wfile.flush()
