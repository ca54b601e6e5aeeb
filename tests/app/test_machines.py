"""Computes, quotas and sizes as rows: what an hour costs, whose they are, what waits; and the commands over them."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.derived.machines import Around, compute_rows, cost_of, serverless_row
from app.derived.nodes import node_rows, watched_since
from app.derived.quotas import Rooms, quota_rows, size_rows
from app.derived.waits import waits_of
from app.panes.compute_cells import image, kind_cell
from app.panes.compute_lines import nodes_by_state, shell_lines
from app.panes.compute_verdict import verdict
from app.panes.nodes import lasting, watched
from app.pricing import listed_prices
from cache.history import Past
from services.compute_record import Compute
from services.deployments import Deployment
from services.hourly import PriceBook
from services.nodes import Node
from services.quotas import Quota
from services.records import Money
from services.run import Run
from services.vm_sizes import VmSize
from tests.app.commanding import Command
from tests.app.test_panes import NOW
from widgets.lines import line_text
from widgets.pane import Look

OWNER = "66666666-0000-4000-8000-000000000001"
GPU = VmSize(
    id="standard_x", name="Standard_X", family="standardXFamily", location="westeurope", cores=12, gpus=2,
    memory_gb=64.0, price=Money(Decimal("2"), "USD"), low_price=Money(Decimal("0.5"), "USD"), is_low_priority=True,
)  # fmt: skip
BOOK = PriceBook(listed_prices(GPU))
LOOK = Look(now=NOW)


def a_cluster(**more: object) -> Compute:
    known = {"id": "gpu", "name": "gpu", "kind": "AmlCompute", "vm_size": "STANDARD_X", "location": "westeurope",
             "nodes": 5, "max_nodes": 8, "running_nodes": 2, "idle_nodes": 2, "preparing_nodes": 0,
             "leaving_nodes": 0, "unusable_nodes": 1}  # fmt: skip
    return Compute(**{**known, **more})  # pyright: ignore[reportArgumentType]


def an_instance(**more: object) -> Compute:
    known = {"id": "ci", "name": "ci", "kind": "ComputeInstance", "vm_size": "STANDARD_X", "location": "westeurope",
             "state": "Running"}  # fmt: skip
    return Compute(**{**known, **more})  # pyright: ignore[reportArgumentType]


def amounts(one: Compute) -> tuple[str | None, str | None]:
    found = cost_of(one, BOOK)
    return tuple(str(part.money.amount) if part.money else None for part in found)  # pyright: ignore[reportReturnType]


def test_an_hour_costs_what_is_allocated_and_unknown_is_never_nothing() -> None:
    assert amounts(a_cluster()) == ("10", "4")
    assert amounts(a_cluster(priority="LowPriority")) == ("2.5", "1.0")
    assert amounts(a_cluster(nodes=None, running_nodes=None, idle_nodes=None)) == (None, None)
    assert amounts(a_cluster(location="nowhere")) == (None, None)
    assert amounts(an_instance())[0] == "2"
    assert amounts(an_instance(state="Stopped"))[0] == "0"
    assert amounts(an_instance(state=None))[0] is None
    attached = cost_of(a_cluster(kind="Kubernetes"), BOOK)[0]
    assert (attached.money, attached.basis) == (None, "its machines are paid for where they are")


def test_people_are_named_where_the_cache_knows_them_and_work_stands_with_its_nodes() -> None:
    nodes = [Node(id=f"gpu/{n}", compute="gpu", node=str(n), run="r1") for n in range(2)]
    around = Around(BOOK, {GPU.id: GPU}, {OWNER: "Ana"}, {"gpu": nodes}, {"r1": "llm-sft"}, {})
    cluster, known, stranger = compute_rows(
        [a_cluster(), an_instance(owner=OWNER), an_instance(owner=OWNER[:-1] + "9")], around
    )
    assert cluster.at_work == ("llm-sft on 2 nodes",)
    assert (cluster.gpus, cluster.accelerator, cluster.queue) == (2, "GPU", 0)
    assert (known.user_name, stranger.user_name) == ("Ana", OWNER[:-1] + "9")
    tally = type("Tally", (), {"rows": lambda self: [cluster, known], "by": lambda *a: {}})()
    said = line_text(verdict(tally, LOOK))
    assert said.startswith("≈$12.00/h running, ≈$4.00/h of it idle   1 cluster, 1 instance, 0 attached")
    assert compute_rows([a_cluster()], Around()).__next__().queue is None


def test_serverless_use_is_seen_from_runs_alone() -> None:
    started = {"status": "Running", "vm_size": "Standard_X", "nodes": 3, "started": NOW}
    runs = [
        Run(id="a", name="a", compute=None, **started), Run(id="b", name="b", compute="serverless", status="Queued"),
        Run(id="c", name="c", compute="gpu", status="Running"), Run(id="p", name="p", compute=None, status="Running"),
    ]  # fmt: skip  # pyright: ignore[reportArgumentType]
    row = serverless_row(runs, Around(BOOK, {GPU.id: GPU}), "westeurope")
    assert row is not None
    assert (row.running_nodes, row.queue, row.cores) == (3, 1, 36)
    assert row.per_hour == Money(Decimal("6"), "USD")
    assert line_text(kind_cell(row, LOOK)) == "serverless"
    assert serverless_row(runs[2:], Around(), None) is None
    before = serverless_row([], Around(BOOK, {GPU.id: GPU}), "westeurope", runs[0])
    assert before is not None
    assert (before.running_nodes, before.per_hour, before.priced) == (0, Money(Decimal(0), "USD"), (
        "nothing of it runs now",))  # fmt: skip


def test_a_low_priority_cluster_says_what_it_saves_and_a_dedicated_one_what_it_could() -> None:
    sized = Around(BOOK, {GPU.id: GPU})
    dedicated, low = compute_rows([a_cluster(), a_cluster(priority="LowPriority")], sized)
    assert dedicated.priced[-1] == "at low priority 2.50 USD/h, and Azure may take nodes back"
    assert low.priced[-1] == "dedicated they would be 10.00 USD/h"


def test_a_node_says_its_run_by_name_and_since_when_it_is_as_it_is() -> None:
    started = NOW - timedelta(hours=6)
    nodes = [Node(id=f"gpu/{n}", compute="gpu", node=n, run=run) for n, run in (("0", "r1"), ("1", "r2"), ("2", None))]
    runs = {"r1": Run(id="r1", name="llm-sft-0042", status="Running", started=started, user="Ana")}
    busy, stranger, idle = node_rows(nodes, runs, {"gpu/2": NOW})
    assert (busy.run_name, busy.since, busy.run_by) == ("llm-sft-0042", started, "Ana")
    assert (stranger.run_name, stranger.since) == ("r2", None)
    assert (idle.run_name, idle.since) == (None, NOW)
    assert line_text(lasting(busy, LOOK)) == "6h"
    assert line_text(watched(idle, LOOK) or ()).startswith("for at least 0s, seen so from ")
    assert watched(busy, LOOK) is None


def test_a_node_idles_for_at_least_as_long_as_it_was_watched() -> None:
    first, back = NOW - timedelta(hours=3), NOW - timedelta(hours=1)
    assert watched_since(first, []) == first
    assert watched_since(first, [Past(back, {"state": "running"}), Past(NOW, {"port": 1})]) == back
    assert watched_since(first, [Past(first, {"state": "running"}), Past(back, {"_gone": True})]) == back
    nodes = [Node(id=f"gpu/{n}", compute="gpu", node=n, state=state) for n, state in (("0", "idle"), ("1", "running"))]
    around = Around(nodes={"gpu": nodes}, watched={"gpu/0": first, "gpu/1": first - timedelta(days=1)})
    cluster = next(compute_rows([a_cluster()], around))
    assert cluster.idle_since == first
    said = [line_text(line) for line in nodes_by_state(cluster, LOOK)]
    assert any(line.startswith("idle, paid") and line.endswith("the longest for at least 3h") for line in said)
    (row,) = node_rows(nodes[:1], {}, {"gpu/0": first})
    assert line_text(lasting(row, LOOK)) == "≥3h"


def test_an_attached_kubernetes_says_the_commands_that_look_into_it() -> None:
    arc = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/edge"
    given = a_cluster(kind="Kubernetes", resource=arc, facts={"namespace": "ml $(x)"})
    first, second = (line_text(line) for line in shell_lines(next(compute_rows([given], Around())), LOOK))
    assert first == "kubectl -n 'ml $(x)' get pods"
    assert "--cluster-type connectedClusters --cluster-name edge -g g" in second


def test_an_image_is_the_latest_or_behind_with_its_age() -> None:
    row = next(compute_rows([an_instance(is_latest_image=False, image_version="26.10.02")], Around()))
    assert line_text(image(row, LOOK)) == "behind 50d"
    assert line_text(image(next(compute_rows([an_instance()], Around())), LOOK)) == "–"


def test_a_quota_keeps_room_for_upgrades_and_tells_what_waits_for_it() -> None:
    quotas = [
        Quota(id="1", name="standardXFamily", kind="dedicated", used=60, limit=96, location="westeurope"),
        Quota(id="2", name="TotalDedicatedCores", kind="total", used=60, limit=500, location="westeurope"),
        Quota(id="3", name="Standard X Family Cluster Dedicated vCPUs", kind="dedicated", limit=200,
              location="westeurope", workspace="ml-prod"),
    ]  # fmt: skip
    deployed = Deployment(id="e/blue", endpoint="e", name="blue", instance_type="Standard_X", instances=6)
    sizes = {GPU.id: GPU}
    rooms = Rooms(quotas, sizes, [deployed], "ML-Prod")
    cluster = a_cluster(nodes=2, idle_nodes=0, unusable_nodes=0)
    queued = [Run(id="r", name="nightly", status="Queued", compute="gpu", nodes=4)]
    waits = waits_of(queued, [cluster], [], {}, sizes, rooms)
    row = next(quota_rows(quotas, rooms, waits.by_quota, "denied", "sub-1"))
    assert (row.free, row.reserve, row.headroom, row.given) == (36, 24, 12, 200)
    assert (row.waiting, row.waiting_cores, row.waiting_for) == (1, 48, ("nightly",))
    assert "New limit: 132 vCPUs" in row.request
    assert "sub-1" in row.request
    size = next(size_rows([GPU], rooms, BOOK))
    assert (size.left, size.most, size.per_hour) == (12, 1, Money(Decimal("2"), "USD"))
    assert waits.by_compute["gpu"][0].kind == "quota"


def test_the_commands_say_what_is_left_what_fits_and_what_to_ask_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = Command(tmp_path / "cache", capsys)
    fits = command("--demo", "fits", "--cores", "4", "--memory", "16", "--json")
    first = json.loads(fits.out)[0]
    assert (fits.code, first["answer"]) == (0, "fits")
    assert "emulator price" in first["priced"]
    never = command("--demo", "--offline", "fits", "Standard_NC80adis_H100_v5", "2")
    assert never.code == 4
    assert never.out.startswith("2 x Standard_NC80adis_H100_v5: does not fit.")
    assert command("--demo", "--offline", "fits", "Standard_Nobody").code == 1
    asked = command("--demo", "--offline", "quota", "--request", "name:NCSv3")
    assert "Standard NCSv3 Family Cluster Dedicated vCPUs, dedicated" in asked.out
    rows = json.loads(command("--demo", "--offline", "quota", "name=standardNCSv3Family", "--json").out)
    assert (rows[0]["given"], rows[0]["limit"]) == (18, 24)
