"""Logs on their way into files beside the cache: read from their end, added to, redacted, private, and gone on with."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import reading_logs
from app.handed import Reading
from app.kept_logs import KeptLog, kept_log, log_files, log_id, path_of
from app.reading_logs import read_log, read_log_names, read_whole_log
from app.tables import TABLES
from cache.errors import CacheError
from cache.log_files import LogFiles
from cache.store import Store
from services.emulator.asking import ask
from services.runs import get_run
from tests.services.emulated import Emulated

SCOPE = "demo/ml-prod"


@pytest.fixture
def emulated() -> Emulated:
    return Emulated()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path, TABLES)
    yield opened
    opened.close()


class Deck:
    """Reads as the refresher does: every page is put before the next one is asked for."""

    def __init__(self, emulated: Emulated, store: Store, experiment: str, **wanted: str) -> None:
        self.emulated, self.store = emulated, store
        runs = emulated.runs(experiment, top=40)
        self.run = next(
            run["runId"] for run in runs if all(run[name] == value for name, value in wanted.items()) and run["target"]
            and run["runTypeV2"]["orchestrator"] == "Execution"
        )  # fmt: skip
        self.look()

    def look(self) -> None:
        page = get_run(self.emulated.connection, self.emulated.ref, self.run)
        self.store.put("runs", SCOPE, page.records, provenance=page.provenance)

    def reading(self, most: int = 1 << 30) -> Reading:
        left = iter(range(most))
        stop = lambda: next(left, None) is None  # noqa: E731
        return Reading(self.emulated.connection, self.emulated.ref, self.store, SCOPE, self.emulated.now(), stop)

    def read(self, name: str, *, whole: bool = False, most: int = 1 << 30) -> KeptLog:
        reader = read_whole_log if whole else read_log
        for page in reader(self.reading(most), f"{self.run}/{name}"):
            self.store.put("kept_logs", SCOPE, page.records, provenance=page.provenance)
        found = kept_log(self.store, SCOPE, self.run, name)
        assert found is not None
        return found

    def remote(self, name: str) -> bytes:
        links = self.emulated.history(f"/runs/{self.run}/details").json()["logFiles"]
        return ask(self.emulated.world, "GET", links[name], has_token=False).body

    def kept(self, name: str) -> bytes:
        found = kept_log(self.store, SCOPE, self.run, name)
        assert found is not None
        return path_of(self.store, SCOPE, found).read_bytes()


def test_a_log_is_kept_without_its_secrets_for_its_owner_alone(
    emulated: Emulated, store: Store, tmp_path: Path
) -> None:
    deck = Deck(emulated, store, "price", status="Completed")
    emulated.forward(600)
    known = deck.read("user_logs/std_log.txt")
    remote, kept = deck.remote("user_logs/std_log.txt"), deck.kept("user_logs/std_log.txt")
    assert known.is_ended
    assert (known.begins, known.read_to, known.size, known.kept) == (0, len(remote), len(remote), len(kept))
    assert b"sig=redacted" in kept
    assert b"AZUREML_RUN_TOKEN=[redacted]" in kept
    assert kept.count(b"\n") == remote.count(b"\n")
    path = path_of(store, SCOPE, known)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert deck.run not in path.name
    everything = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    signatures = {part.split(b"&")[0] for part in remote.split(b"sig=")[1:]}
    assert signatures
    assert not [one for one in signatures if one in everything]
    emulated.world.log.clear()
    deck.read("user_logs/std_log.txt")
    assert len(emulated.world.log) == 0, "what has ended is not asked for again"


def test_a_running_log_is_added_to_and_only_what_is_new_is_fetched(emulated: Emulated, store: Store) -> None:
    deck = Deck(emulated, store, "llm-sft", status="Running")
    name = "user_logs/std_log_process_0.txt"
    first = deck.read(name)
    assert not first.is_ended
    emulated.forward(900)
    emulated.world.log.clear()
    second = deck.read(name)
    assert second.kept > first.kept
    assert second.size - first.size == second.read_to - first.read_to
    assert [one.status for one in emulated.world.log.entries("blob.core")] == [206]
    assert deck.kept(name).count(b"\n") == deck.remote(name).count(b"\n")


def test_of_a_long_log_the_end_is_read_first_and_the_whole_on_demand(
    emulated: Emulated, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_logs, "FROM_START", 200_000)
    monkeypatch.setattr(reading_logs, "AT_END", 50_000)
    monkeypatch.setattr(reading_logs, "PIECE", 100_000)
    deck = Deck(emulated, store, "fraud", status="Completed")
    name = next(name for name in ("user_logs/std_log_process_0.txt", "user_logs/std_log.txt")
                if name in emulated.history(f"/runs/{deck.run}/details").json()["logFiles"])  # fmt: skip
    remote = deck.remote(name)
    end = deck.read(name)
    assert len(remote) - 50_000 <= end.begins < len(remote) - 49_000
    assert deck.kept(name) == remote[end.begins :]
    assert remote[end.begins - 1 : end.begins] == b"\n", "it begins with a whole line"
    half = deck.read(name, whole=True, most=4)
    assert half.begins > 0, "stopped in the middle, the end stays what is shown"
    emulated.world.log.clear()
    whole = deck.read(name, whole=True)
    assert (whole.begins, whole.read_to) == (0, len(remote))
    assert deck.kept(name).count(b"\n") == remote.count(b"\n")
    ranges = [one for one in emulated.world.log.entries("blob.core") if one.status == 206]
    assert len(ranges) < len(remote) // 100_000 + 1, "it went on where it was stopped"


def test_names_come_before_sizes_and_the_first_says_why(emulated: Emulated, store: Store) -> None:
    deck = Deck(emulated, store, "price", status="Failed")
    pages = list(read_log_names(deck.reading(), deck.run))
    assert pages[0].records[0].size is None
    assert pages[-1].records[0].size is not None
    assert pages[-1].records[0].reason


def test_a_file_that_was_cut_or_taken_away_is_read_anew(emulated: Emulated, store: Store) -> None:
    deck = Deck(emulated, store, "llm-sft", status="Running")
    name = "user_logs/std_log_process_0.txt"
    known = deck.read(name)
    path = path_of(store, SCOPE, known)
    path.write_bytes(path.read_bytes()[:100])
    emulated.forward(900)
    with pytest.raises(CacheError, match="shorter"):
        deck.read(name)
    again = deck.read(name)
    assert again.kept == len(deck.kept(name)) > known.kept


def test_what_was_written_and_not_noted_is_dropped(tmp_path: Path) -> None:
    files = LogFiles(tmp_path)
    path = files.path("scope", "key")
    files.append(path, 0, b"one\n")
    files.append(path, 4, b"never noted\n")
    assert files.append(path, 4, b"two\n") == 8
    assert path.read_bytes() == b"one\ntwo\n"


def test_the_logs_looked_at_longest_ago_go_first_when_there_is_no_room(tmp_path: Path) -> None:

    files = LogFiles(tmp_path, most=250)
    paths = [files.path("scope", str(number)) for number in range(4)]
    for number, path in enumerate(paths):
        files.append(path, 0, b"x" * 100)
        os.utime(path, (number, number))
    assert files.size() == 400
    assert files.prune(keep=paths[0]) == 1, "the one being written stays"
    assert [path.exists() for path in paths] == [True, False, True, True]


def test_a_link_in_place_of_a_log_is_not_written_through(tmp_path: Path) -> None:
    files = LogFiles(tmp_path)
    path = files.path("scope", "key")
    files.begin(path)
    path.unlink()
    (tmp_path / "mine").write_bytes(b"mine")
    path.symlink_to(tmp_path / "mine")
    with pytest.raises(CacheError, match="cannot be kept"):
        files.append(path, 0, b"x")
    assert (tmp_path / "mine").read_bytes() == b"mine"


def test_a_cache_in_memory_keeps_logs_too(emulated: Emulated) -> None:
    assert log_files(Store.open(Path("/proc/nowhere"), TABLES)).path(SCOPE, log_id("r", "n")).name.endswith(".log")
