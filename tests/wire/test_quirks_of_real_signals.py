"""What is odd in recorded metrics and container logs, and how it must be read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.container_logs import read_container_log, tail_of
from services.endpoint_metrics import EndpointSignal, read_signals
from tests.services.answering import NOW, Azure, Given, as_json
from tests.services.troubled import REF
from tests.wire.recordings import BY_NAME


def recorded(name: str) -> Any:
    if name not in BY_NAME:
        pytest.skip(f"{name} is not among these recordings")
    return BY_NAME[name]


def signals(name: str) -> tuple[EndpointSignal, ...]:
    """What a recorded list of metrics becomes, framed as a batch answers it for one resource."""
    answer = as_json({"values": [{"value": recorded(name).body["value"]}]})
    hour = timedelta(hours=1)
    pages = read_signals(Azure(lambda _: answer).connection, REF, "r", ["e"], {}, NOW - hour, NOW, timedelta(minutes=1))
    return next(iter(pages)).records


def test_a_point_without_a_number_is_none_and_never_zero() -> None:
    found = signals("metrics/list-subscription-gaps")
    assert found
    values = [value for one in found for value in one.signal.values]
    assert None in values
    assert all(len(one.signal.times) == len(one.signal.values) for one in found)
    assert all(one.signal.times == tuple(sorted(one.signal.times)) for one in found)


def test_a_metric_of_which_nothing_was_measured_is_no_signal() -> None:
    assert signals("metrics/list-empty-timeseries") == ()


def test_a_zero_that_was_measured_stays_a_zero() -> None:
    assert {value for one in signals("metrics/list-dimension-split") for value in one.signal.values} == {0.0}


def test_the_log_of_a_real_container_comes_in_its_parts() -> None:
    recording = recorded("logs/deployment-getlogs-2025")
    azure = Azure(lambda _: Given(recording.raw, recording.status, recording.headers))
    tail = tail_of(read_container_log(azure.connection, REF, "online-pwsh01", "online-pwsh01-blue01"))
    assert tail.status[0] == "SystemSetup: Succeeded"
    assert tail.events[-1].endswith("Message: Container is ready")
    assert tail.lines[0].startswith("2025-11-04T09:35:42,021671581+00:00 | gunicorn/run")
