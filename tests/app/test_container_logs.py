"""Logs of containers on their way into a file beside the cache: joined by what tails share, gaps written down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.container_logs.kept import GAP, ContainerLog, kept_container, path_of
from app.container_logs.reading import LONG_TAIL, read_container
from app.container_logs.saying import around_lines, denied_lines, listing, note
from app.handed import Reading
from app.key_map import DEFAULT
from app.permits import may_i
from app.source_state import SourceState
from app.tables import TABLES
from cache.store import Store
from services.container_logs import ACTION
from services.errors import Forbidden
from tests.services.emulated import Emulated
from widgets.lines import line_text
from widgets.pane import Look
from widgets.safe import plain

SCOPE = "demo/ml-prod"
KEY = "fraud-score/blue/inference-server"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path, TABLES)
    yield opened
    opened.close()


def read(azure: Emulated, store: Store, key: str = KEY) -> ContainerLog:
    """Read as the refresher does."""
    reading = Reading(azure.connection, azure.ref, store, SCOPE, azure.now(), lambda: False)
    for page in read_container(reading, key):
        store.put("container_logs", SCOPE, page.records, provenance=page.provenance)
    found = kept_container(store, SCOPE, key)
    assert found is not None
    return found


def text(store: Store, key: str = KEY) -> str:
    return path_of(store, SCOPE, key).read_text("utf-8")


def test_tails_are_joined_in_one_file_and_a_gap_is_written_into_it(store: Store) -> None:
    azure = Emulated(runs=20)
    first = read(azure, store)
    assert (first.given, first.shared, first.gaps, first.kept) == (500, None, 0, len(text(store).encode()))
    assert first.status[-1] == "UserContainerStart: Succeeded"
    azure.forward(60)
    second = read(azure, store)
    lines = text(store).splitlines()
    assert second.shared is not None
    assert len(lines) == 500 + 500 - second.shared
    assert len(set(lines)) > 490  # nothing is there twice but what the container said twice
    azure.forward(6 * 3600)
    third = read(azure, store)
    assert (third.gaps, third.gap_at, third.shared) == (1, azure.now(), 0)
    (gap,) = [line for line in text(store).splitlines() if line.startswith(GAP)]
    assert f"{azure.now():%Y-%m-%d %H:%M:%S} UTC" in gap
    azure.forward(10)
    fourth = read(azure, store)
    assert fourth.asked == LONG_TAIL  # lines were missed: reach further back
    assert fourth.gaps == 1
    line = line_text(note(fourth, None, SourceState("log", "Log", 4.0), plain("1s"), Look(azure.now())))
    assert "a gap of unknown length, last " in line
    assert "joined by overlap, " in line


def test_a_refusal_is_remembered_and_explained_before_azure_is_asked_again(store: Store) -> None:
    azure = Emulated(runs=20, person=2)
    with pytest.raises(Forbidden):
        read(azure, store)
    permit = may_i(store, SCOPE, azure.ref.id, ACTION, now=azure.now())
    assert (permit.answer, permit.was_refused) == ("denied", True)
    said = "\n".join(map(line_text, denied_lines(permit, "ana@example", "the workspace ml-prod", DEFAULT, 300)))
    assert ACTION in said
    assert f"{permit.role} does" in said
    assert "Please grant ana@example the action" in said


def test_a_container_that_never_started_says_how_far_it_came() -> None:
    log = ContainerLog(
        id=KEY, endpoint="fraud-score", deployment="blue", container="inference-server", events=("BackOff",),
        status=("SystemSetup: Succeeded", "UserContainerImagePull: Failed"),
    )  # fmt: skip
    lines = around_lines(log)
    assert [line_text(line) for line in lines if line][1:3] == list(log.status)
    assert next(line for line in lines if "ImagePull" in line_text(line))[0].tone == "warn"
    _, _, shown, chosen = listing([], None, None, log, 40)
    assert (len(shown), chosen) == (len(lines), -1)
