"""The logs of several nodes as one."""

from __future__ import annotations

from pathlib import Path

from app.merging_logs import MergedLog
from cache.log_files import LogFiles


def test_lines_of_several_nodes_stand_in_the_order_of_their_stamps_and_follow(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("2026-11-21 10:00:01 one\n2026-11-21 10:00:05 five\n  and its second line\n")
    second.write_text("no stamp yet\n[2026-11-21T10:00:03Z] three\n2026-11-21 10:00:09,5 nine")
    files = LogFiles(tmp_path / "cache")
    merged = MergedLog(files, files.path("s", "m"), [(0, first), (1, second)])
    assert merged.advance()
    assert merged.path.read_text().replace("\x1f", " ").splitlines() == [
        "1 no stamp yet", "0 2026-11-21 10:00:01 one", "1 [2026-11-21T10:00:03Z] three",
        "0 2026-11-21 10:00:05 five", "0   and its second line",
    ]  # fmt: skip
    assert not merged.advance(), "a line without its end waits"
    with second.open("a") as file:
        file.write(" and a half\n")
    with first.open("a") as file:
        file.write("2026-11-21 10:00:10 ten\n")
    assert merged.advance()
    assert [line.rpartition(" ")[2] for line in merged.path.read_text().splitlines()[5:]] == ["half", "ten"]
    merged.close()
    assert not merged.path.exists()
