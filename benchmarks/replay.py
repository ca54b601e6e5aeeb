"""A server on 127.0.0.1 that asks another one once and then says the same again: `python -m benchmarks.replay URL`.

What is measured over it is the client and the wire, not how fast the emulator makes up its world. Prints its address.
"""

from __future__ import annotations

import http.client
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, NamedTuple
from urllib.parse import urlsplit

DEADLINE = 60.0
_NOT_PASSED = ("connection", "transfer-encoding", "content-length", "date", "server")


class Said(NamedTuple):
    """An answer, whole."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Replay(BaseHTTPRequestHandler):
    """Answers from what it heard. A request is the same by its method, host, path and body."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a head and a body are two packets, and the second would wait for 40 ms
    upstream: ClassVar[str] = ""
    heard: ClassVar[dict[tuple[str, str, str, bytes], Said]] = {}
    turn: ClassVar[threading.Lock] = threading.Lock()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        key = (self.command, self.headers.get("Host", ""), self.path, body)
        with self.turn:
            if key not in self.heard:
                self.heard[key] = self._ask(body)
        said = self.heard[key]
        self.send_response(said.status)
        for name, value in said.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(said.body)))
        self.end_headers()
        self.wfile.write(said.body)

    do_GET = do_POST = do_PUT = do_PATCH = _answer

    def _ask(self, body: bytes) -> Said:
        server = http.client.HTTPConnection(self.upstream, timeout=DEADLINE)
        try:
            server.request(self.command, self.path, body, dict(self.headers.items()))
            answer = server.getresponse()
            headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in _NOT_PASSED]
            return Said(answer.status, headers, answer.read())
        finally:
            server.close()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of every request."""


def main() -> int:
    """Serve until interrupted."""
    Replay.upstream = urlsplit(sys.argv[1]).netloc
    with ThreadingHTTPServer(("127.0.0.1", 0), Replay) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
