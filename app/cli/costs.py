"""`amldeck costs`: what was billed, cut another way than the pane does; forecast, budgets, unusual days."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import click

from app.billing.asked import (
    ACTUAL,
    AMORTIZED,
    COMPUTE,
    CUTS,
    DEPLOYMENT,
    ENDPOINT,
    KIND_WORDS,
    Looked,
    lookup_of,
    title_of,
)
from app.billing.bill import Bill, Part
from app.billing.known import Known, known_bill
from app.billing.words import short_day, told
from app.cli.answer import write
from app.cli.awaiting import await_costs
from app.cli.cost_tables import (
    BUDGETS,
    DAYS,
    PARTS,
    UNUSUAL,
    BilledPart,
    BudgetState,
    ExpectedDay,
    UnusualDays,
)
from app.cli.errand import (
    DEADLINE,
    Errand,
    QueryFailed,
    TryAgain,
    choose_workspace,
    narrate_ages,
    narrate_problems,
    opened,
    say,
)
from services.cost_cuts import RESOURCE, TAG
from services.records import Money
from widgets.safe import Safe, safe

SOURCES = ("costs", "budgets")
NAMES_OF = {ENDPOINT: ("endpoints",), DEPLOYMENT: ("endpoints", "deployments"), COMPUTE: ("compute",)}
"""The sources of the names that the values of a tag have to be."""


def looked_of(by: str, *, is_amortized: bool) -> Looked:
    """How the bill is asked for. Raises click.UsageError for a way it is not cut."""
    if by not in CUTS and not (by.startswith(TAG) and len(by) > len(TAG)):
        raise click.UsageError(f"Costs cannot be cut by {safe(by, 60)!r}: by {', '.join(CUTS)} or tag:KEY.")
    return Looked(by or RESOURCE, AMORTIZED if is_amortized else ACTUAL)


def give_bill(errand: Errand, looked: Looked, what: str, form: str, timeout: float) -> None:
    """Answer with the parts of the bill, its forecast, its budgets or what is unusual. Raises click exceptions."""
    choose_workspace(errand)
    names = SOURCES if what == "budgets" else SOURCES[:1]
    # A tag is known by its values, which are names of these.
    asked, needed = _lookup(looked, what), NAMES_OF.get(looked.cut, ())
    errand.refresh(names if asked is None else needed)
    is_whole = asked is None or await_costs(errand, *asked, timeout)
    states = errand.states(names)
    if asked is not None:
        states = [errand.refresher.lookup_state(*asked)]
    narrate_problems(errand, states)
    known = known_bill(errand.session.store, errand.session.scope, looked, errand.session.now())
    if not is_whole and not known.bills:
        raise TryAgain(f"Nothing came of costs by {title_of(looked.cut)} yet; what is kept is kept for the next time.")
    _GIVE[what](errand, known, looked, form)
    narrate_ages(errand, states)


def _lookup(looked: Looked, what: str) -> tuple[str, str] | None:
    """The lookup that brings it; None where the sources do."""
    if what == "forecast":
        return ("forecast", looked.kind)
    cut = lookup_of(looked) if what == "parts" else None
    return ("cost_cut", cut) if cut is not None else None


def _parts(errand: Errand, known: Known, looked: Looked, form: str) -> None:
    if not known.bills:
        tags = ", ".join(one.removeprefix(TAG) for one in known.tags)
        found = f" Tags that usage carries: {tags}." if tags else ""
        raise QueryFailed(f"Nothing is known of costs by {title_of(looked.cut)}.{safe(found, 400)}")
    for bill in known.bills:
        say(_headline(bill))
    rows = [_row(part, bill) for bill in known.bills for part in bill.parts]
    write(PARTS, rows, form, errand.look())


def _headline(bill: Bill) -> str:
    course = bill.course()
    then = f", on course for {told(course, bill.currency)}" if course is not None else ""
    until = f" until {short_day(bill.until)}" if bill.until is not None else ""
    only = " Azure gave the newest day alone." if bill.is_last_day_only else ""
    return f"{told(bill.month, bill.currency)} billed this month{until}{then}: {KIND_WORDS[bill.looked.kind]}.{only}"


def _row(part: Part, bill: Bill) -> BilledPart:
    billed = None if part.month is None else Money(part.month, bill.currency)
    return BilledPart(name=part.name, detail=part.detail or None, key=part.key or None, billed=billed,
                      share=part.share, change=part.change, kind=bill.looked.kind)  # fmt: skip


def _forecast(errand: Errand, known: Known, looked: Looked, form: str) -> None:
    forecasts = [seen.record for seen in errand.session.store.records("forecasts", errand.session.scope)]
    month = f"{errand.session.now():%Y-%m}"
    rows = [
        ExpectedDay(day=day, expected=Money(Decimal(amount), one.currency), source="forecast")
        for one in forecasts if one.kind == looked.kind and one.month == month
        for day, amount in sorted(one.days.items())
    ]  # fmt: skip
    if not rows:
        rows = [
            ExpectedDay(day=f"{day:%Y-%m-%d}", expected=Money(amount, bill.currency), source="last week")
            for bill in known.bills for day, amount in bill.expected().items()
        ]  # fmt: skip
    for bill in known.bills:
        say(_headline(bill))
    write(DAYS, rows, form, errand.look())


def _budgets(errand: Errand, known: Known, looked: Looked, form: str) -> None:
    rows: list[BudgetState] = []
    for seen in errand.session.store.records("budgets", errand.session.scope):
        one = seen.record
        reached = [f"{each.percent:g} %{' expected' if each.basis != 'Actual' else ''}" for each in one.thresholds
                   if one.is_reached(each)]  # fmt: skip
        rows.append(
            BudgetState(
                name=one.name, scope=one.scope, amount=one.amount, spent=one.spent, forecast=one.forecast,
                share=one.share, expected=one.expected, reached=", ".join(reached),
                evaluated=one.evaluated.isoformat(timespec="minutes") if one.evaluated else None,
            )
        )  # fmt: skip
    say(f"{len(rows)} budgets of resource group and subscription, as Azure evaluated them last: once a day")
    write(BUDGETS, rows, form, errand.look())


def _unusual(errand: Errand, known: Known, looked: Looked, form: str) -> None:
    rows: Sequence[UnusualDays] = [
        UnusualDays(
            name=one.resource.rpartition("/")[2].strip() or "all together", since=f"{one.since:%Y-%m-%d}",
            until=f"{one.until:%Y-%m-%d}", goes_on=one.goes_on, days=one.days, per_day=_cents(one.per_day),
            usual=_cents(one.usual),
        )
        for bill in known.bills for one in bill.unusual
    ]  # fmt: skip
    say(f"{len(rows)} of the last complete week against the same weekday of four weeks; the newest 48 h are left out")
    write(UNUSUAL, rows, form, errand.look())


def _cents(money: Money) -> Money:
    return Money(money.amount.quantize(Decimal("0.01")), money.currency)


_GIVE = {"parts": _parts, "forecast": _forecast, "budgets": _budgets, "unusual": _unusual}


def with_bill(command: click.Command) -> click.Command:
    """Let the command of the costs pane cut the bill another way, too."""
    plain = command.callback
    assert plain is not None

    @click.pass_context
    def callback(context: click.Context, /, by: str, amortized: bool, timeout: float, **given: Any) -> Any:
        asked = [name for name in ("forecast", "budgets", "unusual") if given.pop(name)]
        if not (by or amortized or asked):
            return plain(**given)
        if len(asked) > 1 or (by and asked):
            raise click.UsageError("--by, --forecast, --budgets and --unusual are four answers: choose one.")
        if given.get("query"):
            raise click.UsageError("QUERY narrows the rows of resources; it does not go with this answer.")
        looked = looked_of(by or RESOURCE, is_amortized=amortized)
        with opened(context) as errand:
            give_bill(errand, looked, asked[0] if asked else "parts", given["form"], timeout)
        return None

    command.callback = callback
    command.params += OPTIONS
    return command


OPTIONS: list[click.Parameter] = [
    click.Option(["--by"], metavar="WAY", default="", help=Safe(f"Cut the bill by {', '.join(CUTS)} or tag:KEY.")),
    click.Option(["--amortized"], is_flag=True, help="With reservations spread over the days that used them."),
    click.Option(["--forecast"], is_flag=True, help="What each day to come of the month is expected to cost."),
    click.Option(["--budgets"], is_flag=True, help="Budgets with what was spent, is expected and was reached."),
    click.Option(["--unusual"], is_flag=True, help="Days that cost far more than their weekday usually does."),
    click.Option(
        ["--timeout"],
        metavar="SECONDS",
        type=click.FloatRange(min=0),
        default=DEADLINE,
        show_default=True,
        help="How long to wait for Cost Management; then, as at Ctrl+C, with what came.",
    ),
]
