"""What is left of a quota, whether machines fit into it, the cheapest that do, and why runs wait."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compute_record import Compute
from services.fit import Need, cheapest, does, fits
from services.headroom import Keeping, Room, family_key, is_near, reserve_of, room_of, spare_of
from services.hourly import PerHour
from services.quota_request import Ask, request_text
from services.quotas import Quota
from services.records import Money
from services.run import Run
from services.vm_sizes import VmSize, accelerator
from services.waiting import waiting_runs

NUMBERS = st.integers(0, 500)


def quota(used: int | None = 0, limit: int | None = 100, **more: object) -> Quota:
    return Quota(**{"id": "q", "name": "standardDSv2Family", "kind": "dedicated", "used": used, "limit": limit, **more})  # pyright: ignore[reportArgumentType]


def a_size(name: str = "Standard_X", cores: int = 4, **more: object) -> VmSize:
    return VmSize(**{"id": name.lower(), "name": name, "cores": cores, **more})  # pyright: ignore[reportArgumentType]


SIZES = st.builds(
    a_size, st.sampled_from("abcdefgh"), st.integers(1, 64), gpus=st.integers(0, 4),
    memory_gb=st.floats(1, 500), is_low_priority=st.booleans(),
)  # fmt: skip


@given(st.integers(0, 400))
def test_a_deployment_has_quota_for_a_fifth_more_rounded_up(instances: int) -> None:
    assert instances + spare_of(instances) == -(-instances * 12 // 10)


@given(NUMBERS, NUMBERS, st.lists(st.builds(Keeping, st.just("d"), st.integers(1, 9), st.integers(1, 16))))
def test_headroom_is_never_more_than_what_is_free_and_never_below_nothing(
    used: int, limit: int, kept: list[Keeping]
) -> None:
    room = room_of(quota(used, limit), kept=kept)
    assert room.free == limit - used
    assert room.headroom is not None
    assert 0 <= room.headroom <= max(0, limit - used)
    assert room.headroom == max(0, limit - used - (reserve_of(kept) or 0))


def test_what_is_not_known_is_not_left() -> None:
    for unknown in (quota(None), quota(0, None), quota(0, -1)):
        assert room_of(unknown).headroom is None
        assert not is_near(unknown)
    room = room_of(quota(10), kept=[Keeping("e/blue", 5, None)])
    assert (room.free, room.reserve, room.headroom) == (90, None, None)


def test_the_region_and_the_workspace_bound_a_family_and_say_so() -> None:
    total, own = quota(690, 700, name="TotalDedicatedCores", kind="total"), quota(None, 6, workspace="ml-prod")
    assert room_of(quota(10), total=total).headroom == 10
    room = room_of(quota(10), total=total, given=own)
    assert room.headroom == 6
    assert any("the region has 10 left" in line for line in room.basis)
    assert any("was given 6" in line for line in room.basis)


@given(st.integers(1, 60), st.integers(1, 30), st.integers(0, 400), st.booleans())
def test_one_machine_more_never_fits_better_and_the_most_is_the_most(
    count: int, cores: int, left: int, is_deployment: bool
) -> None:
    room = Room(free=left, reserve=0, headroom=left)
    fit = partial(fits, a_size(cores=cores), room=room, is_deployment=is_deployment)
    found = fit(count)
    assert found.most is not None
    assert (found.answer == "fits") == (count <= found.most)
    if found.most:
        assert fit(found.most).answer == "fits"
    assert fit(found.most + 1).answer != "fits"
    assert (found.cores or 0) >= count * cores


def test_what_the_limit_lets_in_at_the_cost_of_upgrades_is_tight() -> None:
    room = Room(free=20, reserve=12, headroom=8)
    assert [fits(a_size(), count, room).answer for count in (2, 3, 5, 6)] == ["fits", "tight", "tight", "does not fit"]
    assert fits(a_size(), 1, None).answer == "unknown"
    assert fits(a_size(is_low_priority=False), 1, room, is_low_priority=True).answer == "does not fit"
    assert fits(a_size(used_for=("AmlCompute",)), 1, room, is_deployment=True).answer == "does not fit"


@given(st.lists(SIZES, max_size=12), st.integers(0, 40), st.floats(0, 300), st.integers(0, 3), st.integers(0, 200))
def test_the_first_choice_does_what_is_needed_and_none_that_fits_costs_less(
    sizes: list[VmSize], cores: int, memory: float, gpus: int, left: int
) -> None:
    need = Need(cores=cores, memory_gb=memory, gpus=gpus)
    room = Room(free=left, reserve=0, headroom=left)

    def cost(size: VmSize) -> PerHour:
        known = (size.cores or 0) % 3 != 0
        return PerHour(Money(Decimal((size.cores or 0) * (1 + 9 * (size.gpus or 0))), "USD") if known else None, "")

    found = cheapest(sizes, need, cost, lambda size: fits(size, 1, room))
    assert all(does(one.size, need) for one in found)
    assert len(found) == sum(does(size, need) for size in sizes)
    priced = [one.cost.money.amount for one in found if one.fit.answer == "fits" and one.cost.money is not None]
    assert priced == sorted(priced)
    answers = [one.fit.answer for one in found]
    assert answers == sorted(answers, key=("fits", "unknown", "tight", "does not fit").index)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("standardDSv2Family", "Standard DSv2 Family Cluster Dedicated vCPUs"),
        ("Standard NCASv3_T4 Family", "Standard NCASv3_T4 Family  Cluster Dedicated vCPUs"),
        ("TotalDedicatedCores", "totaldedicatedcores"),
    ],
)
def test_a_family_is_known_however_it_is_written(one: str, other: str) -> None:
    assert family_key(one) == family_key(other) != ""


@pytest.mark.parametrize(
    ("name", "gpus", "found"),
    [("STANDARD_NC6S_V3", None, "GPU"), ("Standard_NP10s", 0, "FPGA"), ("Standard_DS3_v2", None, "CPU"),
     ("Standard_ND96asr_v4", 8, "GPU"), (None, None, None)],
)  # fmt: skip
def test_what_computes_in_a_machine_is_told_from_the_list_or_the_series(
    name: str | None, gpus: int | None, found: str | None
) -> None:
    assert accelerator(name, gpus) == found


def _queued(name: str, nodes: int = 1, compute: str = "gpu") -> Run:
    return Run(id=name, name=name, status="Queued", compute=compute, nodes=nodes)


def _cluster(**more: object) -> Compute:
    known = {"id": "gpu", "name": "gpu", "kind": "AmlCompute", "nodes": 2, "max_nodes": 8, "running_nodes": 2,
             "idle_nodes": 0, "preparing_nodes": 0}  # fmt: skip
    return Compute(**{**known, **more})  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("run", "cluster", "left", "kind"),
    [
        (_queued("r"), _cluster(running_nodes=8, nodes=8), 100, "busy"),
        (_queued("r", 4), _cluster(), 8, "quota"),
        (_queued("r", 4), _cluster(), 100, "starting"),
        (_queued("r", 9), _cluster(), 100, "broken"),
        (_queued("r"), _cluster(provisioning="Failed", error="no quota"), 100, "broken"),
        (_queued("r"), _cluster(running_nodes=None), 100, ""),
        (_queued("r"), _cluster(priority="LowPriority"), 100, "low priority"),
        (_queued("r", compute="none"), _cluster(), 100, "gone"),
    ],
)
def test_a_run_waits_for_a_reason_that_is_said(run: Run, cluster: Compute, left: int, kind: str) -> None:
    rooms = {"gpu": Room(free=left, reserve=0, headroom=left)}
    (found,) = waiting_runs([run], {"gpu": cluster}, rooms, {"gpu": 4}, {"gpu": ["llm-sft-0042"]})
    assert found.kind == kind
    assert found.why


def test_those_behind_the_first_wait_for_it() -> None:
    found = waiting_runs([_queued("a"), _queued("b")], {"gpu": _cluster()}, {}, {}, {})
    assert [(one.name, one.kind) for one in found] == [("a", "starting"), ("b", "behind")]


def test_the_request_says_all_that_a_form_asks_for() -> None:
    text = request_text(
        Ask(subscription="s-1", location="westeurope", family="NCSv3", priority="dedicated", used=24, limit=24,
            wanted=48, reason="2 runs wait")
    )  # fmt: skip
    for part in ("s-1", "westeurope", "NCSv3", "24 used of 24", "48 vCPUs", "2 runs wait"):
        assert part in text
