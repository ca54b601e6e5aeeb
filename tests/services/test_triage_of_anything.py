"""Whatever the facts, there is a judgement, the same each time, and it keeps its word about itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.deployments import Deployment
from services.endpoints import Endpoint
from services.triage import judge
from services.triage_facts import (
    Caller,
    Change,
    CodeCount,
    ContainerEvent,
    Facts,
    LoggedLine,
    Signal,
    SourceOn,
)
from tests.services.troubled import ENDPOINT, ML

NOW = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)
NAMES = st.sampled_from(["", "blue", "green", "BLUE", "{endpoint}", "a;b 'c"])
TIMES = st.integers(-200, 5).map(lambda minutes: NOW + timedelta(minutes=minutes)) | st.sampled_from(
    [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)
NUMBERS = st.none() | st.floats() | st.integers(0, 900).map(float)
METRICS = st.sampled_from([
    "RequestsPerMinute", "RequestsPerMinute", "RequestLatency_P95", "RequestLatency", "DeploymentCapacity",
    "CpuMemoryUtilizationPercentage", "CpuUtilizationPercentage", "DiskUtilization", "Other",
])  # fmt: skip
CODES = st.sampled_from(["", "200", "424", "429", "404", "5xx", "²"])
SAID = st.sampled_from(["blue 10 → 90, green 90 → 10", "instances 3 → 1", '{"error":{"code":"OutOfQuota"}}'])
SHORT = st.none() | st.text(max_size=30)


@st.composite
def signals(draw: Any) -> Signal:
    start = draw(TIMES) if draw(st.integers(0, 9)) == 0 else NOW - timedelta(minutes=90)
    count = draw(st.integers(0, 90))
    level = draw(NUMBERS)
    values = [draw(NUMBERS) if draw(st.integers(0, 9)) == 0 else level for _ in range(count)]
    times = [start + timedelta(minutes=one) for one in range(count)] if start.year == 2026 else [start] * count
    return Signal(
        name=draw(METRICS), deployment=draw(NAMES), code=draw(CODES),
        part=draw(st.sampled_from(["", "blue-0", "blue-0 root", "Ready"])), times=tuple(times),
        values=tuple(values[: draw(st.integers(0, count))] if draw(st.booleans()) else values),
    )  # fmt: skip


@st.composite
def changes(draw: Any) -> Change:
    operation = draw(st.sampled_from([
        f"{ML}/onlineEndpoints/write", f"{ML}/onlineEndpoints/deployments/write", "", "microsoft.keyvault/vaults/write",
        f"{ML}/onlineEndpoints/regenerateKeys/action", "Microsoft.Network/x/delete", f"{ML}/computes/write",
    ]))  # fmt: skip
    return Change(
        id=draw(st.text(max_size=3)), at=draw(TIMES), ended=draw(st.none() | TIMES), operation=operation,
        resource=draw(st.sampled_from([None, "", ENDPOINT, f"{ENDPOINT}/deployments/blue", "/x/onlineEndpoints"])),
        status=draw(SHORT | st.just("Failed")), who=draw(SHORT),
        detail=draw(SHORT | SAID),
        origin=draw(st.sampled_from(["activity log", "amldeck", "history"])),
    )  # fmt: skip


def some(each: st.SearchStrategy[Any], most: int = 4) -> st.SearchStrategy[Any]:
    return st.lists(each, max_size=most).map(tuple)


DEPLOYMENTS = st.builds(
    Deployment, id=st.just("f/x"), endpoint=st.just("fraud-score"), name=NAMES,
    state=st.sampled_from([None, "Failed", "Succeeded"]),
    instances=st.none() | st.integers(0, 9), max_concurrent=st.none() | st.integers(-1, 9), modified=st.none() | TIMES,
)  # fmt: skip
ENDPOINTS = st.builds(
    Endpoint, id=st.just("fraud-score"), name=st.just("fraud-score"),
    traffic=st.none() | st.dictionaries(NAMES, st.floats(0, 100) | st.just(0.0), max_size=2),
)  # fmt: skip
FACTS = st.builds(
    Facts,
    endpoint=ENDPOINTS, deployments=st.none() | some(DEPLOYMENTS), signals=some(signals()),
    last_week=some(signals(), 2),
    changes=st.none() | some(changes()),
    codes=st.none() | some(st.builds(
        CodeCount, deployment=NAMES, code=st.integers(-1, 999), requests=st.integers(-5, 10**9),
        model_code=st.none() | st.integers(),
        model_reason=SHORT, first=st.none() | TIMES, last=st.none() | TIMES)),
    events=st.none() | some(st.builds(
        ContainerEvent, deployment=NAMES, kind=st.sampled_from(["oom", "crash loop", "Pulled"]),
        first=st.none() | TIMES,
        last=st.none() | TIMES)),
    lines=st.none() | some(st.builds(
        LoggedLine, deployment=NAMES, line=st.text(max_size=40) | st.just("OOMKilled"), first=st.none() | TIMES)),
    callers=st.none() | some(st.builds(Caller, requests=st.integers(0, 9), errors=st.integers(0, 9), agent=SHORT)),
    sources=some(st.builds(
        SourceOn, name=st.just("metrics"), is_on=st.none() | st.booleans(), said=SHORT, switch_on=SHORT)),
    now=st.just(NOW),
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(FACTS)
def test_any_facts_are_judged_and_twice_alike(facts: Facts) -> None:
    told = judge(facts)
    assert told.sentence == judge(facts).sentence
    assert (told.onset is None) == (told.kind is None)
    assert told.verdict.is_unhealthy == (told.kind is not None and told.verdict.ended is None)
    assert [one.score for one in told.suspects] == sorted((one.score for one in told.suspects), reverse=True)
    assert all(0 <= one.score <= 1 for one in told.suspects)
    looked_at = [one.change for one in told.suspects if one.change] + [one.change for one in told.cleared]
    assert len(looked_at) <= len(facts.changes or ())
    for chart in (*told.charts, *told.latencies):
        assert len(chart.times) == len(chart.values) == len(chart.unusual)
        assert all(value is None or value >= 0 for value in chart.values)
    if told.kind is None:
        assert not told.suspects
