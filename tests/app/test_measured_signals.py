"""All that Azure Monitor measured on an endpoint, a row each; what was not measured has none."""

from datetime import timedelta

from app.triaging.measured import measured_lines
from app.triaging.window import Window
from services.triage import judge
from services.triage_facts import Signal
from tests.services.troubled import BOTH, NOW, facts, latency, minutes, requests, usual
from widgets.lines import line_text, line_width

WINDOW = Window(NOW - timedelta(hours=1), NOW)


def gauge(name: str, value: float, deployment: str = "blue", part: str = "i-1") -> Signal:
    times = minutes()
    return Signal(name=name, deployment=deployment, part=part, times=times, values=(value,) * len(times))


def said(*signals: Signal, width: int = 100) -> list[str]:
    found = measured_lines(judge(facts([*requests(BOTH, usual), *signals])), WINDOW, width, "braille")
    assert all(line_width(line) <= width for line in found)
    return [line_text(line) for line in found]


def row(lines: list[str], name: str) -> list[str]:
    return next(line for line in lines if line.startswith(name)).split()


def test_every_signal_has_a_row_with_now_and_the_highest_and_of_instances_the_highest_counts() -> None:
    lines = said(
        latency(lambda _: 300.0), gauge("CpuMemoryUtilizationPercentage", 40.0),
        gauge("CpuMemoryUtilizationPercentage", 71.0, part="i-2"), gauge("NetworkBytes", 2048.0, "", ""),
        gauge("DeploymentCapacity", 3.0, part="Ready"), gauge("DeploymentCapacity", 2.0, "green", "Ready"),
    )  # fmt: skip
    assert lines[0].split() == ["now", "highest"]
    assert row(lines, "p95 blue")[-2:] == ["300", "300"]
    assert row(lines, "memory")[-2:] == ["71", "71"]
    assert (row(lines, "bandwidth")[1], row(lines, "bandwidth")[-1]) == ("KB/s", "2.0")
    assert row(lines, "instances ready")[-1] == "5.0"
    assert row(lines, "blue i-2")[2:] == ["memory", "71", "%"]
    assert not any(line.startswith(("gpu", "disk", "connections")) for line in lines)


def test_nothing_measured_is_no_section_and_narrow_ones_fit() -> None:
    assert said() == []
    assert said(gauge("ConnectionsActive", 12.0, "", ""), width=60)[1].split()[-2:] == ["12", "12"]
