"""Run history: experiments."""

from __future__ import annotations

from services.emulator.answers import Json
from services.emulator.dice import Dice
from services.emulator.filters import parse_filter
from services.emulator.ledger import EPOCH
from services.emulator.routing import Ask, Route
from services.emulator.run_documents import experiment_id
from services.emulator.ticks import DAY, HOUR, stamp

_EXTRA = (("fraud-old", True), ("scratch", False))
"""Experiments without runs: one is archived, one was only ever named."""

_FIRST = EPOCH + 2_600 * DAY


def all_experiments(ask: Ask) -> list[Json]:
    """Return every experiment of the workspace, newest first."""
    names = [(ledger.name, False, ledger.script.description) for ledger in ask.book.ledgers
             if (ask.place.name, ledger.name) not in ask.world.changes.lost_experiments]  # fmt: skip
    names += [(name, archived, None) for name, archived in _EXTRA] if names else []
    found = [_experiment(ask, *one) for one in names]
    return sorted(found, key=lambda one: one["createdUtc"], reverse=True)


def _experiment(ask: Ask, name: str, is_archived: bool, description: str | None) -> Json:
    dice = Dice("experiment", ask.place.name, name)
    created = _FIRST + int(dice.between(0, 0, 9_000) * HOUR)
    return {
        "experimentId": experiment_id(ask.place, name), "name": name, "description": description,
        "createdUtc": stamp(created), "tags": {} if dice.happens(1, 0.7) else {"owner": "platform", "note": None},
        "archivedTime": stamp(created + 900 * HOUR) if is_archived else None, "retainForLifetimeOfWorkspace": False,
        "artifactLocation": None,
    }  # fmt: skip


def query_experiments(ask: Ask) -> Json:
    """Answer experiments:query: viewType, a filter on Name, top and continuationToken."""
    asked = ask.request.json() if ask.request.method == "POST" else ask.bare_query()
    try:
        clauses = parse_filter(asked.get("filter"), {"name": "text", "experimentid": "text"})
        start, top = int(asked.get("continuationToken") or 0), int(asked.get("top") or 100)
    except ValueError as error:
        raise ask.wrong(str(error)) from error
    view = str(asked.get("viewType") or "ActiveOnly").lower()
    fields = {"name": "name", "experimentid": "experimentId"}
    found = [
        one
        for one in all_experiments(ask)
        if (view == "all" or (one["archivedTime"] is not None) == (view == "archivedonly"))
        and all(clause.holds(one[fields[clause.field]]) for clause in clauses)
    ]
    token = str(start + top) if start + top < len(found) else None
    return {"value": found[start : start + top], "continuationToken": token, "nextLink": None}


def get_experiment(ask: Ask) -> Json:
    """Answer one experiment by its name or its id."""
    asked = ask.parts["experiment"].lower()
    for one in all_experiments(ask):
        if asked in (one["name"].lower(), one["experimentId"]):
            return one
    raise ask.missing(f"Experiment {ask.parts['experiment']} not found.", "ExperimentNotFound")


_H = "/history/v1.0{ws}"

ROUTES = (
    Route("POST", "data", _H + "/experiments:query", query_experiments),
    Route("GET", "data", _H + "/experiments", query_experiments),
    Route("GET", "data", _H + "/experiments/{experiment}", get_experiment),
)
