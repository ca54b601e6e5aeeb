"""The error answers of faults, each in the frame of the service that was asked."""

from __future__ import annotations

from collections.abc import Callable

from services.emulator.answers import Request, Response, aml_error, challenge, data_error, gateway_error
from services.emulator.callers import FIRST, Caller, caller_of
from services.emulator.dice import guid
from services.emulator.faults import Fault
from services.emulator.ticks import DAY, clock_text, day_text

REGION = "westeurope"
"""Where a fault says it comes from."""


def fault_response(fault: Fault, request: Request, at: int) -> Response:
    """Return the error answer of a fault, in the frame the service asked would use."""
    status, path = fault.status or 500, request.path
    is_data = request.host.lower().endswith(".azureml.ms")
    is_aml = is_data or "/microsoft.machinelearningservices/workspaces/" in path.lower()
    frame = data_error if is_data else aml_error
    match status:
        case 401:
            message = "The access token expiry UTC time '1/1/2024 6:05:58 PM' is earlier than current UTC time."
            return gateway_error(401, "ExpiredAuthenticationToken", message, challenge("The access token is invalid."))
        case 403:
            return forbidden(path, operation_of(request.method, path), caller_of(request))
        case 404:
            return gateway_error(404, "ResourceNotFound", f"The Resource '{path}' was not found.")
        case 429:
            return _throttled(fault, request, frame if is_aml else None, at)
        case 502 | 504:
            return _html(status, {502: "502 Bad Gateway", 504: "504 Gateway Time-out"}[status])
        case _ if is_aml:
            return frame(status, "InternalServerError", (), region=REGION, at=at, code="ServiceError")
        case _:
            return _broken(status, at)


def _throttled(fault: Fault, request: Request, frame: Callable[..., Response] | None, at: int) -> Response:
    """Return a 429: Azure ML says the wait in words alone, Cost Management in headers of its own."""
    given = fault.retry_after
    wait = given if isinstance(given, str) else f"{given or (20 if frame else 60):g}"
    headers = {} if given is None else {"retry-after": wait}
    if frame is not None:
        message = f"Received too many requests in a short amount of time. Retry again after {wait} seconds."
        made = frame(429, message, ("QuotaExceeded", "TooManyRequests"), region=REGION, at=at)
        return Response(status=429, headers={**made.headers, **headers}, body=made.body)
    names = ("entity", "tenant") if "costmanagement" in request.path.lower() else ()
    headers |= {f"x-ms-ratelimit-microsoft.costmanagement-{name}-retry-after": wait for name in names}
    return gateway_error(429, "429", "Too many requests. Please retry.", headers)


def _broken(status: int, at: int) -> Response:
    when = f"{day_text(at // DAY)}T{clock_text(at)}Z".replace("-", "").replace(":", "")
    hint = f"Diagnostic information: timestamp '{when}', tracking id '{guid('tracking', at)}'."
    return gateway_error(status, "InternalServerError", f"Encountered internal server error. {hint}")


_VERBS = {"PUT": "write", "PATCH": "write", "DELETE": "delete"}


def operation_of(method: str, path: str) -> str:
    """Return the operation a role would have to grant: the provider, the types along the path, and the verb."""
    parts = [part for part in path.replace(":query", "").split("/") if part]
    lowered = [part.lower() for part in parts]
    if "providers" not in lowered:
        return "/".join(("Microsoft.Resources", *parts[::2], _VERBS.get(method, "read")))
    provider, *rest = parts[len(parts) - lowered[::-1].index("providers") :]
    types = rest[::2]
    if method == "POST" and len(rest) % 2 and not path.endswith(":query"):
        return "/".join((provider, *types, "action"))
    return "/".join((provider, *types, _VERBS.get(method, "read")))


def forbidden(scope: str, action: str, caller: Caller = FIRST) -> Response:
    """Return ARM's refusal of an action over a scope."""
    message = (
        f"The client '{caller.name}' with object id '{caller.id}' does not have authorization to perform action "
        f"'{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your "
        "credentials."
    )
    return gateway_error(403, "AuthorizationFailed", message)


def _html(status: int, title: str) -> Response:
    lines = ("<html>", f"<head><title>{title}</title></head>", "<body>", f"<center><h1>{title}</h1></center>",
             "<hr><center>nginx</center>", "</body>", "</html>", "")  # fmt: skip
    page = "\r\n".join(lines)
    return Response(status=status, headers={"content-type": "text/html"}, body=page.encode())
