"""What comes in and what goes out, and errors in the frames Azure's services put them in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import msgspec

from services.emulator.dice import guid
from services.emulator.samples import TENANT
from services.emulator.ticks import stamp

Json = dict[str, Any]

JSON_TYPE = "application/json; charset=utf-8"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request: bare host name, path without query, decoded query, headers with lower-case names."""

    method: str
    host: str
    path: str
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    body: bytes = b""

    def json(self) -> Json:
        """Return the body as a JSON object; an empty one for no body. Raises Refusal (400) for anything else."""
        try:
            found = msgspec.json.decode(self.body or b"{}")
        except msgspec.DecodeError as error:
            raise Refusal(
                gateway_error(400, "InvalidRequestContent", f"The request content was invalid: {error}")
            ) from error
        if not isinstance(found, dict):
            raise Refusal(gateway_error(400, "InvalidRequestContent", "The request content is not a JSON object."))
        return cast(Json, found)


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP answer; header names in lower case."""

    status: int = 200
    headers: Mapping[str, str] = {}
    body: bytes = b""
    pieces: Callable[[], Iterator[bytes]] | None = None
    """The body as it comes, in place of `body`: slowly, or longer than anybody wants to hold. No length is told."""
    length: int | None = None
    """What Content-Length says when that is not the truth."""

    def json(self) -> Any:
        """Return the body read as JSON."""
        return msgspec.json.decode(self.body)


class Refusal(Exception):
    """Raised by a handler that answers with an error."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"HTTP {response.status}")
        self.response = response


def ok(document: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer with a JSON body."""
    return Response(
        status=status, headers={"content-type": JSON_TYPE, **(headers or {})}, body=msgspec.json.encode(document)
    )


def gateway_error(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error of ARM's own: it never reached a service."""
    document = {"error": {"code": code, "message": message}}
    return ok(document, status=status, headers={"x-ms-failure-cause": "gateway", **(headers or {})})


def challenge(description: str) -> dict[str, str]:
    """Return the header a 401 comes with."""
    where = f'authorization_uri="https://login.windows.net/{TENANT}"'
    return {"www-authenticate": f'Bearer {where}, error="invalid_token", error_description="{description}"'}


def aml_error(
    status: int, message: str, codes: tuple[str, ...], *, region: str, at: int, code: str = "UserError"
) -> Response:
    """Return an error of Azure ML behind ARM. `code` says UserError for almost everything: the status decides."""
    correlation = {"operation": guid(message, at).replace("-", ""), "request": guid(at, message)[:8] * 2}
    info: list[Json] = [
        {"type": "ComponentName", "info": {"value": "managementfrontend"}},
        {"type": "Correlation", "info": {"value": correlation}},
        {"type": "Environment", "info": {"value": region}},
        {"type": "Location", "info": {"value": region}},
        {"type": "Time", "info": {"value": stamp(at)}},
    ]
    if codes:
        info.append({"type": "InnerError", "info": {"value": _nested(codes)}})
    document = {"error": {"code": code, "message": message, "details": [], "additionalInfo": info}}
    return ok(document, status=status, headers={"x-ms-response-type": "error"})


def data_error(
    status: int, message: str, codes: tuple[str, ...], *, region: str, at: int, code: str = "UserError"
) -> Response:
    """Return an error of the data plane: `innerError` with a capital E and its frame around it."""
    document: Json = {
        "error": {"code": code, "severity": None, "message": message, "messageFormat": None,
                  "messageParameters": None,
                  "referenceCode": None, "detailsUri": None, "target": None, "details": [],
                  "innerError": _nested(codes),
                  "debugInfo": None, "additionalInfo": None},
        "correlation": {"operation": guid(message, at).replace("-", ""), "request": guid(at, message)[:8] * 2},
        "environment": region, "location": region, "time": stamp(at), "componentName": "run-history",
    }  # fmt: skip
    return ok(document, status=status, headers={"x-ms-response-type": "error"})


def _nested(codes: tuple[str, ...]) -> Json | None:
    inner: Json | None = None
    for code in reversed(codes):
        inner = {"code": code, "innerError": inner}
    return inner
