"""Files from Azure on this disk: below the chosen folder and nowhere else, whole or named as a part."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.downloading import PART, DownloadFailed, download
from app.safe_paths import Place, UnsafePath, places, safe_names
from services.artifacts import artifact_link
from services.blobs import read_facts
from services.errors import Unreachable
from tests.services.emulated import Emulated

OUT = [
    "../a", "a/../../b", "/etc/passwd", "\\\\server\\share\\a", "C:\\a", "c:a", "a/./b", "", "..", "a//b", "a/ /b",
    "a/.. /b", "a/..\\..\\b", "~/../../a", "a/...", "./a",
]  # fmt: skip


@pytest.mark.parametrize("path", OUT)
def test_a_path_that_leads_out_is_refused(path: str) -> None:
    with pytest.raises(UnsafePath):
        safe_names(path)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("outputs/a.txt", ["outputs", "a.txt"]),
        ("outputs/CON.txt", ["outputs", "_CON.txt"]),
        ("a/nul", ["a", "_nul"]),
        ("a/lpt1.log.txt", ["a", "_lpt1.log.txt"]),
        ("a/b:stream", ["a", "b%3Astream"]),
        ("a/x\x1b[2J\u202e.txt", ["a", "x%1B[2J%E2%80%AE.txt"]),
        ("a/dot.", ["a", "dot%2E"]),
        ("größe/語.txt", ["größe", "語.txt"]),
    ],
)
def test_an_odd_name_is_written_so_that_every_disk_takes_it(path: str, names: list[str]) -> None:
    assert safe_names(path) == names


@given(st.lists(st.text(st.sampled_from("ab./\\:~ \x00\u202e%CON"), max_size=12), max_size=6))
@settings(max_examples=150, deadline=None)
def test_no_path_ever_lands_outside(paths: list[str]) -> None:
    folder = Path("/tmp/somewhere/chosen")
    for place in places(folder, paths):
        if place.problem is None:
            assert folder in Path(os.path.normpath(place.target)).parents


def test_links_folders_and_twins_are_in_the_way(tmp_path: Path) -> None:
    folder, outside = tmp_path / "chosen", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / "link").symlink_to(outside)
    (folder / "file").write_text("x")
    (folder / "dir").mkdir()
    (folder / "there").write_text("x")
    (folder / "dead").symlink_to(outside / "nothing")
    found = places(folder, ["link/a", "file/a", "dir", "there", "dead", "New", "new", "fine"])
    assert [place.problem is None for place in found] == [False, False, False, True, False, True, False, True]
    assert [place.exists for place in found] == [False, False, False, True, False, False, False, False]
    assert found[6].problem == "It would have the same name as New."


@pytest.fixture(scope="module")
def emulated() -> Emulated:
    return Emulated()


@pytest.fixture(scope="module")
def run(emulated: Emulated) -> str:
    return next(one["runId"] for one in emulated.runs("price", filter="Status eq 'Completed'", top=60)
                if one["runTypeV2"]["orchestrator"] == "Execution")  # fmt: skip


def place_of(folder: Path, path: str) -> Place:
    return places(folder, [path])[0]


def test_a_file_is_downloaded_whole_and_nothing_is_replaced_without_a_word(
    emulated: Emulated, run: str, tmp_path: Path
) -> None:
    path = "outputs/model/model.safetensors"
    link = artifact_link(emulated.connection, emulated.ref, "price", run, path)
    told: list[tuple[int, int]] = []
    done = download(emulated.connection, link, place_of(tmp_path, path), progress=lambda *at: told.append(at))
    content = done.target.read_bytes()
    assert done.target == tmp_path / path
    assert done.size == len(content) > 30_000_000
    assert done.sha256 == hashlib.sha256(content).hexdigest()
    assert told[0] == (0, done.size)
    assert told[-1] == (done.size, done.size)
    assert [file.name for file in done.target.parent.iterdir()] == ["model.safetensors"]
    with pytest.raises(DownloadFailed, match="there already"):
        download(emulated.connection, link, place_of(tmp_path, path))
    done.target.write_text("mine")
    download(emulated.connection, link, place_of(tmp_path, path), may_replace=True)
    assert done.target.read_bytes() == content


def test_a_download_that_was_stopped_or_broke_off_goes_on_where_it_was(
    emulated: Emulated, run: str, tmp_path: Path
) -> None:
    path = "outputs/model/model.safetensors"
    link = artifact_link(emulated.connection, emulated.ref, "price", run, path)
    turns = iter(range(3))
    with pytest.raises(DownloadFailed, match="stopped at 12,582,912 of") as stopped:
        download(emulated.connection, link, place_of(tmp_path, path), stop=lambda: next(turns, None) is None)
    part = stopped.value.part
    assert part is not None
    assert part.name.endswith(PART)
    assert not (tmp_path / path).exists()
    emulated.fault("GET stmlprod.blob", drop=True, times=9)
    with pytest.raises(Unreachable):
        download(emulated.connection, link, place_of(tmp_path, path))
    emulated.world.faults.clear()
    done = download(emulated.connection, link, place_of(tmp_path, path))
    assert done.resumed_at == 12_582_912
    assert done.sha256 == hashlib.sha256(done.target.read_bytes()).hexdigest()
    assert not part.exists()


def test_what_is_not_what_storage_has_the_md5_of_gets_no_name_and_is_not_kept(
    emulated: Emulated, run: str, tmp_path: Path
) -> None:
    path = "outputs/predictions.csv"
    link = artifact_link(emulated.connection, emulated.ref, "price", run, path)
    with pytest.raises(DownloadFailed, match="stopped at 0 of") as stopped:
        download(emulated.connection, link, place_of(tmp_path, path), stop=lambda: True)
    assert stopped.value.part is not None
    stopped.value.part.write_bytes(b"\x00" * 10)
    with pytest.raises(DownloadFailed, match=r"predictions\.csv came broken: its MD5 is [0-9a-f]{32}"):
        download(emulated.connection, link, place_of(tmp_path, path))
    assert list((tmp_path / "outputs").iterdir()) == []
    done = download(emulated.connection, link, place_of(tmp_path, path))
    facts = read_facts(emulated.connection, link)
    assert hashlib.md5(done.target.read_bytes()).hexdigest() == facts.md5


def test_what_may_not_go_anywhere_is_not_asked_for(emulated: Emulated, run: str, tmp_path: Path) -> None:
    emulated.world.log.clear()
    link = artifact_link(emulated.connection, emulated.ref, "price", run, "outputs/empty.txt")
    with pytest.raises(DownloadFailed, match="leads out"):
        download(emulated.connection, link, place_of(tmp_path, "outputs/../../evil.txt"))
    assert emulated.world.log.entries("blob.core") == ()
    assert list(tmp_path.iterdir()) == []
    assert download(emulated.connection, link, place_of(tmp_path, "outputs/empty.txt")).size == 0
