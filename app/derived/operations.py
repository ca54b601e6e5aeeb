"""The activity log, one line an operation: Azure writes an event when it begins, is accepted and ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from app.rows import Operation
from services.activity import Event

_ENDED = ("succeeded", "success", "failed", "failure", "canceled", "cancelled", "resolved")


def operations(events: Iterable[Event]) -> Iterator[Operation]:
    """Yield one operation for all events that share correlation, operation and resource, whatever order they came in.

    Events without a correlation stand alone.
    """
    groups: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        groups[_key(event)].append(event)
    for key, group in groups.items():
        yield _joined(key, sorted(group, key=lambda event: event.at))


def _key(event: Event) -> str:
    if not event.correlation:
        return event.id
    # One deployment of a template shares its correlation among all resources it makes.
    return f"{event.correlation}/{(event.operation or '').lower()}|{(event.resource or '').lower()}"


def _said(group: list[Event], name: str) -> str | None:
    """The newest event that says it: begin and accept events leave much out."""
    for event in reversed(group):
        value: str | None = getattr(event, name)
        if value:
            return value
    return None


def _joined(key: str, group: list[Event]) -> Operation:
    ends = [event for event in group if (event.status or "").lower() in _ENDED]
    newest = ends[-1] if ends else group[-1]
    resource = _said(group, "resource")
    return Operation(
        id=key,
        at=group[0].at,
        ended=newest.at if ends and len(group) > 1 else None,
        status=newest.status,
        sub_status=newest.sub_status,
        operation=_said(group, "operation"),
        title=_said(group, "title"),
        caller=_said(group, "caller"),
        caller_name=_said(group, "caller_name"),
        is_app=next((event.is_app for event in reversed(group) if event.is_app is not None), None),
        resource=resource,
        resource_name=_short(resource),
        resource_type=_said(group, "resource_type"),
        resource_group=_said(group, "resource_group"),
        level=newest.level,
        method=_said(group, "method"),
        ip=_said(group, "ip"),
        description=newest.description or _said(group, "description"),
        correlation=newest.correlation,
        events=len(group),
    )


def _short(resource: str | None) -> str | None:
    """`fraud-score/blue` of the id of a deployment: the names, without the types between them.

    The provider's own parts come in pairs of type and name after `providers/<namespace>`.
    """
    if not resource:
        return None
    parts = [part for part in resource.split("/") if part]
    lowered = [part.lower() for part in parts]
    if "providers" not in lowered:
        return parts[-1] if parts else None
    names = parts[len(parts) - 1 - lowered[::-1].index("providers") + 3 :: 2]
    is_inside = len(names) > 1 and "workspaces" in lowered
    return "/".join(names[1:] if is_inside else names) or parts[-1]
