"""The recorded answers of Azure: where they lie and what one holds."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("AMLDECK_WIRE") or ROOT.parent / "shared" / "wire")
IS_REQUIRED = os.environ.get("AMLDECK_WIRE_REQUIRED") == "1"
FEWEST = 200
_NOT_REPLAYED = ("content-encoding", "content-length", "transfer-encoding")
"""Bodies were stored unpacked and whole."""


@dataclass(frozen=True)
class Recording:
    """One recorded answer."""

    name: str
    meta: dict[str, Any] = field(repr=False)
    raw: bytes = field(repr=False)
    is_text: bool = False

    @property
    def folder(self) -> str:
        return self.name.partition("/")[0]

    @property
    def method(self) -> str:
        return str(self.meta.get("method") or "")

    @property
    def path(self) -> str:
        return str(self.meta.get("path") or "")

    @property
    def status(self) -> int:
        return int(self.meta.get("status") or 0)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read: what an accepted request answers."""
        return not self.raw or (self.status in (202, 204) and self.body in ({}, ""))

    @property
    def headers(self) -> dict[str, str]:
        given = self.meta.get("headers") or {}
        return {name: str(value) for name, value in given.items() if name.lower() not in _NOT_REPLAYED}

    @cached_property
    def body(self) -> Any:
        """The decoded body, its text where it is no JSON, None where it is empty."""
        if self.is_text:
            return self.raw.decode()
        return json.loads(self.raw) if self.raw else None


def _recording(path: Path) -> Recording:
    document = json.loads(path.read_bytes())
    if "body_text" in document:
        raw = str(document["body_text"]).encode()
    else:
        raw = b"" if document.get("body") is None else json.dumps(document["body"]).encode()
    return Recording(f"{path.parent.name}/{path.stem}", document["meta"], raw, "body_text" in document)


ALL = [_recording(path) for path in sorted(FOLDER.glob("*/*.json"))]
"""Every file, also the few that are documentation and never were an answer: they have no method and status 0."""
BY_NAME = {one.name: one for one in ALL}
