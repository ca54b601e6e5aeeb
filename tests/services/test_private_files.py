"""What is private stays so under any umask, is replaced whole, and is refused when somebody else had a hand in it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.private_files import (
    Busy,
    FolderLock,
    NotPrivate,
    move_aside,
    private_folder,
    read_private,
    write_private,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes and owners are POSIX's")
UMASKS = (0o000, 0o002, 0o007, 0o022, 0o027, 0o077, 0o177, 0o777)
as_root = pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root can give files away")


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(os.lstat(path).st_mode)


@pytest.mark.parametrize("mask", UMASKS, ids=oct)
def test_files_are_0600_and_folders_0700_under_any_umask(mask: int, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    with umask(mask):
        private_folder(folder)
        write_private(folder / "file", b"content")
        with FolderLock(folder / "lock").held():
            pass
    assert (mode(folder.parent), mode(folder)) == (0o700, 0o700)
    assert {path.name: mode(path) for path in folder.iterdir()} == {"file": 0o600, "lock": 0o600}
    assert read_private(folder / "file") == b"content"


def test_a_folder_of_ours_that_others_could_enter_is_closed_to_them(tmp_path: Path) -> None:
    (tmp_path / "wide").mkdir(mode=0o755)
    private_folder(tmp_path / "wide")
    assert mode(tmp_path / "wide") == 0o700


def test_no_file_is_none(tmp_path: Path) -> None:
    assert read_private(tmp_path / "none") is None


def _link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


def _second_name(path: Path) -> None:
    os.link(path, path.with_name("second"))


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "a link": (_link, "is a link"),
    "a hard link": (_second_name, "has a second name"),
    "a pipe": (_pipe, "is no regular file"),
    "readable by the group": (lambda path: path.chmod(0o640), "can be read or changed by others"),
    "readable by all": (lambda path: path.chmod(0o604), "can be read or changed by others"),
    "writable by the group": (lambda path: path.chmod(0o620), "can be read or changed by others"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_not_private_is_not_read(name: str, tmp_path: Path) -> None:
    spoil, said = SPOILT[name]
    path = tmp_path / "file"
    write_private(path, b"secret")
    spoil(path)
    with pytest.raises(NotPrivate, match=said):
        read_private(path)


@as_root
def test_what_belongs_to_somebody_else_is_not_read(tmp_path: Path) -> None:
    write_private(tmp_path / "file", b"secret")
    os.chown(tmp_path / "file", 12_345, 12_345)
    with pytest.raises(NotPrivate, match="belongs to somebody else"):
        read_private(tmp_path / "file")
    (tmp_path / "folder").mkdir()
    os.chown(tmp_path / "folder", 12_345, 12_345)
    with pytest.raises(NotPrivate, match="belongs to somebody else"):
        private_folder(tmp_path / "folder")


def test_a_link_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(NotPrivate, match="is not a folder"):
        private_folder(tmp_path / "link")


def test_writing_replaces_a_link_and_leaves_what_it_led_to_alone(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_bytes(b"theirs")
    (tmp_path / "file").symlink_to(tmp_path / "theirs")
    write_private(tmp_path / "file", b"ours")
    assert (tmp_path / "theirs").read_bytes() == b"theirs"
    assert not (tmp_path / "file").is_symlink()


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    write_private(tmp_path / "file", b"old")
    script = (
        "import resource, sys; from pathlib import Path; from services.private_files import write_private\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
        "try:\n    write_private(Path(sys.argv[1]), b'x' * 1000)\nexcept OSError:\n    sys.exit(7)"
    )
    done = subprocess.run([sys.executable, "-c", script, tmp_path / "file"], check=False, timeout=60)
    assert done.returncode == 7
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"file": b"old"}


def test_a_file_is_moved_aside_under_a_name_that_is_free(tmp_path: Path) -> None:
    for content in (b"1", b"2", b"3"):
        write_private(tmp_path / "tokens.bin", content)
        assert move_aside(tmp_path / "tokens.bin", "damaged").name.startswith("tokens.damaged-")
    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == [b"1", b"2", b"3"]


def test_threads_and_processes_take_turns_and_nobody_waits_for_good(tmp_path: Path) -> None:
    lock, other = FolderLock(tmp_path / "lock"), FolderLock(tmp_path / "lock")
    raised: list[Busy] = []

    def wait(which: FolderLock) -> None:
        try:
            with which.held(0.02):
                pass
        except Busy as error:
            raised.append(error)

    with lock.held(), lock.held():
        for which in (lock, other):  # another thread of ours, and what another process would have
            thread = threading.Thread(target=wait, args=(which,))
            thread.start()
            thread.join()
    assert len(raised) == 2
    assert "Another amldeck holds" in str(raised[0])
    with other.held(0.02):
        pass
