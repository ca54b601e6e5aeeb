"""Subscriptions: what the signed-in account may look into."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from services.parsing import id_tail
from services.reading import read_page
from services.records import Page, Stop, never
from services.wire import Wire, pairs, reader_of

if TYPE_CHECKING:
    from services.connection import Connection

API = "2022-12-01"


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """One subscription of the account."""

    id: str
    """The GUID, in lower case."""
    name: str
    state: str | None = None
    """Enabled, Disabled, Warned …"""
    tenant: str | None = None
    tags: dict[str, str | None] = {}


class Given(Wire):
    """One item of GET /subscriptions."""

    id: str | None = None
    subscription_id: str | None = None
    display_name: str | None = None
    state: str | None = None
    tenant_id: str | None = None
    tags: dict[str, Any] | None = None


_read = reader_of(Given)


def list_subscriptions(connection: Connection, *, stop: Stop = never) -> Iterator[Page[Subscription]]:
    """Yield the subscriptions of the account. Raises ServiceError. Reads GET /subscriptions."""
    for answer in connection.pages(connection.arm("/subscriptions", API), stop=stop):
        yield read_page(answer, parse_subscription)


def parse_subscription(document: bytes) -> Subscription:
    """Return one subscription. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read(document)
    key = (given.subscription_id or id_tail(given.id) or "").lower()
    if not key:
        raise ValueError("it has no subscriptionId")
    return Subscription(
        id=key, name=given.display_name or key, state=given.state, tenant=given.tenant_id, tags=pairs(given.tags)
    )
