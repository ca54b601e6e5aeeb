"""Outbound rules: where the managed network of a workspace may connect to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from services.parsing import id_tail
from services.reading import read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.wire import Wire, as_dict, reader_of, text_at

if TYPE_CHECKING:
    from services.connection import Connection

API = "2024-10-01-preview"


class OutboundRule(msgspec.Struct, frozen=True, kw_only=True):
    """One outbound rule of a managed network."""

    id: str
    """Its name."""
    name: str
    type: str | None = None
    """FQDN, PrivateEndpoint or ServiceTag."""
    destination: str | None = None
    """The name, the service tag with its ports, or the resource and its part."""
    category: str | None = None
    """Required, Recommended, Dependency or UserDefined."""
    status: str | None = None


class Properties(Wire):
    """The fields of a rule that are shown; `destination` is a text or an object."""

    type: str | None = None
    destination: Any = None
    category: str | None = None
    status: str | None = None


class Given(Wire):
    """One rule as ARM gives it; its id is null in older versions."""

    properties: Properties
    id: str | None = None
    name: str | None = None


_read = reader_of(Given)


def list_outbound_rules(
    connection: Connection, ref: WorkspaceRef, *, stop: Stop = never
) -> Iterator[Page[OutboundRule]]:
    """Yield the outbound rules of a workspace's managed network, required ones too. Raises ServiceError.

    Reads GET …/outboundRules.
    """
    for answer in connection.pages(connection.arm(f"{ref.id}/outboundRules", API), stop=stop):
        yield read_page(answer, parse_outbound_rule)


def parse_outbound_rule(document: bytes) -> OutboundRule:
    """Return one rule. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read(document)
    name = given.name or id_tail(given.id)
    if not name:
        raise ValueError("it has no name")
    known = given.properties
    return OutboundRule(
        id=name,
        name=name,
        type=known.type,
        destination=_destination(known.destination),
        category=known.category,
        status=known.status,
    )


def _destination(given: object) -> str | None:
    if isinstance(given, str):
        return given or None
    block = as_dict(given)
    if (tag := text_at(block, "serviceTag")) is not None:
        ports = " ".join(part for part in (text_at(block, "protocol"), text_at(block, "portRanges")) if part)
        return f"{tag} {ports}".strip()
    resource = id_tail(text_at(block, "serviceResourceId"))
    part = text_at(block, "subresourceTarget")
    return f"{resource}/{part}" if resource and part else resource
