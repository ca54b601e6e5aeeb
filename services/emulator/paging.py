"""Pages of ARM's lists of Azure ML: `value` and a `nextLink` whose `$skipToken` is base64 of a number."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from services.emulator.answers import Json
from services.emulator.routing import Ask


def skipped(ask: Ask) -> int:
    """Return the number in the request's skip token, 0 without one. Raises Refusal for a token of another listing."""
    token = ask.query("skipToken") or ask.query("skip")
    if not token:
        return 0
    try:
        return int(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_"))
    except ValueError as error:
        raise ask.wrong(f"The skip token {token!r} is not valid.") from error


def skip_link(ask: Ask, number: int) -> str:
    """Return the link to the page after `number`, written as the service writes it: NTA%3d."""
    token = base64.urlsafe_b64encode(str(number).encode()).decode()
    return ask.url(skipToken=token).replace("%3D", "%3d")


def paged(ask: Ask, items: Sequence[Any], size: int) -> Json:
    """Return one page of a list; the last page has no `nextLink` at all."""
    start = skipped(ask)
    page: Json = {"value": list(items[start : start + size])}
    if start + size < len(items):
        page["nextLink"] = skip_link(ask, start + size)
    return page
