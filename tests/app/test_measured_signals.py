"""All that Azure Monitor measured on an endpoint, a row each; what was not measured has none."""

from datetime import timedelta

from msgspec.structs import replace

from app.triaging.measured import measured_lines
from app.triaging.window import Window
from services.triage import judge
from services.triage_facts import ScaleEvaluation, Signal
from tests.services.troubled import BOTH, NOW, facts, latency, minutes, requests, usual
from widgets.lines import line_text, line_width
from widgets.pane import Look

WINDOW = Window(NOW - timedelta(hours=1), NOW)


def gauge(name: str, value: float, deployment: str = "blue", part: str = "i-1") -> Signal:
    times = minutes()
    return Signal(name=name, deployment=deployment, part=part, times=times, values=(value,) * len(times))


def said(*signals: Signal, width: int = 100) -> list[str]:
    found = measured_lines(judge(facts([*requests(BOTH, usual), *signals])), WINDOW, width, "braille", Look(NOW))
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


def test_what_autoscale_last_looked_at_is_a_line_with_its_limit_and_what_came_of_it() -> None:
    target = "/subscriptions/s/onlineEndpoints/geo-rank/deployments/main"
    looked = ScaleEvaluation(
        at=NOW, target=target, metric="CpuUtilizationPercentage", observed=74.2, operator="GreaterThan", threshold=70.0,
        result="Triggered", before=3, after=4,
    )  # fmt: skip
    known = replace(facts(requests(BOTH, usual)), evaluations=(looked,))
    (line,) = [line_text(one) for one in measured_lines(judge(known), WINDOW, 120, "braille", Look(NOW))]
    assert line.startswith("autoscale main")
    assert "74 now, scales when CpuUtilizationPercentage above 70   triggered   3 instances" in line
    assert measured_lines(judge(replace(known, evaluations=())), WINDOW, 120, "braille", Look(NOW)) == []
