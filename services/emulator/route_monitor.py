"""Azure Monitor: Log Analytics queries of the simplest kind."""

from __future__ import annotations

import re
from typing import Any

from services.emulator.answers import Json, Refusal, Response, ok
from services.emulator.dice import Dice
from services.emulator.routing import Ask, Route
from services.emulator.ticks import MINUTE, SECOND, stamp

_ENDPOINT = re.compile(r"/workspaces/([^/]+)/onlineendpoints/([^/]+)", re.I)
_TAKE = re.compile(r"(?:take|limit)\s+(\d+)", re.I)

TABLES: dict[str, dict[str, str]] = {
    "AmlOnlineEndpointTrafficLog": {
        "TimeGenerated": "datetime", "EndpointName": "string", "DeploymentName": "string", "Method": "string",
        "Path": "string",
        "ResponseCode": "int", "ResponseCodeReason": "string", "ModelStatusCode": "int",
        "ModelStatusReason": "string",
        "TotalDurationMs": "int", "RequestDurationMs": "int", "ResponseDurationMs": "int", "XRequestId": "string",
        "AuthType": "string", "UserAgent": "string", "_ResourceId": "string",
    },
    "AmlOnlineEndpointConsoleLog": {
        "TimeGenerated": "datetime", "DeploymentName": "string", "InstanceId": "string", "ContainerName": "string",
        "Message": "string", "_ResourceId": "string",
    },
}  # fmt: skip
"""What a diagnostic setting sends. AmlOnlineEndpointEventLog is not among it: asking for it is the missing table."""

_ROWS = 240


def query(ask: Ask) -> Response:
    """Answer `Table`, `Table | take n`, `Table | getschema`, `Table | count`; anything else is refused by name."""
    text = str(ask.request.json().get("query") or "").strip()
    steps = [step.strip() for step in text.split("|")]
    columns = TABLES.get(steps[0])
    if columns is None:
        operator = steps[1].split()[0] if len(steps) > 1 else "take"
        raise _semantic(f"'{operator}' operator: Failed to resolve table or column expression named '{steps[0]}'")
    rows = [_row(ask, steps[0], columns, number) for number in range(_ROWS)]
    names: dict[str, str] = columns
    for step in steps[1:]:
        take = _TAKE.fullmatch(step)
        if take:
            rows = rows[: int(take[1])]
        elif step == "count":
            names, rows = {"Count": "long"}, [[len(rows)]]
        elif step == "getschema":
            return ok(_table("getschema", {"ColumnName": "string", "ColumnOrdinal": "int", "DataType": "string",
                                           "ColumnType": "string"},
                             [[name, place, f"System.{kind.title()}", kind] for place,
                              (name, kind) in enumerate(columns.items())]))  # fmt: skip
        else:
            raise _semantic(f"The emulator does not evaluate {step!r}: it knows take, limit, count and getschema.")
    return ok(_table("PrimaryResult", names, rows))


def _table(name: str, columns: dict[str, str], rows: list[list[Any]]) -> Json:
    return {
        "tables": [
            {"name": name, "columns": [{"name": one, "type": kind} for one, kind in columns.items()], "rows": rows}
        ]
    }


def _semantic(message: str) -> Refusal:
    error = {
        "message": "The request had some invalid properties", "code": "BadArgumentError",
        "innererror": {"code": "SemanticError", "message": "A semantic error occurred.",
                       "innererror": {"code": "SEM0100", "message": message}},
    }  # fmt: skip
    return Refusal(ok({"error": error}, status=400))


def _row(ask: Ask, table: str, columns: dict[str, str], number: int) -> list[Any]:
    resource = ask.parts.get("scope", "")
    found = _ENDPOINT.search(resource)
    at = ask.now // MINUTE * MINUTE - number * 17 * SECOND
    dice = Dice("log", table, at)
    code = 424 if dice.happens(0, 0.04) else 200
    spent = int(dice.between(1, 14, 90)) * (9 if code != 200 else 1)
    values: Json = {
        "TimeGenerated": stamp(at, "Z"), "EndpointName": found[2] if found else "fraud-score",
        "DeploymentName": dice.pick(2, ("blue", "blue", "green")), "Method": "POST", "Path": "/score",
        "ResponseCode": code,
        "ResponseCodeReason": "model_error" if code != 200 else "", "ModelStatusCode": 500 if code != 200 else 200,
        "ModelStatusReason": "Internal Server Error" if code != 200 else "OK", "TotalDurationMs": spent,
        "RequestDurationMs": 2,
        "ResponseDurationMs": spent - 1, "XRequestId": dice.hex(32), "AuthType": "AADToken",
        "UserAgent": "checkout/4.2",
        "InstanceId": f"fraud-{dice.whole(3, 6)}", "ContainerName": "inference-server",
        "Message": f"POST /score HTTP/1.0 {code} {spent} ms", "_ResourceId": "/" + resource.strip("/").lower(),
    }  # fmt: skip
    return [values[name] for name in columns]


ROUTES = (Route("POST", "logs", "/v1{scope}/query", query),)
