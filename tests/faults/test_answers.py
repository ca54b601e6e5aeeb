"""Every fault on every source: what was cached stays, the source says why in a sentence, and nothing is endless."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from app.sources import SOURCES
from services.emulator.faults import Fault, Kind
from tests.faults.azure import READ, Filled, filled
from tests.figures import Figure
from tests.scale import some

pytestmark = pytest.mark.slow

TOTAL = {
    "drop": Fault(drop=True),
    "lose": Fault(lose=True),
    "stall": Fault(stall=30.0),
    **{str(status): Fault(status=status) for status in (401, 403, 500)},
    **{f"retry-after {text[:12]}": Fault(status=503, retry_after=text) for text in
       ("soon", "9" * 400)},
    **{kind: Fault(kind=kind, seed=5, size=3 * 2**20, pace=0.2) for kind in
       ("truncate", "html", "error", "huge", "bomb", "drip", "headers", "redirect")},
    "redirect away": Fault(kind="redirect", to="https://evil.example/x"),
}  # fmt: skip
"""Faults that leave no answer to be used: every source has to say so."""
PARTLY = {
    **{kind: Fault(kind=kind) for kind in ("foreign", "cycle", "endless")},
    "404": Fault(status=404),  # what belongs to a parent that is gone is gone, too
    "half": Fault(kind="half", status=500),
    "half, throttled": Fault(kind="half", status=429, retry_after=60),
    **{f"malform {seed}": Fault(kind="malform", seed=seed) for seed in range(2)},
}
"""Faults under which some answers are good: what they hold may be taken, and only then."""
DONE = ("children", "values", "run_use")
"""Sources that read everything once, or the cache alone: with nothing to ask for, they have nothing to say."""
RESTING = tuple(source.name for source in SOURCES if source.floor)
"""Sources that are not asked again so soon after a good answer, whoever wants it. See test_cost_queries."""
LONGEST = 60.0
"""Seconds in which every source is done: four at a time, a deadline of two seconds a call."""
MOST = 3_000
"""Requests of one refresh of everything, endless pages included."""


def complaints(azure: Filled, name: str, fault: Fault, *, is_total: bool) -> list[str]:
    """What a refresh under this fault leaves to complain about."""
    took = azure.under(fault)
    states = {state.name: state for state in azure.states()}
    found = [f"{name}: took {took:.0f} s"] if took > LONGEST else []
    found += [f"{name}: {len(azure.world.log)} requests"] if len(azure.world.log) > MOST else []
    found += [f"{name}: {crash}" for crash in azure.crashes]
    azure.crashes.clear()
    if is_total:
        silent = [source for source in READ if source not in (*DONE, *RESTING) and not azure.says_so(source)]
        # After a refusal they are read again at once, and the fault may be over by then.
        found += [f"{name}: {one} says nothing" for one in silent if (name, one) != ("403", "permissions")]
    sentences = [state.problem.sentence for state in states.values() if state.problem is not None]
    found += [f"{name}: {text!r} is no sentence" for text in sentences if not text.endswith(".") or len(text) < 15]
    if not name.startswith("malform"):
        kept = azure.counted()
        found += [f"{name}: {source} lost rows" for source in READ if kept[source] < azure.rows[source]]
    return found


def test_every_fault_on_every_source_is_survived(tmp_path: Path, figure: Figure) -> None:
    assert set(get_args(Kind)) <= {fault.kind for fault in (*TOTAL.values(), *PARTLY.values())}
    known = {**TOTAL, **PARTLY}
    # A run that does a part tries every fifth fault, on every source.
    chosen = {name: known[name] for name in list(known)[:: len(known) // some(len(known))]}
    with filled(tmp_path) as azure:
        found: list[str] = []
        for name, fault in chosen.items():
            found += complaints(azure, name, fault, is_total=name in TOTAL)
        azure.refresh()
        assert [state.problem for state in azure.states() if state.problem is not None] == []
        after = azure.counted()
        assert all(after[source] >= azure.rows[source] for source in READ)
    cases = len(chosen) * len(READ)
    assert found == []
    figure("faults: rows lost, silent or endless sources, crashes", f"{len(found)} in {cases:,} fault × source",
           f"0 in {some(500)}", not found and cases >= some(500))  # fmt: skip
