"""What becomes of an answer under a fault: cut, spoilt, replaced, without end, or led elsewhere."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

import msgspec

from services.emulator.answers import Request, Response, ok
from services.emulator.dice import Dice
from services.emulator.fault_links import led_away, turned_back
from services.emulator.fault_mutations import malformed
from services.emulator.faults import Fault, Faults

PIECE = 64 * 1024
MANY_HEADERS = 120
"""More than any HTTP client of Python takes."""

_PORTAL = (
    b"<!DOCTYPE html>\n<html><head><title>Sign in to Guest WiFi</title></head><body><form action='http://10.0.0.1/'>"
    b"<p>Accept the terms to go online.</p><button>Accept</button></form></body></html>\n"
)


def spoilt(fault: Fault, request: Request, made: Response, faults: Faults) -> Response:
    """Return the answer as the fault leaves it. The waits of a `drip` end when the faults are released."""
    if isinstance(fault.retry_after, str):
        made = msgspec.structs.replace(made, headers={**made.headers, "retry-after": fault.retry_after})
    if fault.kind is None or fault.kind == "half":
        return made
    return _KINDS[fault.kind](fault, request, made, faults)


Spoil = Callable[[Fault, Request, Response, Faults], Response]


def _truncate(fault: Fault, request: Request, made: Response, faults: Faults) -> Response:
    kept = Dice("cut", fault.seed, request.path).whole(0, max(1, len(made.body)))
    return msgspec.structs.replace(made, body=made.body[:kept], length=max(len(made.body), kept + 1))


def _malform(fault: Fault, request: Request, made: Response, faults: Faults) -> Response:
    return msgspec.structs.replace(made, body=malformed(made.body, fault.seed))


def _html(fault: Fault, request: Request, made: Response, faults: Faults) -> Response:
    return Response(headers={"content-type": "text/html; charset=utf-8"}, body=_PORTAL)


def _error(fault: Fault, request: Request, made: Response, faults: Faults) -> Response:
    return ok({"error": {"code": "InternalServerError", "message": "The request could not be processed."}})


def _huge(fault: Fault, request: Request, made: Response, faults: Faults) -> Response:
    def pieces() -> Iterator[bytes]:
        yield b'{"value":['
        for _ in range(fault.size // PIECE):
            yield b" " * PIECE
        yield b"]}"

    return msgspec.structs.replace(made, pieces=pieces)


def _bomb(fault: Fault, request: Request, made: Response, faults: Faults) -> Response:
    def pieces() -> Iterator[bytes]:
        packing = zlib.compressobj(9, zlib.DEFLATED, 31)
        yield packing.compress(b'{"value":[')
        for _ in range(fault.size // PIECE):
            if packed := packing.compress(b" " * PIECE):
                yield packed
        yield packing.compress(b"]}") + packing.flush()

    return msgspec.structs.replace(made, headers={**made.headers, "content-encoding": "gzip"}, pieces=pieces)


def _drip(fault: Fault, request: Request, made: Response, faults: Faults) -> Response:
    def pieces() -> Iterator[bytes]:
        for at in range(len(made.body)):
            faults.wait(fault.pace)
            yield made.body[at : at + 1]

    return msgspec.structs.replace(made, pieces=pieces)


def _headers(fault: Fault, request: Request, made: Response, faults: Faults) -> Response:
    more = {f"x-ms-more-{number}": str(number) for number in range(MANY_HEADERS)}
    return msgspec.structs.replace(made, headers={**made.headers, **more})


def _redirect(fault: Fault, request: Request, made: Response, faults: Faults) -> Response:
    query = "&".join(f"{name}={value}" for name, value in request.query.items())
    to = fault.to or f"https://{request.host}{request.path}" + (f"?{query}" if query else "")
    return Response(status=fault.status or 302, headers={"location": to})


def _foreign(fault: Fault, request: Request, made: Response, faults: Faults) -> Response:
    return led_away(request, made, fault.to or "https://evil.example/next")


def _cycle(fault: Fault, request: Request, made: Response, faults: Faults) -> Response:
    return turned_back(request, made, is_endless=fault.kind == "endless")


_KINDS: dict[str, Spoil] = {
    "truncate": _truncate, "malform": _malform, "html": _html, "error": _error, "huge": _huge, "bomb": _bomb,
    "drip": _drip, "headers": _headers, "redirect": _redirect, "foreign": _foreign, "cycle": _cycle,
    "endless": _cycle,
}  # fmt: skip
