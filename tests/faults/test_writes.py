"""Every verb under every fault: sent once or not at all, and what is recorded is what the world says."""

from __future__ import annotations

from pathlib import Path

import pytest

from cache.intent import OPEN
from services.emulator.faults import Fault
from tests.app.acting import Acting
from tests.faults.test_answers import PARTLY, TOTAL
from tests.figures import Figure
from tests.scale import some
from tests.services.test_verbs import MANAGED, MANAGER, SAMPLES, SILENT

pytestmark = pytest.mark.slow

FAULTS: dict[str, Fault] = {
    **{name: TOTAL[name] for name in
       ("drop", "lose", "truncate", "html", "error", "headers", "redirect", "redirect away")},
    **{str(status): Fault(status=status) for status in (400, 401, 403, 408, 409, 429, 500, 503)},
    **{f"retry-after {text}": Fault(status=503, retry_after=text) for text in ("inf", "86400")},
    **{name: fault for name, fault in PARTLY.items() if name in ("foreign", "404")},
    **{f"malform {seed}": Fault(kind="malform", seed=seed) for seed in range(4)},
    "late": Fault(late=20.0),
    "late and lost": Fault(late=20.0, lose=True),
    "redirect write": Fault(kind="redirect", status=307, to="https://evil.example/x"),
    "redirect home": Fault(kind="redirect", status=307),
}  # fmt: skip
"""What becomes of the one request that changes something; everything after it answers as usual."""
WORST = ("drop", "lose", "late", "late and lost", "404", "redirect write", "429")
"""Those that every verb meets: it may have been done, and nobody says so, or it must not be sent again."""


def complaint(folder: Path, verb: str, name: str) -> str | None:
    """What is wrong with how a verb ended under a fault; None when nothing is."""
    acting = Acting(folder, MANAGER if verb in MANAGED else 1)
    try:
        change = acting.planned(verb)
        before = len(acting.writes)
        path = change.call.url.partition("://")[2].partition("?")[0]
        document = {field: getattr(FAULTS[name], field) for field in Fault.__struct_fields__}
        acting.azure.fault(**{**document, "match": f"{change.call.method} {path}", "times": 1})
        ended = acting.carry_out(change)
        sent, (intent,) = len(acting.writes) - before, acting.intents
        stands = acting.stands_as_asked(change)
    finally:
        acting.close()
    where = f"{verb}, {name}: {ended.outcome} ({ended.said})"
    if sent > 1:
        return f"{where}: sent {sent} times"
    if intent.step in OPEN or intent.step != ended.outcome:
        return f"{where}: recorded as {intent.step}"
    if verb not in SILENT and ended.outcome != "unknown" and stands != (ended.outcome == "done"):
        return f"{where}: but the world says {stands}"
    return None if len(ended.said) > 3 else f"{where}: says nothing"


def test_no_verb_is_sent_twice_under_any_fault_and_every_outcome_is_true(tmp_path: Path, figure: Figure) -> None:
    # Of the others every verb meets two of five: which ones differs from verb to verb.
    cases = [
        (verb, name)
        for number, verb in enumerate(SAMPLES)
        for other, name in enumerate(FAULTS)
        if name in WORST or (number + other) % 5 < 2
    ]
    cases = cases[:: len(cases) // some(len(cases))]
    found = [
        wrong
        for number, (verb, name) in enumerate(cases)
        if (wrong := complaint(tmp_path / str(number), verb, name)) is not None
    ]
    assert found == []
    figure("writes: sent twice, wrong or open outcomes", f"{len(found)} in {len(cases)} verb × fault",
           f"0 in {some(300)}", len(cases) >= some(300))  # fmt: skip
