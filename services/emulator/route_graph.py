"""ARM: Azure Resource Graph, for the one question amldeck asks: workspaces, and what they hang on.

It reads of a query which types are asked for, and which columns are projected; everything else of KQL it ignores.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any, cast

from services.emulator.answers import Json, Refusal, Response, gateway_error, ok
from services.emulator.dependent_documents import KINDS, id_of, names_of
from services.emulator.orphans import made_at, orphans_in
from services.emulator.places import Place
from services.emulator.postures import posture_of
from services.emulator.routing import Ask, Route

ROWS_A_PAGE = 100
_ML = "microsoft.machinelearningservices/workspaces"
_TYPES = re.compile(r"'([\w.]+/[\w/]+)'")


def resources(ask: Ask) -> Response:
    """Answer a query: an array of objects, a page at a time. Resources of hidden workspaces are not in it."""
    asked = ask.request.json()
    subscriptions = {str(one).lower() for one in cast("list[Any]", asked.get("subscriptions") or [])}
    types = {one.lower() for one in _TYPES.findall(str(asked.get("query") or ""))}
    options = cast(Json, asked.get("options") or {})
    if not types:
        raise Refusal(gateway_error(400, "BadRequest", "Please provide below info when asking for support: query"))
    rows = sorted(
        (row for row in _rows(ask, subscriptions) if row["type"] in types), key=lambda row: str(row["id"]).lower()
    )
    start = _start(options)
    page = rows[start : start + ROWS_A_PAGE]
    is_more = start + ROWS_A_PAGE < len(rows)
    token = base64.b64encode(str(start + ROWS_A_PAGE).encode()).decode()
    document: Json = {
        "totalRecords": len(rows), "count": len(page), "data": page, "facets": [], "resultTruncated": "false",
        **({"$skipToken": token} if is_more else {}),
    }  # fmt: skip
    return ok(document, headers={"x-ms-user-quota-remaining": "14", "x-ms-user-quota-resets-after": "00:00:05"})


def _start(options: Json) -> int:
    token = str(options.get("$skipToken") or "")
    return int(base64.b64decode(token)) if token else 0


def _rows(ask: Ask, subscriptions: set[str]) -> Iterator[Json]:
    for place in ask.world.places:
        if place.subscription.lower() in subscriptions and place.access != "forbidden":
            yield _row(place, place.id, place.name, _ML, storage=_named(place, "storage"), vault=_named(place, "vault"),
                       registry=_named(place, "registry"), insights=_named(place, "insights"))  # fmt: skip
            for what in names_of(place):
                if what not in posture_of(place).gone:
                    yield _row(place, id_of(place, what), names_of(place)[what], KINDS[what])
    for subscription in {place.subscription for place in ask.world.places}:
        if subscription.lower() in subscriptions:
            for place, one, id in orphans_in(subscription):
                yield _row(place, id, one.name, KINDS[one.what], created=made_at(ask.now))


def _named(place: Place, what: str) -> str | None:
    return id_of(place, what) if what in names_of(place) else None


def _row(place: Place, id: str, name: str, type: str, *, created: str | None = None, **uses: str | None) -> Json:
    """Return one row; Resource Graph writes types and groups in lower case."""
    return {
        "id": id, "name": name, "type": type.lower(), "resourceGroup": place.group.lower(), "location": place.region,
        "created": created, **dict.fromkeys(("storage", "vault", "registry", "insights")), **uses,
    }  # fmt: skip


ROUTES = (Route("POST", "arm", "/providers/Microsoft.ResourceGraph/resources", resources),)
