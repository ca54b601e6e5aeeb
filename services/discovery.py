"""Where a workspace's own service (run history, metrics, mlflow) answers: asked once, remembered."""

from __future__ import annotations

import re
import threading
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec

from services.calls import Answer, Call, subject
from services.clouds import Cloud
from services.errors import Malformed
from services.guards import pinned_host
from services.records import WorkspaceRef

T = TypeVar("T")

WORKSPACE_API = "2024-10-01"


class _Properties(msgspec.Struct, rename="camel"):
    discovery_url: str | None = None


class _Workspace(msgspec.Struct):
    location: str | None = None
    properties: _Properties | None = None


class _Addresses(msgspec.Struct):
    api: str | None = None


class Reader(Protocol):
    """What the discovery asks with."""

    cloud: Cloud

    def read(self, call: Call) -> Answer:
        """Return the answer to a read."""
        ...

    def arm(self, path: str, api_version: str, **params: str) -> Call:
        """Return a GET on Azure Resource Manager."""
        ...


class Discovery:
    """The hosts of the workspaces asked so far. Safe to use from any thread: one asks, the others wait."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._hosts: dict[str, str] = {}

    def api(self, reader: Reader, workspace: WorkspaceRef) -> str:
        """Return the https address of a workspace's service, without a slash at the end. Raises ServiceError."""
        key = workspace.key
        if found := self._hosts.get(key):
            return found
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._hosts:
                self._hosts[key] = _ask(reader, workspace)
            return self._hosts[key]


def _ask(reader: Reader, workspace: WorkspaceRef) -> str:
    answer = reader.read(reader.arm(workspace.id, WORKSPACE_API))
    found = _decoded(answer, _Workspace)
    url = found.properties.discovery_url if found.properties else None
    if not url:
        return _regional(reader.cloud, found.location, answer)
    answer = reader.read(Call(url=url, audience="none"))
    api = _decoded(answer, _Addresses).api or ""
    host = pinned_host(reader.cloud, Call(url=api or url), api or url)
    if not host.endswith(reader.cloud.run_history_suffix):
        raise Malformed(f"The workspace names {host} as its service", on=subject(answer.call))
    return f"https://{host}"


def _regional(cloud: Cloud, location: str | None, answer: Answer) -> str:
    region = re.sub(r"[^a-z0-9]", "", (location or "").lower())
    if not region:
        raise Malformed("The workspace names neither its service nor its region", on=subject(answer.call))
    return f"https://{region}{cloud.run_history_suffix}"


def _decoded(answer: Answer, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        where = urlsplit(answer.call.url).netloc
        raise Malformed(f"The answer of {where} is not what it should be", on=subject(answer.call)) from error
