"""Deployments beside each other: what differs is marked, unknown is no difference, no value of a variable is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.deployments_compared.lines import compared_lines
from services.deployment_comparison import Row, Side, compare_deployments
from services.deployment_settings import Probe
from services.deployments import Deployment
from services.triage_facts import Signal
from widgets.lines import line_text, line_width

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
TIMES = tuple(NOON + timedelta(minutes=at) for at in range(3))


def side(name: str, model: str | None, variables: dict[str, str] | None, *signals: Signal) -> Side:
    return Side(
        deployment=Deployment(id=f"churn/{name}", endpoint="churn", name=name, model=model, request_timeout=5.0,
                              liveness=Probe(period=10.0, failures=30), has_data_collector=False),
        traffic=50.0, per_hour="$0.42", variables=variables, signals=signals,
    )  # fmt: skip


def signal(name: str, deployment: str, values: tuple[float | None, ...], code: str = "") -> Signal:
    return Signal(name=name, deployment=deployment, code=code, times=TIMES, values=values)


SIGNALS = (
    signal("RequestsPerMinute", "blue", (60.0, 30.0, None), "200"),
    signal("RequestsPerMinute", "blue", (0.0, 30.0, None), "424"),
    signal("RequestLatency_P95", "blue", (80.0, 120.0, None)),
)


def rows() -> dict[str, Row]:
    sides = (
        side("blue", "churn:1", {"A": "1", "B": "2", "KEY": "[redacted]"}, *SIGNALS),
        side("green", "churn:2", {"A": "1", "B": "secret-3", "KEY": "[redacted]", "C": "4"}, *SIGNALS),
    )
    return {row.name: row for row in compare_deployments(sides)}


def test_settings_that_differ_are_marked_and_what_is_measured_is_told_as_what_it_is() -> None:
    found = rows()
    assert (found["model"].values, found["model"].differs) == (("churn:1", "churn:2"), True)
    assert (found["timeout"].values, found["timeout"].differs) == (("5 s", "5 s"), False)
    assert found["liveness"].values == ("every 10 s, unwell 30",) * 2
    assert found["an hour, estimated"].values == ("$0.42", "$0.42")
    assert found["collected"].values == ("off", "off")
    assert found["requests"].values == ("120", None)
    assert found["errors"].values == ("25.0 %", None)
    assert found["p95, mean of minutes"].values == ("100 ms", None)
    assert found["p95, worst minute"].values == ("120 ms", None)
    assert not any(row.differs for row in found.values() if row.section == "measured")
    assert "image" not in found


def test_variables_are_compared_and_their_values_stay_untold() -> None:
    found = rows()
    assert found["A"].values == ("set", "set")
    assert (found["B"].values, found["B"].differs) == (("set", "set to another value"), True)
    assert (found["C"].values, found["C"].differs) == (("not set", "set"), True)
    assert "KEY" not in found
    assert "secret-3" not in str(found)


def test_the_table_fits_its_width_and_says_what_nobody_measured() -> None:
    unmeasured = (side("blue", "churn:1", None), side("green", None, None))
    for width in (78, 158):
        lines = compared_lines(unmeasured, width, is_all=True)
        assert max(map(line_width, lines)) <= width
        text = "\n".join(map(line_text, lines))
        assert "Nothing: the triage of the endpoint reads its signals." in text
        assert "No setting differs between them." in text
    with pytest.raises(ValueError, match="2 to 4"):
        compare_deployments(unmeasured[:1])
