"""The endpoint a command line means, and how long ago `--since` is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import click

from app.cli.errand import Errand, QueryFailed, narrate_problems
from widgets.safe import safe

SOURCES = ("endpoints", "deployments", "autoscale", "endpoint_rows")


def endpoint_named(errand: Errand, name: str, sources: Iterable[str] = SOURCES) -> str:
    """The endpoint of this name, as Azure writes it, after reading these sources where stale. Raises QueryFailed."""
    errand.refresh(sources)
    session = errand.session
    known = sorted(seen.record.name for seen in session.store.records("endpoints", session.scope))
    found = next((one for one in known if one.lower() == name.lower()), None)
    if found is None:
        narrate_problems(errand, [state for state in errand.states(["endpoints"]) if state.problem is not None])
        there = f"There are {', '.join(known)}." if known else "The cache holds none."
        raise QueryFailed(f"There is no online endpoint {safe(name, 60)!r} in the cache. {safe(there, 1000)}")
    return found


def length(text: str, option: str) -> timedelta:
    """How long an age is. Raises UsageError."""
    from cache.values import age

    micros = age(text)
    if micros is None:
        raise click.UsageError(f"{option} {safe(text, 40)!r} is no age: write 90m, 1h or 2d.")
    return timedelta(microseconds=micros)
