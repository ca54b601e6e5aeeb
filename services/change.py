"""A change before it is made: what it would do, the one request that does it, and how to see whether it was done.

A verb never sends anything itself. It plans a `Change` from a fresh reading, and looks at the target again whenever
somebody wants to know how it stands; `app.act` alone sends.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from services.calls import Call, address
from services.records import WorkspaceRef
from services.redact import redact

if TYPE_CHECKING:
    from services.connection import Connection

Answers = Mapping[str, str]
"""What the questions of a verb were answered with, by the question's name."""


class Row(msgspec.Struct, frozen=True):
    """One line of the difference: what it is now and after. `share` (0 to 1) draws the value after as a bar."""

    label: str
    now: str
    after: str
    share: float | None = None


class Note(msgspec.Struct, frozen=True):
    """What else to know before saying yes: what it moves, what could go wrong (`is_warning`)."""

    label: str
    text: str
    is_warning: bool = False


class Inverse(msgspec.Struct, frozen=True):
    """The verb that takes a change back, and the answers to ask it with."""

    verb: str
    answers: dict[str, str]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one change. It survives a restart as JSON; `call` is sent exactly as it stands, once."""

    verb: str
    workspace: str
    """ARM id of the workspace."""
    target: str
    """ARM id of what is changed."""
    name: str
    """What people call the target."""
    what: str
    """The change in one sentence, without a full stop."""
    rows: tuple[Row, ...] = ()
    notes: tuple[Note, ...] = ()
    undo: str = ""
    """How to take it back, as a sentence; empty when nothing does."""
    az: str = ""
    """The `az` command that does the same."""
    call: Call
    seen: str
    """Fingerprint of the state it was planned on."""
    inverse: Inverse | None = None
    typed: str = ""
    """What has to be typed to confirm it; empty where enter is enough."""
    makes: str = ""
    """ARM id of what it makes, to go to afterwards; empty for a change of what is there."""
    undoes: str = ""
    """The intent this change takes back; empty for one of its own."""


class Seen(msgspec.Struct, frozen=True):
    """How the target stands now, for one change.

    `is_done`: it is as the change wanted it, None where the target shows nothing of it. `is_moving`: Azure is still
    working on it. A fingerprint equal to the one the change was planned on says that nothing has happened to it since.
    """

    fingerprint: str
    is_done: bool | None
    is_moving: bool = False
    says: str = ""
    """What it is now, in a few words."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that can be done: its name, the ARM action Azure checks, and its two ways of reading.

    `plan(connection, workspace, target, answers)` reads the target afresh and raises ServiceError when the change is
    refused; `target` is the path below the workspace. `look(connection, change)` reads the target again.
    Both are for workers.
    """

    name: str
    action: str
    plan: Callable[[Connection, WorkspaceRef, str, Answers], Change]
    look: Callable[[Connection, Change], Seen]


def rest_text(change: Change) -> str:
    """Return the `az rest` command that sends the same request."""
    call = change.call
    command = ["az", "rest", "--method", call.method.lower(), "--url", address(call)]
    if call.body is not None:
        # It is shown and copied: a secret in it is for Azure alone.
        command += ["--body", redact(msgspec.json.encode(call.body)).decode()]
    return shlex.join(command)
