"""Reads of which one may be refused while the others go on: what was refused becomes a record that says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import msgspec

from services.calls import Call, route
from services.errors import Forbidden, NotFound, ServiceError
from services.records import Page, Provenance

T = TypeVar("T")


def or_refused(
    call: Call, read: Callable[[Call], Page[T]], stand_in: Callable[[ServiceError], T], at: datetime
) -> Page[T]:
    """Return what `read` gives, or the page of the record that stands in for a refused or missing part.

    `at` is when it was asked (aware UTC). Raises every ServiceError but Forbidden and NotFound.
    """
    try:
        return read(call)
    except (Forbidden, NotFound) as refusal:
        record = stand_in(refusal)
        asked = Provenance(route(call), call.api_version, at, method=call.method)
        return Page((record,), (msgspec.json.encode(record),), asked)
