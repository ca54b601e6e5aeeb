"""Runs whose machines Azure Machine Learning finds itself: which they are, and what they cost an hour. Pure, no I/O."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from services.hourly import PerHour, PriceBook, of_machines, priority_of
from services.records import Money
from services.run import Run


def is_serverless(run: Run) -> bool:
    """Return whether Azure Machine Learning found the machines of a run: it names no compute of the workspace."""
    if (run.compute or "").lower() == "serverless":
        return True
    return run.compute is None and run.vm_size is not None


def nodes_of(run: Run) -> int:
    """Return on how many machines a run is: one where Azure does not say."""
    return run.nodes or 1


def of_runs(book: PriceBook, runs: Iterable[Run], region: str | None, *, are_over: bool = False) -> PerHour:
    """Return what the machines of runs cost an hour together, those of a size and a priority a line of the basis.

    No money where the price of some is not known. With `are_over` they have none any more, and cost 0.
    """
    counted: dict[tuple[str | None, str | None], int] = defaultdict(int)
    for run in runs:
        counted[run.vm_size, run.priority] += 0 if are_over else nodes_of(run)
    parts = [of_machines(book, number, size, region, priority=priority_of(priority))
             for (size, priority), number in counted.items()]  # fmt: skip
    money = [part.money for part in parts if part.money is not None]
    is_known = len(money) == len(parts) and len({one.currency for one in money}) == 1
    total = (
        Money(sum((one.amount for one in money[1:]), start=money[0].amount), money[0].currency) if is_known else None
    )
    return PerHour(total, "\n".join(part.basis for part in parts))
