"""How a sync tells how far it is: one line that is written over on a terminal, plain lines everywhere else."""

from __future__ import annotations

import os
import sys
import threading
import time

import click

from app.cli.errand import say
from app.source_state import Refreshed, SourceState
from widgets import format as fmt
from widgets.safe import safe

EVERY = 2.0
"""Seconds between two lines about the same source."""
REPAINT = 0.25
"""Seconds between two looks of the line on a terminal."""
_CLEAR = "\r\x1b[K"


def is_line() -> bool:
    """Whether narration goes to a terminal that can write a line over."""
    return sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def count(state: SourceState) -> str:
    """`412 of 10,231 synced`, or `412 synced` when nobody says how many there are."""
    done = state.rows if not state.is_reading else state.progress if state.done is None else state.done
    total = state.total if state.total is None or state.total >= (done or 0) else None
    of = f" of {total:,}" if total is not None else ""
    return f"{done or 0:,}{of} synced"


def standing(state: SourceState) -> str:
    """`Run history: 412 of 10,231 synced, 480/s, 20s left`."""
    rate = f", {state.rate:,.0f}/s" if state.rate else ""
    left = f", {fmt.duration(state.left)} left" if state.left else ""
    return f"{state.title}: {count(state)}{rate}{left}"


class Overwritten:
    """One line that says how it stands: written over on a terminal, now and then a new one everywhere else."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._is_line = is_line()
        self._told = time.monotonic()
        self._has_line = False

    def show(self, text: str) -> None:
        """Say how it stands."""
        if self._is_line:
            width = max(20, os.get_terminal_size(2).columns - 1)
            click.echo(_CLEAR + safe(text, width), err=True, nl=False)
            self._has_line = True
        elif time.monotonic() - self._told >= self._every:
            self._told = time.monotonic()
            say(text)

    def clear(self) -> None:
        """Take it away: something else is said."""
        if self._has_line:
            click.echo(_CLEAR, err=True, nl=False)
            self._has_line = False


class Progress:
    """Tells of a sync: what is being read now and then, and how each source ended. Called on worker threads."""

    def __init__(self) -> None:
        self._is_line = is_line()
        self._lock = threading.Lock()
        self._told: dict[str, float] = {}
        self._ended: dict[str, object] = {}
        self._has_line = False

    def __call__(self, event: Refreshed) -> None:
        """Say what this event is worth saying."""
        state, now = event.state, time.monotonic()
        if state.is_derived:
            return
        with self._lock:
            if state.is_reading:
                self._going(state, now)
            elif state.problem is None and state.last_ok is not None and self._ended.get(state.name) != state.last_ok:
                self._ended[state.name] = state.last_ok
                note = f", {state.note}" if state.note else ""
                self._line(f"{state.title}: {count(state)}{note}.")
            elif state.word == "waiting" and self._ended.get(state.name) != "waiting" and state.problem is not None:
                self._ended[state.name] = "waiting"
                self._line(f"{state.title}: waiting. {state.problem.sentence}")

    def clear(self) -> None:
        """Take the line that was written over away: something else is said."""
        with self._lock:
            self._clear()

    def _going(self, state: SourceState, now: float) -> None:
        if not state.progress:
            return
        if self._is_line and now - self._told.get("", float("-inf")) >= REPAINT:
            self._told[""] = now
            width = max(20, os.get_terminal_size(2).columns - 1)
            click.echo(_CLEAR + safe(standing(state), width), err=True, nl=False)
            self._has_line = True
        elif not self._is_line and now - self._told.setdefault(state.name, now) >= EVERY:
            self._told[state.name] = now
            say(f"{standing(state)} …")

    def _line(self, text: str) -> None:
        self._clear()
        say(text)

    def _clear(self) -> None:
        if self._has_line:
            click.echo(_CLEAR, err=True, nl=False)
            self._has_line = False
