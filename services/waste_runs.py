"""Waste of runs: far longer than usual or without any use (W12), and what failed and was canceled took (W13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from statistics import median

from services.attention_runs import LEAST_ENDED, LEAST_LENGTH, TIMES_USUAL, Running
from services.compute import Compute
from services.hourly import PerHour, of_machines, priority_of
from services.planning import length
from services.records import Money
from services.run import Run
from services.run_use import CANCELED, FAILED, PARENTS, RunUse
from services.utilization import known
from services.waste_facts import IDLE, Facts, a_day, at, is_gpu, money
from services.waste_finding import Finding

LEAST_POINTS = 6
"""Quarters of an hour that must have been measured on a run."""
MONTH = 30.0


def _machines(facts: Facts) -> dict[str, Compute]:
    return {one.name.lower(): one for one in facts.computes or ()}


def _hourly(facts: Facts, run: Run) -> PerHour:
    """What the machines of a run cost an hour; none for one that runs on no cluster that is known."""
    on = _machines(facts).get((run.compute or "").lower())
    if on is None:
        return PerHour(None, "it runs on no cluster that is known here")
    return of_machines(
        facts.prices, run.nodes or 1, on.vm_size or run.vm_size, on.location, priority=priority_of(on.priority)
    )


def far_too_long(facts: Facts) -> Iterator[Finding]:
    """W12: a run that takes three times as long as its experiment's do, or whose machines do nothing."""
    found: dict[str, tuple[Run, tuple[str, str] | None]] = {
        one.run.id: (one.run, _usual(facts, one)) for one in facts.running or ()
    }
    for run in facts.working:
        if found.get(run.id, (run, None))[1] is None:
            found[run.id] = run, _idle(facts, run)
    for run, said in found.values():
        if said is None or run.kind in PARENTS:
            continue
        (why, evidence), cost = said, _hourly(facts, run)
        read = facts.as_of("utilization" if why == "idle" else "running")
        unless = "it waits for something" if why == "idle" else "it has more to do than the others"
        yield Finding(
            id=f"W12/{run.id}", rule="W12", why=why, what=run.name, kind="run", since=run.started,
            per_day=a_day(cost), basis=cost.basis, confidence="likely", evidence=evidence,
            unless=unless, save="cancel it", verb="cancel", target=f"/jobs/{run.id}",
            command=("job", "cancel", "--name", run.id), owner=run.user,
            pane="runs", query=f'id="{run.id}"', as_of=read,
        )  # fmt: skip


def _usual(facts: Facts, one: Running) -> tuple[str, str] | None:
    run = one.run
    if run.started is None or len(one.lengths) < LEAST_ENDED:
        return None
    usual, ran = median(one.lengths), (facts.now - run.started).total_seconds()
    if usual <= 0 or ran < max(TIMES_USUAL * usual, LEAST_LENGTH.total_seconds()):
        return None
    return "too long", (
        f"{run.name} runs for {length(ran)}; the middle one of the last {len(one.lengths)} of {run.experiment} took "
        f"{length(usual)}."
    )


def _idle(facts: Facts, run: Run) -> tuple[str, str] | None:
    used, on = facts.used(f"run/{run.id}"), _machines(facts).get((run.compute or "").lower())
    if used is None or on is None:
        return None
    name, points = ("GPU", used.gpu) if is_gpu(on.vm_size) else ("CPU", used.cpu)
    values = known(points)[-LEAST_POINTS:]
    if len(values) < LEAST_POINTS or max(values) >= IDLE:
        return None
    heard = " It sends no heartbeat." if run.status == "NotResponding" else ""
    lately = f"In the newest {length(len(values) * used.grain)} that were measured, until {at(used.until)},"
    return "idle", f"{lately} the {name} of {run.name} was at {max(values):.1f} % at most.{heard}"


def failed_spend(facts: Facts) -> Iterator[Finding]:
    """W13: what failed and canceled runs of the last thirty days held machines for."""
    lost = [one for one in facts.run_use or () if one.outcome in (FAILED, CANCELED)]
    runs = sum(one.runs for one in lost)
    if not runs:
        return
    priced = [(one, cost) for one in lost if (cost := _spent(facts, one)) is not None]
    currencies = {cost.currency for _, cost in priced}
    total = sum((cost.amount for _, cost in priced), Decimal(0))
    per_day = Money(total / Decimal(30), currencies.pop()) if len(currencies) == 1 and total else None
    without = runs - sum(one.runs for one, _ in priced)
    kept = "the newest of " if any(one.is_cut for one in lost) else ""
    yield Finding(
        id="W13/runs", rule="W13", why="failed runs", what=_dearest(priced) or "failed runs", kind="runs",
        per_day=per_day,
        basis=f"estimated, over {MONTH:.0f} days" + (f"; {without:,} runs without a price are not in it" if without else
        "") if per_day else "no price of their machines is known",
        confidence="likely" if per_day else "unknown",
        evidence=f"{kept}{_count(lost, FAILED)} runs failed and {_count(lost, CANCELED)} were canceled in "
        f"{MONTH:.0f} days{_worth(per_day)}{_most(lost)}.",
        unless="what they had done until then was of use", save="see why they fail",
        pane="runs", query="status=Failed ended<30d", as_of=facts.as_of("run_use"),
    )  # fmt: skip


def _spent(facts: Facts, one: RunUse) -> Money | None:
    on = _machines(facts).get((one.compute or "").lower())
    if on is None or one.timed < one.runs:
        return None
    each = of_machines(facts.prices, 1, on.vm_size or one.vm_size, on.location, priority=priority_of(on.priority)).money
    hours = Decimal(str(round(one.node_seconds / 3600, 6)))
    return Money(each.amount * hours, each.currency) if each is not None else None


def _count(lost: Sequence[RunUse], outcome: str) -> str:
    return f"{sum(one.runs for one in lost if one.outcome == outcome):,}"


def _dearest(priced: Sequence[tuple[RunUse, Money]]) -> str | None:
    """The experiment that lost most."""
    sums: dict[str, Decimal] = {}
    for one, cost in priced:
        sums[one.experiment or "no experiment"] = sums.get(one.experiment or "no experiment", Decimal(0)) + cost.amount
    return max(sums, key=lambda name: sums[name], default=None)


def _worth(per_day: Money | None) -> str:
    return f", {money(Money(per_day.amount * 30, per_day.currency))}" if per_day is not None else ""


def _most(lost: Sequence[RunUse]) -> str:
    """The failure that comes back most: what is tried again and fails the same way."""
    codes: Counter[tuple[str, str]] = Counter()
    for one in lost:
        if one.error_code and one.experiment:
            codes[one.experiment, one.error_code] += one.runs
    if not codes:
        return ""
    (experiment, code), count = codes.most_common(1)[0]
    return f"; {experiment} failed {count} times with {code}" if count > 1 else ""
