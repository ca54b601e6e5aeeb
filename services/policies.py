"""Azure Policy: which resources of a resource group do not comply, and with which policy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from services.errors import Forbidden, NotFound
from services.parsing import id_tail, moment
from services.reading import read_item, read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.wire import Wire, as_dict, reader_of, text_at

if TYPE_CHECKING:
    from services.connection import Connection

API = "2019-10-01"
DEFINITIONS_API = "2021-06-01"
MOST_TITLES = 50
"""Definitions whose titles are asked for, one call each."""


class PolicyFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One resource that does not comply with one policy, as Azure Policy last saw it."""

    id: str
    """`resource|assignment|definition`, in lower case."""
    resource: str
    """The ARM id as given."""
    resource_name: str
    resource_type: str | None = None
    policy: str | None = None
    """The definition's title when it may be read, else its name."""
    definition: str | None = None
    assignment: str | None = None
    effect: str | None = None
    state: str | None = None
    at: datetime | None = None
    """When Azure Policy looked."""


class Given(Wire):
    """One policy state."""

    resource_id: str | None = None
    resource_type: str | None = None
    timestamp: str | None = None
    compliance_state: str | None = None
    policy_definition_id: str | None = None
    policy_definition_name: str | None = None
    policy_definition_action: str | None = None
    policy_assignment_id: str | None = None
    policy_assignment_name: str | None = None


_read = reader_of(Given)


def list_findings(connection: Connection, ref: WorkspaceRef, *, stop: Stop = never) -> Iterator[Page[PolicyFinding]]:
    """Yield what does not comply in the workspace's resource group, other resources of the group too.

    Raises ServiceError. Reads POST {group}/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults,
    then GET {definition} of each policy for its title.
    """
    path = f"/subscriptions/{ref.subscription}/resourceGroups/{ref.resource_group}"
    path += "/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults"
    call = connection.arm(path, API, **{"$filter": "complianceState eq 'NonCompliant'"})
    titles: dict[str, str | None] = {}
    for answer in connection.pages(msgspec.structs.replace(call, method="POST"), stop=stop):
        page = read_page(answer, parse_finding)
        for one in page.records:
            if one.definition and one.definition not in titles and len(titles) < MOST_TITLES and not stop():
                titles[one.definition] = _title(connection, one.definition)
        yield msgspec.structs.replace(page, records=tuple(_titled(one, titles) for one in page.records))


def parse_finding(document: bytes) -> PolicyFinding:
    """Return one finding. Raises msgspec.MsgspecError or ValueError when the document names no resource."""
    given = _read(document)
    if not given.resource_id:
        raise ValueError("it names no resource")
    parts = (given.resource_id, given.policy_assignment_id or "", given.policy_definition_id or "")
    return PolicyFinding(
        id="|".join(parts).lower(),
        resource=given.resource_id,
        resource_name=id_tail(given.resource_id) or given.resource_id,
        resource_type=given.resource_type,
        policy=given.policy_definition_name,
        definition=given.policy_definition_id,
        assignment=given.policy_assignment_name,
        effect=given.policy_definition_action,
        state=given.compliance_state,
        at=moment(given.timestamp),
    )


def _titled(finding: PolicyFinding, titles: dict[str, str | None]) -> PolicyFinding:
    title = titles.get(finding.definition or "")
    return msgspec.structs.replace(finding, policy=title) if title else finding


def _title(connection: Connection, definition: str) -> str | None:
    try:
        answer = connection.read(connection.arm(definition, DEFINITIONS_API))
    except (Forbidden, NotFound):
        return None
    return next(iter(read_item(answer, _title_in).records), None)


def _title_in(document: bytes) -> str | None:
    given: Any = msgspec.json.decode(document)
    return text_at(as_dict(as_dict(given).get("properties")), "displayName")
