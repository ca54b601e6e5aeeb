"""How a watch stands, from what is known of its thing at one moment. Pure; unknown gives None and is no event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import isfinite, isnan

import msgspec

from services.attention_runs import Logged
from services.planning import length
from services.run import ENDED_RUNS, Run
from services.verdict import HEALTHY, NO_TRAFFIC, RECOVERED, UNHEALTHY
from services.watching import Standing, Watch, money, percent, span

WELL = ("Completed", "Finished")
CALM = 0.8
"""An endpoint is back below a line when it is so much below it: else it would turn every minute."""

LATEST = timedelta(minutes=15)
"""After its end a run's last metrics are waited for no longer than this."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one thing: a run, an endpoint, or what was spent."""

    now: datetime
    run: Run | None = None
    metrics: Sequence[Logged] = ()
    read_at: datetime | None = None
    """When all metrics of the run were last asked for."""
    state: str | None = None
    """How the endpoint stands, as `services.verdict` names it."""
    since: datetime | None = None
    as_of: datetime | None = None
    failed: float | None = None
    p95: float | None = None
    spent: Mapping[str, Decimal] = {}
    """This month, by currency."""


def standing_of(watch: Watch, known: Known) -> Standing | None:
    """Return how a watch stands; None while nobody can say."""
    return _RULES[watch.kind](watch, known)


def _end(watch: Watch, known: Known) -> Standing | None:
    run = known.run
    if run is None:
        return None
    word = run.status.lower()
    if run.status not in ENDED_RUNS:
        return Standing(word=word)
    seconds = (run.ended - run.started).total_seconds() if run.ended and run.started else None
    after = f" after {length(seconds)}" if seconds is not None else ""
    is_bad = run.status not in WELL
    why = f": {run.error}" if is_bad and run.error else ""
    said = f"{'was ' if word.startswith('cancel') else ''}{word}{after}{why}"
    return Standing(word=word, said=said, is_so=True, is_bad=is_bad, at=run.ended)


def _nan(watch: Watch, known: Known) -> Standing | None:
    for metric in known.metrics:
        found = (
            None if watch.metric not in ("", metric.name) else _first(metric, watch, lambda value: not isfinite(value))
        )
        if found is not None:
            value, at = found
            said = f"is at {'NaN' if isnan(value) else 'infinity'} with {metric.name}"
            return Standing(word="nan", said=said, is_so=True, is_bad=True, at=at)
    return _nothing_yet(known)


def _metric(watch: Watch, known: Known) -> Standing | None:
    limit = watch.limit or 0.0
    for metric in known.metrics:
        found = None
        if metric.name == watch.metric:
            found = _first(metric, watch, lambda value: value < limit if watch.is_below else value > limit)
        if found is not None:
            side = "below" if watch.is_below else "above"
            said = f"has {metric.name} at {found[0]:.6g}, {side} {limit:g}"
            return Standing(word="crossed", said=said, is_so=True, at=found[1])
    return _nothing_yet(known)


def _stall(watch: Watch, known: Known) -> Standing | None:
    last = max((at for metric in known.metrics for at in metric.times if at is not None), default=None)
    if _is_over(known) or last is None or known.read_at is None or known.run is None:
        return _nothing_yet(known)
    still = known.read_at.timestamp() - last
    if known.run.status != "Running":
        return None
    if still >= (watch.limit or 0.0):
        said = f"has logged nothing for {length(still)}"
        return Standing(word="stalled", said=said, is_so=True, is_bad=True, at=_moment(last))
    return Standing(word="logging", said="logs again", at=_moment(last))


def _nothing_yet(known: Known) -> Standing | None:
    """Nothing of it is seen: an answer only once something was read, or nothing is to come."""
    if known.run is None or (known.read_at is None and not known.metrics and not _is_over(known)):
        return None
    return Standing(word=known.run.status.lower(), is_over=_is_over(known))


def _is_over(known: Known) -> bool:
    run = known.run
    if run is None or run.status not in ENDED_RUNS:
        return False
    is_read = known.read_at is not None and (run.ended is None or known.read_at > run.ended)
    return is_read or (run.ended is not None and known.now - run.ended > LATEST)


def _first(metric: Logged, watch: Watch, is_it: Callable[[float], bool]) -> tuple[float, datetime | None] | None:
    """The first value that is so since it is watched, or the last one if that is."""
    since = watch.since.timestamp()
    for value, at in _points(metric):
        if at is not None and at >= since and is_it(value):
            return value, _moment(at)
    last = list(_points(metric))[-1:]
    return next(((value, _moment(at)) for value, at in last if is_it(value)), None)


def _points(metric: Logged) -> Iterator[tuple[float, float | None]]:
    return zip(metric.values, metric.times, strict=False)


def _state(watch: Watch, known: Known) -> Standing | None:
    if known.state in (HEALTHY, RECOVERED, NO_TRAFFIC):
        return Standing(word=HEALTHY, said="answers as it should again", at=known.as_of)
    if known.state not in UNHEALTHY:
        return None
    facts = _joined(
        f"{percent(known.failed)} of its requests {'are refused' if known.state == 'refusing' else 'fail'}"
        if known.failed else "",
        f"p95 {known.p95:.2f} s" if known.p95 is not None else "",
    )  # fmt: skip
    said = f"is {known.state}{f': {facts}' if facts else ''}"
    return Standing(word=known.state or "", said=said, is_so=True, is_bad=True, at=known.since)


def _errors(watch: Watch, known: Known) -> Standing | None:
    said = f"has {percent(known.failed)} of its requests failing" if known.failed is not None else ""
    return _over_line(known.failed, watch, known, "failing", said, percent)


def _p95(watch: Watch, known: Known) -> Standing | None:
    said = f"has a p95 of {span(known.p95)}" if known.p95 is not None else ""
    return _over_line(known.p95, watch, known, "slow", said, span)


def _over_line(
    value: float | None, watch: Watch, known: Known, word: str, said: str, text: Callable[[float], str]
) -> Standing | None:
    limit = watch.limit or 0.0
    if value is None or CALM * limit < value <= limit:
        return None
    if value > limit:
        return Standing(word=word, said=f"{said}, above {text(limit)}", is_so=True, is_bad=True, at=known.as_of)
    return Standing(word="fine", said=f"{said}, below {text(limit)} again", at=known.as_of)


def _spend(watch: Watch, known: Known) -> Standing | None:
    wanted = watch.sum
    spent = known.spent.get(wanted.currency) if wanted is not None else None
    if wanted is None or spent is None:
        return None
    said = f"has cost {money(spent, wanted.currency)}, above {money(wanted.amount, wanted.currency)}"
    is_so = spent > wanted.amount
    return Standing(word="above" if is_so else "below", said=said, is_so=is_so, is_bad=is_so)


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _moment(at: float | None) -> datetime | None:
    try:
        return None if at is None else datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def spent_of(months: Iterable[tuple[Decimal, str]]) -> dict[str, Decimal]:
    """Return amounts summed by currency."""
    found: dict[str, Decimal] = {}
    for amount, currency in months:
        found[currency] = found.get(currency, Decimal(0)) + amount
    return found


_RULES: Mapping[str, Callable[[Watch, Known], Standing | None]] = {
    "end": _end, "nan": _nan, "stall": _stall, "metric": _metric, "state": _state, "errors": _errors, "p95": _p95,
    "spend": _spend,
}  # fmt: skip
