"""The disk: processes killed in the middle, spoilt files, and many at once. Nothing is corrupt, lost or locked."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from app.__main__ import main
from cache.intents import Intents
from tests.app.commanding import PROD, REPOSITORY, leave_runs
from tests.cache.test_damage import spoil
from tests.faults.worker import KILLS, RUNS, VERB_KILLS, sound
from tests.figures import Figure
from tests.scale import some

pytestmark = pytest.mark.slow

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals and fork")

DAMAGES, SECONDS = some(60), some(12)


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.faults.worker", *map(str, arguments)]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@posix
def test_a_sync_that_is_killed_leaves_a_sound_file_and_loses_no_row(tmp_path: Path, figure: Figure) -> None:
    worker = start("kill", tmp_path, 0.8)
    said, errors = worker.communicate(timeout=300)
    assert worker.returncode == 0, errors
    found = [line.rpartition(" ") for line in said.splitlines()]
    corrupt = [line for line in said.splitlines() if not line.startswith("ok ")]
    rows = [int(count) for _, _, count in found]
    lost = sum(after < before for before, after in pairwise(rows))
    assert corrupt == []
    assert rows[-1] > 0
    figure("kill -9 during a sync: corrupt files, rows lost", f"{len(corrupt)}, {lost} in {len(rows)} kills",
           f"0, 0 in {KILLS}", lost == 0 and len(rows) >= KILLS)  # fmt: skip


@posix
def test_a_verb_that_is_killed_loses_no_intent(tmp_path: Path, figure: Figure) -> None:
    worker = start("ask", tmp_path, 0)
    told, errors = worker.communicate(timeout=300)
    assert worker.returncode == 0, errors
    said = told.split()
    intents = Intents.open(tmp_path, lambda: datetime.now(UTC))
    assert (intents.notes, intents.refusal) == ((), "")
    lost = [one for one in said if intents.get(one) is None]
    intents.close()
    assert lost == []
    figure("kill -9 during a verb: intents lost, record damaged", f"{len(lost)} of {len(said)}, 0 in {VERB_KILLS}",
           f"0, 0 in {VERB_KILLS} kills", len(said) >= VERB_KILLS)  # fmt: skip


def test_every_damaged_cache_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str], figure: Figure) -> None:
    leave_runs(tmp_path / "whole")
    whole = (tmp_path / "whole" / "amldeck.db").read_bytes()
    answered = 0
    for seed in range(DAMAGES):
        folder, dice = tmp_path / str(seed), random.Random(seed)
        folder.mkdir()
        (folder / "amldeck.db").write_bytes(spoil(whole, dice))
        if seed % 5 == 0:
            (folder / "amldeck.db-wal").write_bytes(dice.randbytes(5_000))
        code = main(["runs", "--offline", "--json", "-w", PROD.id, "--cache", str(folder)])
        said = capsys.readouterr()
        assert code in (0, 1), said.err
        assert "Traceback" not in said.err
        answered += 1
    figure("damaged cache files that start, and end without a traceback", f"{answered} of {DAMAGES}",
           f"{DAMAGES} of {DAMAGES}", answered == DAMAGES)  # fmt: skip


@posix
def test_two_decks_a_sync_and_four_readers_at_once_are_told_of_no_lock(tmp_path: Path, figure: Figure) -> None:
    assert main(["sync", "--demo", "--demo-runs", RUNS, "--cache", str(tmp_path)]) in (0, 3)
    before = sound(tmp_path / "demo" / "amldeck.db")
    workers = [start(what, tmp_path, SECONDS) for what in ("deck", "deck", "sync", "read", "read", "read", "read")]
    ended = [(worker, *worker.communicate(timeout=SECONDS + 180)) for worker in workers]
    told = [text for _, out, errors in ended for text in (out[-500:], errors[-500:]) if "locked" in (out + errors)]
    told += [f"ended with {worker.returncode}: {errors[-800:]}" for worker, _, errors in ended if worker.returncode]
    told += [out[-500:] for _, out, _ in ended[:3] if "told:" in out or "sync ended" in out]
    told += [errors[-500:] for _, _, errors in ended[3:] if "reading ended" in errors]
    after = sound(tmp_path / "demo" / "amldeck.db")
    assert told == []
    assert after.startswith("ok ")
    lost = max(0, int(before.split()[1]) - int(after.split()[1]))
    figure("two decks, a sync, four readers: told of a lock, rows lost", f"{len(told)}, {lost} in {SECONDS} s",
           f"0, 0 in {SECONDS} s", lost == 0)  # fmt: skip
