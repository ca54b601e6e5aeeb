"""The bill closely: every cut adds up, currencies stay apart, what is not known is not said."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from app.billing.asked import ACTUAL, AMORTIZED, Looked
from app.billing.bill import Bill, Spent, bills_of
from app.billing.bill_origin import bill_origin
from app.billing.known import Known, known_bill
from app.billing.layout import bill_lines
from app.billing.missing import missing, pace_of, why_nothing
from app.billing.panels import Shown
from app.cli import awaiting
from app.estimated_table import EstimatedRow
from app.handed import Reading
from app.lookups import LOOKUPS
from app.source_state import Problem, SourceState, rests
from app.sources import SOURCES
from app.tables import TABLES
from cache.store import Store
from services.anomalies import TOTAL
from services.budgets import COSTS_FLOOR, BudgetLeft
from services.emulator.asking import ask
from services.endpoints import Endpoint
from services.errors import Refused
from services.reconcile import Day, Reconciliation
from services.records import Money, Provenance
from tests.app.commanding import REPOSITORY, Command
from tests.services.answering import Asked, Azure, Given, as_json
from tests.services.emulated import NOON, Emulated
from widgets.lines import line_text, line_width
from widgets.pane import Look
from widgets.safe import Safe, plain

SCOPE = "s"
LOOK = Look(now=NOON)
NOTHING = plain("")
DAY = timedelta(days=1)
READ = {lookup.name: lookup for lookup in LOOKUPS}
SOURCE = {source.name: source for source in SOURCES}


def _reading(world: Emulated, store: Store) -> Reading:
    return Reading(world.connection, world.ref, store, SCOPE, NOON, lambda: False)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A cache that everything about costs was read into, by the readers that the deck uses."""
    world = Emulated(runs=1)
    with_all = Store.open(tmp_path_factory.mktemp("bill"), TABLES, now=lambda: NOON)
    reading = _reading(world, with_all)
    for name in ("costs", "budgets", "endpoints", "deployments", "compute"):
        source = SOURCE[name]
        for page in source.read(reading):
            with_all.put(source.table.name, SCOPE, page.records, page.documents, provenance=page.provenance)
    with_all.note_source(SCOPE, "budgets", last_ok=NOON)
    cuts = ("meter", "endpoint", "deployment", "compute", "tag:team", "subcategory")
    keys = ("2026-10", *(f"ActualCost|{cut}" for cut in cuts), "AmortizedCost|resource")
    for key in (*keys, ACTUAL):
        lookup = READ["cost_month" if key[:2] == "20" else "forecast" if key == ACTUAL else "cost_cut"]
        for page in lookup.read(reading, key) or ():
            assert lookup.table is not None
            with_all.put(lookup.table.name, SCOPE, page.records, page.documents, provenance=page.provenance)
    yield with_all
    with_all.close()


def bill(store: Store, cut: str = "resource", kind: str = ACTUAL) -> Bill:
    (found,) = known_bill(store, SCOPE, Looked(cut, kind), NOON).bills
    return found


def complete(one: Bill) -> Decimal:
    """What its days cost whose bill does not grow any more, and that every cut was read of."""
    return sum((cost for day, cost in one.totals.items() if NOON - 20 * DAY < day < NOON - 3 * DAY), Decimal(0))


def test_every_cut_of_the_bill_adds_up_to_the_same(store: Store) -> None:
    whole = complete(bill(store))
    assert whole > 1000
    for cut in ("meter", "service", "group", "endpoint", "deployment", "subcategory", "tag:team"):
        assert complete(bill(store, cut)) == pytest.approx(whole, abs=Decimal("0.01")), cut


def test_endpoints_and_computes_are_found_through_whichever_tag_has_their_names(store: Store) -> None:
    found = known_bill(store, SCOPE, Looked("endpoint"), NOON)
    assert found.key == "tag:azuremlendpoint"
    assert {"fraud-score", "no endpoint"} <= {part.name for part in found.bills[0].parts}
    assert {"tag:azuremlcompute", "tag:team"} <= set(found.tags)


def test_deployments_of_one_name_are_told_apart_by_their_endpoints(store: Store) -> None:
    found = known_bill(store, SCOPE, Looked("deployment"), NOON)
    names = {part.name for part in found.bills[0].parts}
    assert found.key == "pair:azuremlendpoint/azuremldeployment"
    assert {"fraud-score/blue", "fraud-score/green", "churn/blue", "no deployment"} <= names
    assert "this month by deployment, by tags azuremlendpoint and azuremldeployment" in drawn(found, 160)


def test_where_two_tags_cannot_be_asked_for_at_once_one_says_of_how_many_endpoints_it_is(tmp_path: Path) -> None:
    world = Emulated(runs=1)
    refused = as_json({"error": {"code": "BadRequest", "message": "Only one tag can be grouped by."}}, 400)

    def answer(asked: Asked) -> Given:
        if str(asked.body).count("TagKey") == 2:
            return refused
        query = urlencode(asked.query)
        given = ask(world.world, asked.method, f"https://{asked.host}{asked.path}?{query}", body=asked.body)
        return as_json(given.json(), given.status)

    with closing(Store.open(tmp_path, TABLES, now=lambda: NOON)) as bare:
        reading = Reading(Azure(answer).connection, world.ref, bare, SCOPE, NOON, lambda: False)
        for lookup in (SOURCE["endpoints"], SOURCE["deployments"]):
            for page in lookup.read(reading):
                bare.put(lookup.table.name, SCOPE, page.records, page.documents, provenance=page.provenance)
        for page in READ["cost_cut"].read(reading, "ActualCost|deployment") or ():
            bare.put("cost_cuts", SCOPE, page.records, page.documents, provenance=page.provenance)
        parts = {part.name: part.detail for part in bill(bare, "deployment").parts}
    assert parts["blue"] == "of 6 endpoints, which this tag does not tell apart"
    assert parts["v7"] == ""


def test_a_tag_whose_values_are_names_of_nothing_here_tells_no_endpoints_apart(tmp_path: Path, store: Store) -> None:
    bare = Store.open(tmp_path, TABLES, now=lambda: NOON)
    lines = [seen.record for seen in store.records("cost_cuts", SCOPE)][:200]
    where = Provenance("/costs", "v1", NOON)
    bare.put("cost_cuts", SCOPE, lines, [b"{}"] * len(lines), provenance=where)
    bare.put("endpoints", SCOPE, [Endpoint(id="other", name="other")], [b"{}"], provenance=where)
    assert known_bill(bare, SCOPE, Looked("endpoint"), NOON).bills == ()
    bare.close()


def test_the_month_is_on_course_for_what_is_billed_and_what_azure_expects(store: Store) -> None:
    one = bill(store)
    assert one.forecast is not None
    assert sorted(one.expected()) == [datetime(2026, 11, day, tzinfo=UTC) for day in range(21, 31)]
    before = sum((cost for day, cost in one.totals.items() if day.month == 11 and day.day < 21), Decimal(0))
    assert one.course() == before + sum(one.expected().values(), Decimal(0))
    usual = replace(one, forecast=None)
    assert set(usual.expected().values()) == {usual.usual_day()}
    assert one.budget is not None
    assert one.budget.name == "rg-ml-prod-monthly"
    assert replace(one, budgets=()).daily_budget is None


def test_amortised_cost_says_how_much_of_it_was_paid_ahead(store: Store) -> None:
    found = known_bill(store, SCOPE, Looked("resource", AMORTIZED), NOON)
    assert found.ahead is not None
    assert found.ahead.amount > 1
    assert "reservations that were paid ahead" in " ".join(drawn(found, 80).split())


def test_what_is_unusual_is_what_the_emulator_planted(store: Store) -> None:
    most = {one.resource.rpartition("/")[2]: one for one in bill(store).unusual[:2]}
    assert set(most) == {TOTAL, "stmlprod"}
    assert {(one.days, one.goes_on) for one in most.values()} == {(1, True)}


def spent(*lines: tuple[str, int, str, str], now: datetime = NOON) -> tuple[Bill, ...]:
    """Bills of (name, days ago, amount, currency)."""
    made = [Spent(name, name, now.replace(hour=0, minute=0, second=0, microsecond=0) - back * DAY,
                  Money(Decimal(amount), currency)) for name, back, amount, currency in lines]  # fmt: skip
    return bills_of(made, Looked(), now)


def test_currencies_are_bills_of_their_own_and_nothing_known_is_a_dash() -> None:
    dollars, euros = spent(("a", 1, "5", "USD"), ("b", 1, "7", "USD"), ("a", 1, "9", "EUR"))
    assert (dollars.month, euros.month) == (Decimal(12), Decimal(9))
    assert [part.share for part in dollars.parts] == [7 / 12, 5 / 12]
    assert (dollars.change, dollars.course(), dollars.daily_budget) == (None, None, None)
    text = drawn(Known((replace(dollars, others=(Money(Decimal(9), "EUR"),)),)), 120)
    assert "also €9.00, which is not added" in text


def test_change_compares_complete_days_with_as_many_of_the_month_before() -> None:
    now = datetime(2026, 11, 13, 12, tzinfo=UTC)  # complete: the first ten days
    lines = [("a", back, "30" if back <= 12 else "20", "USD") for back in range(60)]
    (one,) = spent(*lines, now=now)
    assert one.change == pytest.approx(0.5)
    (short,) = spent(*lines[:30], now=now)
    assert short.change is None


def test_a_grouping_that_gives_the_newest_day_alone_is_said() -> None:
    (one,) = spent(("a", 1, "5", "USD"), ("b", 1, "7", "USD"))
    assert one.is_last_day_only
    assert "does not tell days apart" in drawn(Known((one,)), 100)
    assert not spent(("a", 1, "5", "USD"), ("b", 2, "7", "USD"))[0].is_last_day_only


def drawn(known: Known, width: int, *, is_ascii: bool = False, pace: Safe = NOTHING) -> str:
    look = replace(LOOK, is_ascii=is_ascii)
    lines = bill_lines(
        known, Shown(look, note=plain("nothing yet"), pace=pace), width, "ascii" if is_ascii else "braille"
    )
    assert [line_text(line) for line in lines if line_width(line) > width] == []
    return "\n".join(line_text(line) for line in lines)


@pytest.mark.parametrize("width", [78, 158])
def test_the_bill_is_drawn_at_both_sizes_with_charts_and_panels(store: Store, width: int) -> None:
    text = drawn(known_bill(store, SCOPE, Looked(), NOON), width)
    assert text.strip().startswith("▲ On course for $")
    for word in (
        "over budget",
        "not billed yet",
        "actual cost",
        "Per day",
        "Month",
        "Where it went",
        "gpu-a100",
        "Unusual",
        "Budgets",
    ):
        assert word in text
    assert {"░", "╌"} <= set(text)
    assert drawn(Known(()), width).strip() == "nothing yet"


DAYS = tuple(Day(NOON.replace(hour=0) - back * DAY, Decimal(9), {}, busy=20 + back, idle=30) for back in (5, 4, 3))
EXPERIMENTS = [EstimatedRow(id=name, by="experiment", name=name, month=Money(Decimal(amount), "USD"), unknown=lacking)
               for name, amount, lacking in (("geo", "40", 0), ("fraud", "120", 3))]  # fmt: skip


def test_every_chart_of_money_is_on_the_bill_and_told_apart_without_colours(store: Store) -> None:
    known = known_bill(store, SCOPE, Looked(), NOON)
    hours = Reconciliation(days=DAYS, currency="USD", why_not="x")
    beside = {**known.beside, "Cost per experiment": EXPERIMENTS, "Idle against busy node-hours": (hours,)}
    for kind, busy, idle in (("colour", "■", "■"), ("mono", "█", "▒"), ("ascii", "#", "o")):
        for width in (78, 158):
            text = _charted(replace(known, beside=beside), kind, width)
            for title in ("Per day", "Month", "Cost per experiment", "Idle against busy node-hours"):
                assert any(title in line for line in text), title
            bars = [max(line.count(sign) for sign in "=━") for name in ("fraud", "geo")
                    for line in text if line.startswith(f"  {name} ")]  # fmt: skip
            assert bars[0] > 2 * bars[1] > 0
            (legend,) = [line for line in text if "runs at work" in line and "idle, 56 % of all" in line]
            assert f"{busy} 72 h" in legend
            assert f"{idle} 90 h" in legend
            names = next(line for line in text if "not billed yet" in line)
            signs = {names[names.index(part.name[:18]) - 2] for part in known.bills[0].parts[:4]}
            assert len(signs) == (1 if kind == "colour" else 4), signs


def _charted(known: Known, kind: str, width: int) -> list[str]:
    is_ascii = kind == "ascii"
    shown = Shown(replace(LOOK, is_ascii=is_ascii), is_mono=kind == "mono")
    lines = bill_lines(known, shown, width, "ascii" if is_ascii else "braille")
    assert [line for line in lines if line_width(line) > width] == []
    return [line_text(line) for line in lines]


def test_the_origin_of_the_bill_says_source_age_kind_and_what_each_number_is_made_of(store: Store) -> None:
    read = SourceState("costs", "Costs", 1.0, last_ok=NOON - timedelta(minutes=3))
    known = known_bill(store, SCOPE, Looked("deployment"), NOON)
    text = "\n".join(line_text(line) for line in bill_origin(known, Emulated(runs=1).ref, [read], LOOK))
    wide = replace(known, is_of_subscription=True)
    asked = "\n".join(line_text(line) for line in bill_origin(wide, Emulated(runs=1).ref, [read], LOOK))
    assert "asked of the subscription" in asked
    assert "/resourceGroups/" not in asked
    assert "the group itself refused" in drawn(wide, 120)
    for said in ("resource group rg-ml-prod", "3m ago", "actual cost, in USD", "azuremlendpoint and azuremldeployment",
                 "until 18 Nov", "then Azure's forecast", "rg-ml-prod-monthly"):  # fmt: skip
        assert said in text, said


def test_under_ascii_the_bill_has_no_other_sign_than_those_of_currencies_and_dashes(store: Store) -> None:
    text = drawn(known_bill(store, SCOPE, Looked("service"), NOON), 120, is_ascii=True)
    assert set(text) - set(map(chr, range(128))) <= set("–─−…≈×")


def test_foreign_names_reach_the_bill_as_printable_text_alone() -> None:
    (one,) = spent(("\x1b]52;c;aGk=\x07evil\u202e", 1, "5", "USD"))
    assert not {"\x1b", "\x07", "\u202e"} & set(drawn(Known((one,)), 80))


def test_what_is_missing_is_asked_for_once_and_closed_months_never_again(store: Store) -> None:
    known = known_bill(store, SCOPE, Looked(), NOON)
    assert missing(known, Looked(), NOON) == [("forecast", ACTUAL)]
    assert missing(Known(()), Looked("meter"), NOON)[0] == ("cost_cut", "ActualCost|meter")
    assert ("cost_month", "2026-10") in missing(Known(()), Looked(), NOON)


def test_the_countdown_says_when_costs_are_read_again_and_when_a_key_may() -> None:
    state = SourceState("costs", "Costs", 4 * 3600.0, last_ok=NOON - timedelta(minutes=10))
    assert pace_of([state], NOON) == "read 10m ago, again in 3h 50m, next allowed in 5m"
    late = replace(state, last_ok=NOON - timedelta(minutes=20))
    assert pace_of([late], NOON).endswith("allowed by key now")
    assert rests(state, COSTS_FLOOR, NOON) == 300
    assert rests(replace(state, problem=Problem("offline", "no", NOON)), COSTS_FLOOR, NOON) == 0
    refused = replace(state, problem=Problem("broken", "It is no use.", NOON))
    assert why_nothing([refused], Looked("meter")) == "It is no use."
    waiting = replace(state, is_reading=True, budget=BudgetLeft("costs", "h", "s", 0, 1, 0.05, next_in=43))
    assert pace_of([waiting], NOON).startswith("reading costs, next call allowed in 43s")
    assert "43s" in drawn(Known(()), 80, pace=pace_of([waiting], NOON))


def test_an_offer_without_cost_data_is_told_and_where_the_estimates_are() -> None:
    said = "Cost Management supports only Enterprise Agreement, Web direct and Microsoft Customer Agreement offer types"
    azure = Azure(lambda _: as_json({"error": {"code": "BadRequest", "message": said}}, 400))
    reading = Reading(azure.connection, Emulated(runs=1).ref, None, SCOPE, NOON, lambda: False)  # pyright: ignore[reportArgumentType]
    with pytest.raises(Refused, match=r"no cost data for this offer .*estimated by list prices") as raised:
        list(SOURCE["costs"].read(reading))
    assert raised.value.status == 400


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path / "config"))
    return Command(tmp_path / "cache", capsys)


def test_the_command_answers_every_cut_and_question_from_the_cache(command: Command, store: Store) -> None:
    from tests.app.commanding import cached

    with cached(command.folder) as session:
        for table in ("costs", "cost_cuts", "budgets", "forecasts", "endpoints"):
            seen = (seen.record for seen in store.records(table, SCOPE))
            page: list[Any] = [one for one in seen if table != "cost_cuts" or one.cut in ("meter", "tag:team")]
            where = Provenance("/costs", "v1", NOON, "billed")
            session.store.put(table, session.scope, page, [b"{}"] * len(page), provenance=where)
        now = session.now()
    assert now
    shares = [one["share"] for one in json.loads(command("--offline", "budgets", "--json").out)]
    assert shares == sorted(shares, reverse=True)
    budgets = json.loads(command("--offline", "costs", "--budgets", "--json").out)
    assert {one["name"] for one in budgets} == {"rg-ml-prod-monthly", "subscription-monthly"}
    parts = json.loads(command("--offline", "costs", "--by", "meter", "--json").out)
    assert "Standard_NC48ads_A100_v4" in {one["name"] for one in parts}
    assert command("--offline", "costs", "--by", "tag:team", "--csv").out.startswith("name,detail,key,billed,")
    assert command("--offline", "costs", "--by", "colour").code == 2
    deployments = command("--offline", "costs", "--by", "deployment")
    assert (deployments.code, "Nothing is known of costs by deployment" in deployments.err) == (1, True)
    assert command("--offline", "costs", "--by", "meter", "--unusual").code == 2


def test_a_cold_command_says_what_it_waits_for_keeps_what_came_and_answers_in_time(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(awaiting, "EVERY", 0.0)
    # Which tags there are is the first call; the second may leave a minute later.
    first = command("--demo", "--demo-runs", "20", "costs", "--by", "endpoint", "--timeout", "1.5")
    assert (first.code, first.out) == (3, "")
    assert "Costs: the next call is allowed in" in first.err
    assert "Nothing came of costs by endpoint yet" in first.err
    # They are kept: the command that comes next asks for the one that names endpoints, and is answered at once.
    second = command("--demo", "--demo-runs", "20", "costs", "--by", "endpoint", "--json")
    assert second.code == 0, second.err
    assert "fraud-score" in {one["name"] for one in json.loads(second.out)}


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to another process")
def test_ctrl_c_ends_the_wait_and_not_the_answer(tmp_path: Path) -> None:
    words = ["--demo", "--demo-runs", "20", "--cache", str(tmp_path), "costs", "--by", "endpoint"]
    process = subprocess.Popen([sys.executable, "-m", "app", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, cwd=REPOSITORY, start_new_session=True)  # fmt: skip
    assert process.stderr is not None
    assert process.stderr.readline().strip() == awaiting.PACE
    process.send_signal(signal.SIGINT)
    _, narration = process.communicate(timeout=60)
    assert (process.returncode, "this is what came so far" in narration) == (3, True), narration
    assert "Traceback" not in narration
