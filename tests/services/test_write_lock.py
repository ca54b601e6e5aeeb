"""The lock before every write: for one workspace, for a while, and on the wire."""

from __future__ import annotations

import pytest

from services.connection import Call
from services.errors import ReadOnly
from services.write_lock import LONGEST, WriteLock
from tests.services.answering import Azure, as_json
from tests.services.hostile import ARM, WS

OTHER = WS.replace("/workspaces/", "/workspaces/other-")
HISTORY = "https://westeurope.api.azureml.ms/history/v1.0"


class Watch:
    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


def opened(seconds: float = 600.0) -> tuple[WriteLock, Watch]:
    watch = Watch()
    lock = WriteLock(watch)
    lock.open(WS, seconds)
    return lock, watch


def test_it_is_shut_until_somebody_opens_it() -> None:
    lock = WriteLock()
    assert lock.unlocked is None
    assert not lock.allows(f"{ARM}{WS}/jobs/j/cancel")


@pytest.mark.parametrize(
    "url",
    [f"{ARM}{WS}", f"{ARM}{WS}/jobs/j/cancel?api-version=1", f"{ARM}{WS.upper()}/jobs/j", f"{HISTORY}{WS}/runs/r"],
)
def test_open_it_lets_pass_what_lies_below_its_workspace_in_any_case(url: str) -> None:
    lock, _ = opened()
    assert lock.allows(url)


@pytest.mark.parametrize(
    "url",
    [
        f"{ARM}{OTHER}/jobs/j/cancel",
        f"{ARM}{WS}x/jobs/j",
        f"{ARM}/subscriptions/s",
        f"{ARM}/elsewhere{WS}/jobs/j",
        f"{HISTORY}{OTHER}/runs/r",
        "",
        f"{ARM}{WS}/../v/jobs/j/cancel",
        f"{ARM}{WS}/%2e%2e/v/jobs/j/cancel",
        f"{ARM}{WS}/..%2fv/jobs/j/cancel",
        f"{ARM}{WS}/./jobs/j/cancel",
        f"{ARM}{WS}//jobs/j/cancel",
        f"{ARM}{WS}/jobs\\..\\..\\v",
    ],
)
def test_open_it_keeps_every_other_place_shut(url: str) -> None:
    lock, _ = opened()
    assert not lock.allows(url)


def test_it_shuts_again_by_itself() -> None:
    lock, watch = opened(600.0)
    watch.at += 599.0
    assert lock.allows(f"{ARM}{WS}/x")
    watch.at += 1.0
    assert lock.unlocked is None
    assert not lock.allows(f"{ARM}{WS}/x")


def test_it_is_never_open_for_longer_than_an_hour() -> None:
    lock, _ = opened(10 * LONGEST)
    assert lock.unlocked is not None
    assert lock.unlocked.left == LONGEST


def test_opening_it_for_another_workspace_shuts_the_one_before() -> None:
    lock, _ = opened()
    lock.open(OTHER, 60.0)
    assert not lock.allows(f"{ARM}{WS}/x")
    assert lock.allows(f"{ARM}{OTHER}/x")


def test_a_write_to_another_workspace_than_the_unlocked_one_does_not_leave() -> None:
    azure = Azure(lambda _: as_json({}), unlocked=WS)
    with pytest.raises(ReadOnly):
        azure.connection.write(Call(url=f"{ARM}{OTHER}/jobs/j/cancel", method="POST"))
    assert azure.asked == []


SETTING = f"{ARM}{WS.partition('/providers/')[0]}/providers/Microsoft.Insights/autoscaleSettings/"


def test_an_autoscale_setting_in_the_group_passes_while_it_is_lent_and_no_other_address_does() -> None:
    lock, watch = opened()
    own, other = f"{SETTING}scale-fraud-score?api-version=1", f"{SETTING}scale-web"
    assert not lock.allows(own)
    with lock.lent(own):
        assert lock.allows(own)
        assert not lock.allows(other)
        assert not lock.allows(own.replace("scale-fraud", "x/../scale-fraud"))
    assert not lock.allows(own)
    with lock.lent(own):
        watch.at += 601
        assert not lock.allows(own)


@pytest.mark.parametrize(
    "url",
    [
        SETTING.replace("/resourceGroups/", "/resourceGroups/other-") + "scale-fraud-score",
        SETTING + "a/b",
        SETTING.rstrip("/"),
        SETTING.replace("autoscaleSettings", "actionGroups") + "mail",
        f"{ARM}{OTHER}/jobs/j/cancel",
        f"{ARM}{WS.partition('/providers/')[0]}",
    ],
)
def test_nothing_else_beside_the_workspace_can_be_lent(url: str) -> None:
    lock, _ = opened()
    with lock.lent(url):
        assert not lock.allows(url)
