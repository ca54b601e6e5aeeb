"""Which requests read: every GET and HEAD, and the few reads that Azure spells as POST."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from services.clouds import Cloud, is_host_of

_SCOPE = r"(?:/[^/]+){0,12}"
_WORKSPACE = r"/subscriptions/[^/]+/resourcegroups/[^/]+/providers/microsoft\.machinelearningservices/workspaces/[^/]+"
_METRICS = r"(?:list|full|sample|lastvalues)"

_READS: dict[Literal["arm", "history", "logs", "metrics"], tuple[str, ...]] = {
    "arm": (
        rf"{_WORKSPACE}/computes/[^/]+/listnodes",
        rf"{_WORKSPACE}/onlineendpoints/[^/]+/deployments/[^/]+/getlogs",
        rf"{_SCOPE}/providers/microsoft\.costmanagement/(?:query|forecast)",
        r"/providers/microsoft\.resourcegraph/resources",
        r"/subscriptions/[^/]+/resourcegroups/[^/]+/providers/microsoft\.policyinsights/policystates/latest/queryresults",
    ),
    "history": (
        rf"/history/v1\.0{_WORKSPACE}/experiments:query",
        rf"/history/v1\.0{_WORKSPACE}(?:/experiments/[^/]+|/experimentids/[^/]+)?/runs:query",
        rf"/history/v1\.0{_WORKSPACE}(?:/experiments/[^/]+|/experimentids/[^/]+)?/(?:rundata|batchrundata)",
        rf"/history/v1\.0{_WORKSPACE}(?:/experiments/[^/]+|/experimentids/[^/]+)?/runs/[^/]+/metrics/{_METRICS}",
        rf"/metric/v2\.0{_WORKSPACE}/runs/[^/]+/{_METRICS}",
        rf"/index/v1\.0{_WORKSPACE}/entities",
        rf"/mlflow/v[12]\.0{_WORKSPACE}/api/2\.0/mlflow/(?:runs|experiments|registered-models|model-versions)/search",
    ),
    "logs": (rf"/v1{_SCOPE}/query",),
    "metrics": (r"/subscriptions/[^/]+/metrics:getbatch",),
}
_COMPILED = {kind: re.compile("|".join(f"(?:{one})" for one in each)) for kind, each in _READS.items()}

_ESCAPED = re.compile(r"%2f|%5c|%2e|%25|%00|//|/\.{1,2}(?:/|$)|[\\;?#\x00-\x20]", re.IGNORECASE)
"""Spellings by which a path can mean another one to the server than to us."""


def is_plain(path: str) -> bool:
    """Return whether a path means to the server what it says: no `..`, no escaped slash, no doubled one."""
    return _ESCAPED.search(path) is None


def is_read(cloud: Cloud, method: str, url: str) -> bool:
    """Return whether a request only reads. A POST reads when host and whole path are on the list, in any case."""
    if method in ("GET", "HEAD"):
        return True
    if method != "POST":
        return False
    parts = urlsplit(url)
    path = parts.path.lower()
    if not is_plain(parts.path):
        return False
    return any(
        is_kind and _COMPILED[kind].fullmatch(path) is not None
        for kind, is_kind in _kinds(cloud, parts.hostname or "").items()
    )


_SECRET = re.compile(rf"{_WORKSPACE}/onlineendpoints/[^/]+/(?:listkeys|token)")


def reads_secret(cloud: Cloud, method: str, url: str) -> bool:
    """Return whether a request reads the keys or a token of an online endpoint.

    That changes nothing, and is no read like others: it passes only for a call that says that somebody asked for it.
    """
    parts = urlsplit(url)
    is_arm = is_host_of(cloud, "arm", parts.hostname or "")
    return method == "POST" and is_arm and is_plain(parts.path) and bool(_SECRET.fullmatch(parts.path.lower()))


def reads_by_path(method: str, path: str) -> bool:
    """Return whether a request reads by its method and path alone, whatever its host: it is the one that Azure counts.

    For budgets only; what may be sent is decided by `is_read`.
    """
    if method in ("GET", "HEAD"):
        return True
    return method == "POST" and any(known.fullmatch(path.lower()) for known in _COMPILED.values())


def _kinds(cloud: Cloud, host: str) -> dict[Literal["arm", "history", "logs", "metrics"], bool]:
    is_history = host.endswith(cloud.run_history_suffix)
    return {
        "arm": not is_history and is_host_of(cloud, "arm", host),
        "history": is_history,
        "logs": is_host_of(cloud, "logs", host),
        "metrics": is_host_of(cloud, "metrics", host),
    }
