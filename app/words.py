"""The words for states: Azure's spelling in, one glyph, one word and one colour out.

A value Azure invents tomorrow is shown as it is, with the glyph of the unknown.
"""

from __future__ import annotations

from typing import NamedTuple

from widgets.pane import Cell, Look, Span, Tone
from widgets.safe import Safe, plain, safe


class State(NamedTuple):
    """How a state looks. The word is muted unless the state asks for attention (`is_loud`) or is going on."""

    glyph: Safe
    ascii: Safe
    word: Safe
    tone: Tone
    word_tone: Tone = "muted"


QUEUED = State(plain("◇"), plain("o"), plain("queued"), "muted")
PREPARING = State(plain("◆"), plain("+"), plain("preparing"), "run", "text")
RUNNING = State(plain("●"), plain("*"), plain("running"), "run", "text")
COMPLETED = State(plain("✓"), plain("v"), plain("completed"), "ok")
FAILED = State(plain("✗"), plain("x"), plain("failed"), "err", "err")
SILENT = State(plain("▲"), plain("!"), plain("no heartbeat"), "warn", "warn")
CANCELED = State(plain("■"), plain("#"), plain("canceled"), "muted")
PAUSED = State(plain("="), plain("="), plain("paused"), "muted")
UNKNOWN = State(plain("?"), plain("?"), plain("unknown"), "muted")

_RUNS = {
    "notstarted": QUEUED._replace(word=plain("not started")),
    "queued": QUEUED,
    "scheduled": QUEUED,
    "starting": PREPARING._replace(word=plain("starting")),
    "provisioning": PREPARING._replace(word=plain("provisioning")),
    "preparing": PREPARING,
    "finalizing": PREPARING._replace(word=plain("finalizing")),
    "running": RUNNING,
    "cancelrequested": PREPARING._replace(word=plain("canceling")),
    "completed": COMPLETED,
    "finished": COMPLETED,
    "failed": FAILED,
    "canceled": CANCELED,
    "cancelled": CANCELED,
    "notresponding": SILENT,
    "paused": PAUSED,
}

_RESOURCES = {
    "succeeded": COMPLETED._replace(word=plain("ready")),
    "ready": COMPLETED._replace(word=plain("ready")),
    "steady": COMPLETED._replace(word=plain("ready")),
    "running": RUNNING,
    "jobrunning": RUNNING._replace(word=plain("job running")),
    "resizing": PREPARING._replace(word=plain("resizing")),
    "creating": PREPARING._replace(word=plain("creating")),
    "updating": PREPARING._replace(word=plain("updating")),
    "starting": PREPARING._replace(word=plain("starting")),
    "stopping": PREPARING._replace(word=plain("stopping")),
    "restarting": PREPARING._replace(word=plain("restarting")),
    "deleting": PREPARING._replace(word=plain("deleting")),
    "settingup": PREPARING._replace(word=plain("setting up")),
    "stopped": CANCELED._replace(word=plain("stopped")),
    "deallocated": CANCELED._replace(word=plain("stopped")),
    "deallocating": PREPARING._replace(word=plain("stopping")),
    "canceled": CANCELED,
    "failed": FAILED,
    "createfailed": FAILED,
    "setupfailed": FAILED._replace(word=plain("setup failed")),
    "unusable": FAILED._replace(word=plain("unusable")),
    "unknown": UNKNOWN,
}

_EVENTS = {
    "succeeded": COMPLETED._replace(word=plain("done")),
    "success": COMPLETED._replace(word=plain("done")),
    "failed": FAILED,
    "failure": FAILED,
    "started": PREPARING._replace(word=plain("started")),
    "accepted": PREPARING._replace(word=plain("accepted")),
    "active": SILENT._replace(word=plain("active")),
    "resolved": COMPLETED._replace(word=plain("resolved")),
    "canceled": CANCELED,
    "cancelled": CANCELED,
}

MOVING_RUNS = (
    "NotStarted", "Scheduled", "Queued", "Provisioning", "Preparing", "Starting", "Running", "Finalizing",
    "CancelRequested", "NotResponding", "Paused",
)  # fmt: skip
"""Statuses a run is expected to leave."""


def _state(known: dict[str, State], value: str | None) -> State:
    if not value:
        return UNKNOWN
    return known.get(value.lower()) or UNKNOWN._replace(word=safe(value, 24))


def run_state(status: str | None) -> State:
    """The state of a run."""
    return _state(_RUNS, status)


def resource_state(value: str | None) -> State:
    """The state of a compute, an endpoint or a deployment."""
    return _state(_RESOURCES, value)


def event_state(value: str | None) -> State:
    """The state of an operation of the activity log."""
    return _state(_EVENTS, value)


def state_cell(state: State, look: Look) -> Cell:
    """Glyph, blank, word: the first column of every pane."""
    glyph = state.ascii if look.is_ascii else state.glyph
    return (Span(glyph, state.tone), Span(Safe(f" {state.word}"), state.word_tone))


def principal_mark(*, is_app: bool | None, look: Look) -> Cell:
    """The sign of what acts by itself: an application, a pipeline, a managed identity. Nothing for people."""
    return (Span(plain("@ ") if look.is_ascii else plain("¤ "), "series3"),) if is_app else ()
