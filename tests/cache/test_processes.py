"""Many processes on one cache: nobody is told "locked", nothing that was put is lost, and a full disk is a sentence."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cache.errors import CacheBusy
from cache.files import open_private
from cache.lock import Lock, Presence, lock, unlock
from tests.cache.examples import NOW, SCOPE, Job, keys, opened, put
from tests.cache.worker import SIZE

ROOT = Path(__file__).parents[2]
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals and resource limits")


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.cache.worker", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def is_sound(folder: Path) -> bool:
    db = sqlite3.connect(folder / "amldeck.db")
    found = db.execute("PRAGMA integrity_check").fetchall()
    db.close()
    return found == [("ok",)]


def test_processes_write_and_read_at_once_and_none_is_locked_out(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store)
    workers = [start("write", tmp_path, name, 40) for name in ("one", "two")]
    workers += [start("read", tmp_path, 40) for _ in range(2)]
    for worker in workers:
        _, said = worker.communicate(timeout=120)
        assert (worker.returncode, said) == (0, "")
    with opened(tmp_path) as store:
        assert len(keys(store)) == 2 * 40 * SIZE
        assert store.counts("jobs", SCOPE, "nodes") == {"-1": 2 * 40 * SIZE}
        assert sorted(store.sources(SCOPE)) == ["one", "two"]
        assert len(store.history("jobs", SCOPE, "one-00039-00")) == 1
    assert is_sound(tmp_path)


def test_threads_of_one_store_write_and_read_at_once(tmp_path: Path) -> None:
    errors: list[BaseException] = []
    with opened(tmp_path) as store:

        def work(name: str) -> None:
            try:
                for number in range(25):
                    put(store, Job(id=f"{name}-{number}", name=name, tags={name: "x"}))
                    view = store.view("jobs", SCOPE, None, "name")
                    view.prepare()
                    view.window(0, 10)
            except BaseException as error:  # noqa: BLE001
                errors.append(error)

        threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert errors == []
        assert len(keys(store)) == 100
        assert sorted(store.pair_names("jobs", SCOPE, "tags")) == list("abcd")


@posix
def test_a_killed_writer_loses_nothing_it_said_it_had_put(tmp_path: Path) -> None:
    put_by: dict[str, int] = {}
    for round_ in range(6):
        name = f"round{round_}"
        worker = start("write_forever", tmp_path, name)
        assert worker.stdout is not None
        for _ in range(3 + 4 * round_):
            put_by[name] = int(worker.stdout.readline())
        worker.kill()
        rest, _ = worker.communicate(timeout=30)
        put_by[name] = max([put_by[name], *map(int, rest.split())])
    assert is_sound(tmp_path)
    with opened(tmp_path) as store:
        assert store.notes == ()
        counts = store.counts("jobs", SCOPE, "tag.by")
        for name, last in put_by.items():
            assert counts[name] % SIZE == 0
            assert counts[name] >= (last + 1) * SIZE
            assert len(keys(store, f"tag.by={name} metric.n>=0")) == counts[name]


@posix
def test_a_full_disk_is_said_once_and_what_was_put_stays_readable(tmp_path: Path) -> None:
    worker = start("fill", tmp_path, 600_000)
    out, errors = worker.communicate(timeout=60)
    assert (worker.returncode, errors) == (0, "")
    said = dict(line.split(": ", 1) for line in out.splitlines())
    assert "could not be written" in said["full"]
    assert "Free some disk space" in said["full"]
    assert said["read-only"] == "True 1"
    assert said["readable"] == "True"
    assert said["then"] == "CacheReadOnly"
    assert is_sound(tmp_path)
    with opened(tmp_path) as store:
        assert not store.is_read_only
        put(store, Job(id="a", name="room again"))


@posix
def test_a_disk_too_full_to_begin_leaves_a_store_in_memory(tmp_path: Path) -> None:
    worker = start("fill", tmp_path, 30_000)
    out, errors = worker.communicate(timeout=60)
    assert (worker.returncode, errors) == (0, "")
    assert out.startswith("fresh: None The folder")
    with opened(tmp_path / "fresh") as store:
        assert store.notes == ()
        put(store, Job(id="a", name="room again"))


@posix
def test_a_writer_that_is_kept_waiting_gives_up_with_a_sentence(tmp_path: Path) -> None:
    file = open_private(tmp_path / "amldeck.lock")
    lock(file)
    waiting = Lock(tmp_path / "amldeck.lock")
    with pytest.raises(CacheBusy, match="Another program"), waiting.held(patience=0.02):
        pass
    unlock(file)
    with waiting.held(patience=0.02), waiting.held(patience=0.02):
        pass
    waiting.close()
    os.close(file)


@posix
def test_the_lease_of_a_process_that_was_killed_is_free_at_once(tmp_path: Path) -> None:
    leased = (
        "import os, signal, sys; from pathlib import Path; from cache.store import Store;"
        "from tests.cache.examples import JOBS, SCOPE; store = Store.open(Path(sys.argv[1]), [JOBS]);"
        "print(store.lease(SCOPE, 'runs', 600), flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    said = subprocess.run([sys.executable, "-c", leased, str(tmp_path)], capture_output=True, text=True, check=False)
    assert said.stdout == "True\n"
    with opened(tmp_path) as one:
        assert one.lease(SCOPE, "runs", 60)
        with opened(tmp_path) as two:
            assert not two.lease(SCOPE, "runs", 60)


@posix
def test_who_has_the_cache_open_is_known(tmp_path: Path) -> None:
    first, second = Presence(tmp_path / "open"), Presence(tmp_path / "open")
    assert (first.was_alone, second.was_alone) == (True, False)
    first.close()
    second.close()
    third = Presence(tmp_path / "open")
    assert third.was_alone
    third.close()


@posix
def test_reading_goes_on_while_another_process_writes(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, Job(id="a", name="n"))
        file = open_private(tmp_path / "amldeck.lock")
        lock(file)  # as a writer in the middle of a transaction holds it
        assert keys(store) == ["a"]
        assert store.get("jobs", SCOPE, "a") is not None
        unlock(file)
        os.close(file)
    assert NOW.tzinfo is not None
