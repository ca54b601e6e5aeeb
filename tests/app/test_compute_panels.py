"""The panels under the rows of Compute: the fullest quotas, and the runs that wait with why."""

from __future__ import annotations

from app.compute_panels import MOST_QUOTAS, in_use, panels
from app.machine_rows import ComputeRow, QuotaRow
from tests.app.test_panes import NOW
from widgets.lines import line_text, line_width
from widgets.pane import Look

LOOK = Look(now=NOW)


def a_quota(name: str, used: int | None, limit: int | None = 100, **over: object) -> QuotaRow:
    known = {"id": name, "name": name, "title": f"Standard {name} Family Cluster Dedicated vCPUs", "kind": "dedicated",
             "location": "westeurope", "used": used, "limit": limit, "headroom": 8, **over}  # fmt: skip
    return QuotaRow(**known)  # pyright: ignore[reportArgumentType]


def a_cluster(name: str, *waiting: str, queue: int | None = None) -> ComputeRow:
    return ComputeRow(id=name, name=name, kind="AmlCompute", waiting=waiting, queue=queue)


def test_the_fullest_quotas_stand_first_but_those_that_are_waited_for() -> None:
    quotas = [a_quota("A", 10), a_quota("B", 90), a_quota("unused", 0), a_quota("C", 0, waiting=2, waiting_cores=96),
              a_quota("given", 50, workspace="ml-prod"), a_quota("unknown", None)]  # fmt: skip
    assert [one.name for one in in_use(quotas)] == ["C", "B", "A"]
    said = [line_text(line) for line in panels(quotas, [], NOW, LOOK, 104)]
    assert said[0].startswith("Quota  westeurope, vCPUs ")
    assert said[1].split() == ["family", "used", "limit", "left", "waiting"]
    assert said[2].split()[0] == "C"
    assert said[2].rstrip().endswith("2 need 96")
    many = [a_quota(f"F{at}", at) for at in range(1, 10)]
    assert len(panels(many, [], NOW, LOOK, 104)) == MOST_QUOTAS + 2
    assert f"the {MOST_QUOTAS} fullest of 9 in use" in line_text(panels(many, [], NOW, LOOK, 104)[0])


def test_what_waits_is_said_with_why_and_how_many_more_there_are() -> None:
    busy = a_cluster("gpu", "ablate-436: 1 of 8 nodes are busy with \x1b[31membed", "x" * 300 + ": behind", queue=9)
    lines = panels([], [busy, a_cluster("cpu", queue=None)], None, Look(now=NOW, is_ascii=True), 104)
    said = [line_text(line) for line in lines[1:]]
    assert said[0].startswith("Waiting runs  9 ")
    assert said[1].split()[:3] == ["o", "ablate-436", "gpu"]
    assert said[-1].strip() == "and 7 more"
    assert all(line_width(line) <= 104 and "\x1b" not in line_text(line) for line in lines)
    assert panels([], [a_cluster("idle", queue=0)], None, LOOK, 104) == []
