"""Workspaces as people write them: a studio address, an ARM id, `subscription/group/name`, `group/name` or a name."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from cache.quoting import equals
from services.records import WorkspaceRef

STUDIOS = {
    "ml.azure.com": "public",
    "ai.azure.com": "public",
    "ml.azure.us": "usgov",
    "studio.ml.azure.cn": "china",
    "ml.azure.cn": "china",
}
"""Hosts that serve the studio, and the cloud each belongs to."""

_NAME = re.compile(r"[\w().-]{1,90}")
_SUBSCRIPTION = re.compile(r"[0-9A-Fa-f-]{30,40}")
_ID = re.compile(
    r"/?subscriptions/(?P<subscription>[^/]+)/resourcegroups/(?P<group>[^/]+)"
    r"(?:/providers/microsoft\.machinelearningservices)?/workspaces/(?P<name>[^/]+)/?",
    re.IGNORECASE,
)


class BadAddress(ValueError):
    """The text names no workspace. `str()` is a sentence that says why and what would do."""


class Wanted(msgspec.Struct, frozen=True):
    """What an address asks for. Parts nobody wrote are None; `pane` and `query` come from a studio page."""

    name: str
    group: str | None = None
    subscription: str | None = None
    tenant: str | None = None
    cloud: str | None = None
    pane: str | None = None
    query: str = ""

    @property
    def ref(self) -> WorkspaceRef | None:
        """The workspace's address; None while parts of it have to be looked up by name."""
        if self.subscription is None or self.group is None:
            return None
        return WorkspaceRef(self.subscription, self.group, self.name)

    def matches(self, ref: WorkspaceRef) -> bool:
        """Whether `ref` may be the one meant: every part that was written is equal, whatever its case."""
        pairs = ((self.name, ref.name), (self.group, ref.resource_group), (self.subscription, ref.subscription))
        return all(part is None or part.lower() == other.lower() for part, other in pairs)


def parse_workspace(text: str) -> Wanted:
    """Read any spelling of a workspace. Raises BadAddress."""
    text = text.strip().strip("'\"")
    if "://" in text or text.lower().startswith(tuple(STUDIOS)):
        return _studio(text if "://" in text else f"https://{text}")
    if found := _ID.fullmatch(unquote(text)):
        return _checked(found["name"], found["group"], found["subscription"])
    parts = text.split("/")
    if len(parts) > 3 or not all(parts):
        raise BadAddress(
            f"{text or 'Nothing'!r} names no workspace: write its name, group/name, subscription/group/name,"
            " its ARM id or its studio address"
        )
    return _checked(*reversed(parts))


def _checked(name: str, group: str | None = None, subscription: str | None = None) -> Wanted:
    for part, word in ((name, "workspace name"), (group, "resource group")):
        if part is not None and not _NAME.fullmatch(part):
            raise BadAddress(f"{part!r} cannot be a {word}: letters, digits and - _ . ( ) only")
    if subscription is not None and not _SUBSCRIPTION.fullmatch(subscription):
        raise BadAddress(f"{subscription!r} is no subscription id: 32 hexadecimal digits in five groups")
    return Wanted(name, group, subscription)


def _studio(text: str) -> Wanted:
    try:
        address = urlsplit(text)
        host = (address.hostname or "").rstrip(".")
    except ValueError as error:
        raise BadAddress(f"{text!r} is no address: {error}") from error
    cloud = STUDIOS.get(host)
    if cloud is None:
        raise BadAddress(f"{host or text!r} is not the studio: its addresses begin with https://ml.azure.com/")
    asked = parse_qs(address.query)
    found = _ID.fullmatch(asked.get("wsid", [""])[0])
    if found is None:
        raise BadAddress(
            "This studio address names no workspace: open any page inside the workspace and copy its address,"
            " which then holds wsid=/subscriptions/…"
        )
    wanted = _checked(found["name"], found["group"], found["subscription"])
    pane, query = _page(unquote(address.path))
    tenant = next(iter(asked.get("tid", [])), None)
    return msgspec.structs.replace(wanted, tenant=tenant, cloud=cloud, pane=pane, query=query)


_PAGES: tuple[tuple[re.Pattern[str], str, Callable[[str], str]], ...] = (
    (re.compile(r"(?:/experiments/[^/]+/[^/]+)?/runs/([^/]+)"), "runs", partial(equals, "id")),
    (re.compile(r"/(?:runs|jobs)\b"), "runs", partial(equals, "id")),
    (re.compile(r"/experiments?\b"), "experiments", partial(equals, "name")),
    (re.compile(r"/compute/(?!list/)([^/]+)/"), "compute", partial(equals, "name")),
    (re.compile(r"/compute\b"), "compute", partial(equals, "name")),
    (re.compile(r"/endpoints/(?:realtime|online)/([^/]+)"), "endpoints", partial(equals, "name")),
    (re.compile(r"/endpoints\b"), "endpoints", partial(equals, "name")),
    (re.compile(r"/model/([^/:]+:[^/:]+)/"), "versions", partial(equals, "id")),
    (re.compile(r"/models?\b"), "models", partial(equals, "name")),
)


def _page(path: str) -> tuple[str | None, str]:
    """The pane and filter that show what a studio page shows; (None, "") for pages we have no pane for."""
    for pattern, pane, query in _PAGES:
        if found := pattern.match(path):
            return pane, query(found[1]) if found.groups() else ""
    return None, ""
