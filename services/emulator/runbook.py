"""All runs of a workspace: how deep each experiment's history goes, and how a run is found by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from services.emulator.given import FIRST, Given, index_of, script_of, who_of
from services.emulator.ledger import EmptyLedger, Ledger, family_of
from services.emulator.lives import make_given, make_given_child, make_plan
from services.emulator.names import Names
from services.emulator.plans import Edit, Plan, unedited
from services.emulator.scripts import Script
from services.emulator.ticks import DAY, MINUTE

DEEPEST = 1200 * DAY
"""No history is longer than this; more runs make the fast experiments faster."""

FAST_SHARE = 1 / 32
"""Fast experiments keep a thirty-second of the history of the others."""

_CHILD = re.compile(r"(.+)_(\d{1,4})")
_STEP_WIDTH = 16
"""Numbers of runs interleave over this many experiments."""
_GIVEN = _STEP_WIDTH - 1
"""Where an experiment's number would stand: the run is a child of a submitted one, whatever its experiment."""
_NUMBERED = frozenset({"trial", "automl_child"})
"""Kinds of children that are called after their parent, with a number."""


class RunBook:
    """The runs of one workspace. `made` counts the runs worked out so far: tests read it instead of a clock."""

    def __init__(
        self, seed: object, scripts: Sequence[Script], total: int, born: int, edit: Edit = unedited,
        edited: Callable[[int], Iterable[int]] = lambda ledger: (), given: Callable[[], Sequence[Given]] = lambda: (),
    ) -> None:  # fmt: skip
        self.made = 0
        self._seed = seed
        self._given = given
        self._edit = edit
        self._edited = edited
        self.names = Names(seed)
        self._ledgers = tuple(
            _ledger(seed, number, script, count, born)
            for number, (script, count) in enumerate(zip(scripts, depths(scripts, total), strict=True))
        )
        self._named = {ledger.name.lower(): ledger for ledger in self._ledgers}

    @property
    def ledgers(self) -> tuple[Ledger, ...]:
        """The runs of every experiment: those with scripts, then those that only have submitted runs."""
        new = dict.fromkeys(one.experiment for one in self._given() if one.experiment.lower() not in self._named)
        count = len(self._ledgers)
        return (*self._ledgers, *(EmptyLedger(count + at, script_of(name)) for at, name in enumerate(new)))

    def ledger(self, experiment: str) -> Ledger | None:
        """Return an experiment's runs by its name, in any case."""
        known = self._named.get(experiment.lower())
        return known or next((one for one in self.ledgers if one.name.lower() == experiment.lower()), None)

    def plan(self, ledger: Ledger, index: int) -> Plan:
        """Work out one run."""
        self.made += 1
        if index >= FIRST:
            number, place = who_of(index)
            given = self._given()[number]
            if place:
                return make_given_child(ledger, given, place, self._seed, self._edit)
            return make_given(ledger, given, self._seed, self._edit)
        return make_plan(ledger, index, self._edit)

    def given(self, ledger: Ledger, now: int) -> list[Plan]:
        """Return the submitted runs of an experiment with everything under them, newest first."""
        plans = [
            self.plan(ledger, index_of(one.number, place))
            for one in self._given()
            if one.at <= now and one.experiment == ledger.name
            for place in range(len(family_of(one.part)))
        ]
        there = [plan for plan in plans if plan.created <= now and (plan.given or not plan.is_absent)]
        return sorted(there, key=lambda plan: (-plan.created, -plan.index))

    def edited(self, ledger: Ledger, low: int, high: int) -> frozenset[int]:
        """Return which runs of an experiment, from number `low` to `high`, somebody changed."""
        return frozenset(index for index in self._edited(ledger.number) if low <= index <= high)

    def run_id(self, plan: Plan) -> str:
        """Return the name of a run: words for a root, its parent's and a number for a trial, a GUID in a pipeline."""
        if plan.given is not None:
            return plan.given.name
        if plan.parent is not None and plan.kind in _NUMBERED:
            return f"{self.run_id(plan.parent)}_{plan.seat.child}"
        number = plan.index * _STEP_WIDTH + (_GIVEN if plan.index >= FIRST else plan.ledger.number)
        return self.names.name(number) if plan.parent is None else self.names.guid(number)

    def find(self, run_id: str, now: int) -> Plan | None:
        """Return the run of this name, None when there is none or it is not created yet."""
        given = next((one for one in self._given() if one.name == run_id), None)
        if given is not None:
            ledger = self.ledger(given.experiment)
            return self.plan(ledger, index_of(given.number)) if ledger is not None and given.at <= now else None
        number = self.names.number(run_id)
        if number is None:
            number = self.names.number_of_guid(run_id)
        if number is not None:
            return self._numbered(number, run_id, now)
        child = _CHILD.fullmatch(run_id)
        parent = self.find(child[1], now) if child else None
        if child is None or parent is None:
            return None
        children, place = self._child_numbers(parent), int(child[2])
        return self._existing(parent.ledger, children[place], run_id, now) if place < len(children) else None

    def _child_numbers(self, parent: Plan) -> list[int]:
        """Return the numbers of a run's children, oldest first, whether they exist yet or not."""
        if parent.index < FIRST:
            return parent.ledger.children(parent.index)
        number, at = who_of(parent.index)
        seats = family_of(self._given()[number].part)
        return [index_of(number, place) for place, seat in enumerate(seats) if place and seat.parent == at]

    def _numbered(self, number: int, run_id: str, now: int) -> Plan | None:
        index, experiment = divmod(number, _STEP_WIDTH)
        if experiment == _GIVEN and index >= FIRST:
            number, place = who_of(index)
            given = self._given()[number] if number < len(self._given()) else None
            ledger = self.ledger(given.experiment) if given and place < len(family_of(given.part)) else None
            return self._existing(ledger, index, run_id, now) if ledger else None
        known = experiment < len(self._ledgers)
        return self._existing(self._ledgers[experiment], index, run_id, now) if known else None

    def _existing(self, ledger: Ledger, index: int, run_id: str, now: int) -> Plan | None:
        # What is older than the listing can still be read by its name: models and deployments outlive the listing.
        if index < FIRST and not 0 <= index <= ledger.newest(now):
            return None
        plan = self.plan(ledger, index)
        is_there = plan.created <= now and not plan.is_absent
        return plan if self.run_id(plan) == run_id and is_there else None

    def children(self, parent: Plan, now: int) -> list[Plan]:
        """Return a run's children that exist, newest first."""
        ledger, newest = parent.ledger, parent.ledger.newest(now)
        numbers = (index for index in reversed(self._child_numbers(parent)) if index <= newest or index >= FIRST)
        plans = (self.plan(ledger, index) for index in numbers)
        return [plan for plan in plans if plan.created <= now and not plan.is_absent]

    def recent(self, now: int, since: int) -> Iterator[Plan]:
        """Yield the runs that may have been at work after `since`, newest first within an experiment."""
        for ledger in self.ledgers:
            yield from (plan for plan in self.given(ledger, now) if plan.ended > since)
            oldest = max(ledger.first, ledger.newest(since - ledger.longest))
            for index in range(ledger.newest(now), oldest - 1, -1):
                plan = self.plan(ledger, index)
                if plan.ended > since and not plan.is_absent:
                    yield plan


def _ledger(seed: object, number: int, script: Script, count: int, born: int) -> Ledger:
    runs_a_round = len(Ledger(seed, number, script).seats)
    natural = count * script.minutes * MINUTE / runs_a_round
    ledger = Ledger(seed, number, script, squeeze=min(1.0, DEEPEST / natural) if natural else 1.0)
    ledger.first = ledger.newest(born) - count + 1
    return ledger


def depths(scripts: Sequence[Script], total: int) -> list[int]:
    """Return how many of `total` runs each experiment gets: as its pace and a common length of history allow."""
    pace = [len(Ledger("", 0, script).seats) / (script.minutes * MINUTE) for script in scripts]
    weight = [rate * (FAST_SHARE if script.is_fast else 1.0) for rate, script in zip(pace, scripts, strict=True)]
    length = min(total / sum(weight), DEEPEST) if scripts else 0
    counts = [int(share * length) for share in weight]
    fast = [at for at, script in enumerate(scripts) if script.is_fast] or list(range(len(scripts)))
    rest, rates = total - sum(counts), sum(pace[at] for at in fast)
    for at in fast:
        counts[at] += int(rest * pace[at] / rates)
    if scripts:
        counts[fast[0]] += total - sum(counts)
    return counts
