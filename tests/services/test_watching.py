"""What is said of watched things, as a table: two looks, and what happened between them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import inf, nan
from typing import Any

import msgspec
import pytest

from services.attention_runs import Logged
from services.records import Money
from services.run import Run
from services.watch_rules import Known, spent_of, standing_of
from services.watch_text import NotALine, amount, metric_line, seconds, share
from services.watching import Happening, Watch, happened

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def run(status: str = "Running", **more: Any) -> Known:
    """What is known of a run that began two hours ago; its metrics were read now unless told otherwise."""
    metrics = more.pop("metrics", ())
    read_at = more.pop("read_at", NOW)
    ended = None if status == "Running" else more.pop("ended", ago(1))
    record = Run(id="r1", name="fox", status=status, started=ago(120), ended=ended, **more)
    return Known(now=NOW, run=record, metrics=metrics, read_at=read_at)


def logged(*values: float, newest: float = 0.0, name: str = "loss") -> tuple[Logged, ...]:
    """A metric logged every minute, the newest value so many minutes ago."""
    times = [ago(newest + place).timestamp() for place in range(len(values))][::-1]
    return (Logged(name=name, times=times, values=values),)


def endpoint(state: str = "healthy", **more: Any) -> Known:
    return Known(now=NOW, state=state, as_of=ago(1), **more)


def spent(text: str, currency: str = "EUR") -> Known:
    return Known(now=NOW, spent={currency: Decimal(text)})


def watch(kind: Any, **more: Any) -> Watch:
    return Watch(kind=kind, thing="x1", name="fox", since=ago(30), **more)


LOSS = watch("metric", metric="loss", is_below=True, limit=0.3)
STALL = watch("stall", limit=900.0)
ERRORS, SLOW = watch("errors", limit=0.05), watch("p95", limit=2.0)
SPEND = watch("spend", sum=Money(Decimal(100), "EUR"))
GOING, NOTHING = run(), Known(now=NOW)

TABLE: tuple[tuple[Watch, Known | None, Known, str], ...] = (
    (watch("end"), GOING, run("Completed"), "run fox completed after 1 h 59 min"),
    (watch("end"), GOING, run("Failed", error="out of memory"), "run fox failed after 1 h 59 min: out of memory"),
    (watch("end"), GOING, run("Canceled"), "run fox was canceled after 1 h 59 min"),
    (watch("end"), None, run("Completed"), "run fox completed after 1 h 59 min"),
    (watch("end"), run("Completed"), run("Completed"), ""),
    (watch("end"), GOING, GOING, ""),
    (watch("end"), GOING, NOTHING, ""),
    (watch("nan"), GOING, run(metrics=logged(0.5, nan)), "run fox is at NaN with loss"),
    (watch("nan"), GOING, run(metrics=logged(0.5, inf, 0.4)), "run fox is at infinity with loss"),
    (watch("nan"), GOING, run(metrics=logged(nan, 0.4, newest=31)), ""),
    (watch("nan"), None, run(metrics=logged(0.4, nan, newest=90)), "run fox is at NaN with loss"),
    (watch("nan", metric="auc"), GOING, run(metrics=logged(nan)), ""),
    (watch("nan"), run(metrics=logged(nan)), run(metrics=logged(nan, nan)), ""),
    (watch("nan"), GOING, run(read_at=None), ""),
    (watch("nan"), GOING, run("Completed"), "run fox has ended, and is watched no more"),
    (watch("nan"), GOING, run("Completed", read_at=ago(2)), ""),
    (watch("nan"), GOING, run("Completed", read_at=None, ended=ago(20)), "run fox has ended, and is watched no more"),
    (watch("nan"), GOING, run("Failed", metrics=logged(nan)), "run fox is at NaN with loss"),
    (STALL, GOING, run(metrics=logged(1, 1, newest=16)), "run fox has logged nothing for 16 min"),
    (STALL, GOING, run(metrics=logged(1, 1, newest=14)), ""),
    (STALL, GOING, run(metrics=logged(1, 1, newest=40), read_at=ago(30)), ""),
    (STALL, GOING, run(), ""),
    (STALL, run(metrics=logged(1, newest=16)), run(metrics=logged(1, newest=17)), ""),
    (STALL, run(metrics=logged(1, newest=16)), run(metrics=logged(1)), "run fox logs again"),
    (STALL, run(metrics=logged(1, newest=16)), run("Finalizing", metrics=logged(1, newest=17)), ""),
    (STALL, run(metrics=logged(1, newest=16)), run("Failed"), "run fox has ended, and is watched no more"),
    (LOSS, GOING, run(metrics=logged(0.4, 0.25)), "run fox has loss at 0.25, below 0.3"),
    (LOSS, GOING, run(metrics=logged(0.25, 0.4)), "run fox has loss at 0.25, below 0.3"),
    (LOSS, GOING, run(metrics=logged(0.25, 0.4, newest=40)), ""),
    (LOSS, GOING, run(metrics=logged(0.3)), ""),
    (LOSS, GOING, run(metrics=logged(nan)), ""),
    (LOSS, GOING, run(metrics=logged(0.1, name="auc")), ""),
    (LOSS, run(metrics=logged(0.25)), run(metrics=logged(0.25, 0.2)), ""),
    (
        watch("metric", metric="auc", limit=0.9),
        GOING,
        run(metrics=logged(0.95, name="auc")),
        "run fox has auc at 0.95, above 0.9",
    ),
    (
        watch("state"),
        endpoint(),
        endpoint("failing", failed=0.61, p95=0.43),
        "endpoint fox is failing: 61 % of its requests fail, p95 0.43 s",
    ),
    (watch("state"), endpoint("failing"), endpoint("slow"), "endpoint fox is slow"),
    (watch("state"), endpoint("slow"), endpoint("recovered"), "endpoint fox answers as it should again"),
    (watch("state"), None, endpoint("failing"), ""),
    (watch("state"), endpoint("failing"), endpoint("failing", failed=0.7), ""),
    (watch("state"), endpoint(), endpoint("no traffic"), ""),
    (watch("state"), endpoint(), endpoint("unknown"), ""),
    (watch("state"), endpoint(), NOTHING, ""),
    (ERRORS, endpoint(failed=0.01), endpoint(failed=0.06), "endpoint fox has 6 % of its requests failing, above 5 %"),
    (ERRORS, None, endpoint(failed=0.06), "endpoint fox has 6 % of its requests failing, above 5 %"),
    (ERRORS, endpoint(failed=0.06), endpoint(failed=0.07), ""),
    (ERRORS, endpoint(failed=0.06), endpoint(failed=0.045), ""),
    (
        ERRORS,
        endpoint(failed=0.06),
        endpoint(failed=0.01),
        "endpoint fox has 1 % of its requests failing, below 5 % again",
    ),
    (ERRORS, endpoint(failed=0.06), endpoint(failed=None), ""),
    (SLOW, endpoint(p95=0.2), endpoint(p95=2.4), "endpoint fox has a p95 of 2.4 s, above 2 s"),
    (SLOW, endpoint(p95=2.4), endpoint(p95=0.2), "endpoint fox has a p95 of 200 ms, below 2 s again"),
    (SPEND, spent("99"), spent("103.2"), "this month has cost 103.20 EUR, above 100.00 EUR"),
    (SPEND, spent("103.2"), spent("104"), ""),
    (SPEND, spent("99"), spent("100"), ""),
    (SPEND, None, spent("500", "USD"), ""),
    (SPEND, None, NOTHING, ""),
)


def told(watched: Watch, before: Known | None, now: Known) -> tuple[Happening, ...]:
    return happened(watched, standing_of(watched, before) if before is not None else None, standing_of(watched, now))


@pytest.mark.parametrize(("watched", "before", "now", "said"), TABLE)
def test_what_happened_is_said_once_and_unknown_is_no_event(
    watched: Watch, before: Known | None, now: Known, said: str
) -> None:
    found = told(watched, before, now)
    assert [one.sentence for one in found] == ([said] if said else [])
    standing = standing_of(watched, now)
    assert happened(watched, standing, standing) == ()


@pytest.mark.parametrize(
    ("watched", "now", "is_bad", "is_last"),
    [
        (watch("end"), run("Completed"), False, True),
        (watch("end"), run("Failed"), True, True),
        (LOSS, run(metrics=logged(0.1)), False, True),
        (watch("nan"), run(metrics=logged(nan)), True, True),
        (STALL, run(metrics=logged(1, newest=20)), True, False),
        (ERRORS, endpoint(failed=0.5), True, False),
        (SPEND, spent("200"), True, True),
    ],
)
def test_an_event_says_whether_it_is_bad_and_whether_the_watch_is_over(
    watched: Watch, now: Known, is_bad: bool, is_last: bool
) -> None:
    (found,) = told(watched, None, now)
    assert (found.is_bad, found.is_last, found.watch) == (is_bad, is_last, watched.key)


def test_watches_differ_by_what_they_wait_for_and_come_back_from_json() -> None:
    every = [row[0] for row in TABLE]
    assert len({one.key for one in every}) == len(set(every))
    for one in every:
        assert msgspec.json.decode(msgspec.json.encode(one), type=Watch) == one


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (metric_line, "loss<0.3", ("loss", True, 0.3)),
        (metric_line, "val/top 1 accuracy >= 1e-3", ("val/top 1 accuracy", False, 0.001)),
        (metric_line, "a<b<2", ("a<b", True, 2.0)),
        (seconds, "800ms", 0.8),
        (seconds, "15 min", 900.0),
        (share, "5%", 0.05),
        (amount, "100 eur", Money(Decimal(100), "EUR")),
    ],
)
def test_lines_are_read_as_they_are_typed(read: Callable[[str], object], text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "texts"),
    [
        (metric_line, ("loss", "<3", "loss<", "loss<1.2.3", "loss<1e999")),
        (seconds, ("2", "0s", "-1s", "two")),
        (share, ("5", "120%", "-1%")),
        (amount, ("100", "0EUR", "EUR", "-5EUR")),
    ],
)
def test_what_is_no_line_is_refused_with_how_it_is_written(
    read: Callable[[str], object], texts: tuple[str, ...]
) -> None:
    for text in texts:
        with pytest.raises(NotALine, match="Write a"):
            read(text)


def test_amounts_of_different_currencies_are_never_added() -> None:
    found = spent_of([(Decimal(1), "EUR"), (Decimal(2), "USD"), (Decimal("0.5"), "EUR")])
    assert found == {"EUR": Decimal("1.5"), "USD": Decimal(2)}
