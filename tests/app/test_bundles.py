"""Incident bundles: the same triage on another machine, without secrets, whatever somebody made of the file."""

from __future__ import annotations

import io
import os
import random
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from app.__main__ import main
from app.bundles import form
from app.bundles.form import BadBundle
from app.bundles.opening import frozen_refresher, opened_bundle
from app.bundles.writing import NotWritten, write_bundle
from app.doing.places import open_triage
from app.links import DEMO
from app.note import Note
from app.noted import about_endpoint, write_note
from app.rows import ACTIVITY_LOG, Operation
from app.session import Session
from app.tables import TABLES
from app.triaging.judged import judged_of
from app.triaging.report import report_of
from app.triaging.view import TriageView
from cache.origins import Provenance
from cache.store import Store
from services.errors import ServiceError
from tests.app.test_triaging import NOW, Watched
from tests.journeys.stage import NARROW, Stage, staged
from tests.services.planted import CANARY, TEXTS
from widgets.lines import line_text
from widgets.pane import Line
from widgets.safe import plain

ENDPOINT = "fraud-score"
EARLIER = timedelta(minutes=25)
SEEN_EARLIER = ("endpoints", "deployments")


class Written:
    """A bundle of a broken endpoint, what was planted in its cache, and what the cache it came from says."""

    def __init__(self, folder: Path) -> None:
        watched = Watched(folder / "cache", "bad-deployment")
        watched.moment = NOW - 2 * EARLIER
        watched.refresher.want(SEEN_EARLIER)
        assert watched.refresher.wait(SEEN_EARLIER, 60)
        watched.moment = NOW
        watched.judged(ENDPOINT)
        session = watched.session
        write_note(session, about_endpoint(ENDPOINT), "rolled back at 14:05")
        origin = Provenance("planted", None, NOW)
        notes = [Note(id=f"planted-{number}", about=about_endpoint(ENDPOINT), at=NOW, text=text.format(CANARY))
                 for number, text in enumerate(TEXTS)]  # fmt: skip
        session.store.put("notes", session.scope, notes, provenance=origin)
        operations = [Operation(id=f"planted-{number}", at=NOW, description=text.format(CANARY), origin=ACTIVITY_LOG)
                      for number, text in enumerate(TEXTS)]  # fmt: skip
        session.store.put("operations", session.scope, operations, provenance=origin)
        self.path = folder / "incident.amldeck"
        write_bundle(session, ENDPOINT, self.path)
        self.folder = folder
        self.session = session
        self.watched = watched
        self.members = members_of(self.path.read_bytes())

    def changed(self, **members: bytes) -> bytes:
        """The bundle with other members, whole as a zip."""
        return zipped({**self.members, **{f"{name}.json": body for name, body in members.items()}})


def members_of(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(members: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return body.getvalue()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    made = Written(tmp_path_factory.mktemp("bundle"))
    yield made
    made.watched.close()


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go, empty."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def told(session: Session, back: timedelta | None = None) -> bytes:
    judged = judged_of(session, ENDPOINT, at=None if back is None else NOW - back)
    assert judged is not None
    report = report_of(judged.facts, judged.found, [one for one in judged.notes if not one.id.startswith("planted")])
    return msgspec.json.format(msgspec.json.encode(report), indent=1)


def problem_of(path: Path, body: bytes) -> str | None:
    """The sentence an opening ends with; None when there is something to see."""
    path.write_bytes(body)
    try:
        with opened_bundle(path):
            return None
    except BadBundle as error:
        return str(error)


def test_a_bundle_tells_on_another_machine_what_the_cache_told_it_was_written_from(
    written: Written, scratch: Path
) -> None:
    with opened_bundle(written.path) as session:
        assert session.now() == NOW
        assert not session.is_online
        assert session.read_only_because is not None
        with pytest.raises(ServiceError, match="Nothing is asked of Azure"):
            session.connect()
        (folder,) = scratch.iterdir()
        assert folder.stat().st_mode & 0o777 == 0o700
        assert b'"is_unhealthy": true' in told(session)
        assert told(session).decode() == told(written.session).decode()
        assert told(session, EARLIER).decode() == told(written.session, EARLIER).decode()
        assert told(session, EARLIER) != told(session)
        ages = [written.session.store.sources(written.session.scope), session.store.sources(session.scope)]
        assert ages[0]["activity"].last_ok == ages[1]["activity"].last_ok is not None
    assert not any(scratch.iterdir()), "the private cache is still there"


def test_a_bundle_holds_no_secret_and_is_for_its_owner_alone(written: Written) -> None:
    assert any(CANARY in one.record.text for one in written.session.store.records("notes", written.session.scope))
    assert [name for name, body in written.members.items() if CANARY.encode() in body] == []
    assert written.members["rows/notes.jsonl"].count(b"\n") == len(TEXTS)
    assert written.path.stat().st_mode & 0o777 == 0o600


def test_a_bundle_is_never_written_over_another_file(written: Written) -> None:
    before = written.path.read_bytes()
    with pytest.raises(NotWritten, match="is there already"):
        write_bundle(written.session, ENDPOINT, written.path)
    assert written.path.read_bytes() == before


def test_what_there_is_no_room_for_is_said(written: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.bundles.writing.MOST_KEPT", 120_000)
    said = write_bundle(written.session, ENDPOINT, tmp_path / "small.amldeck").said
    assert "no room for" in said
    with opened_bundle(tmp_path / "small.amldeck") as session:
        assert any("It has not all" in note for note in session.notes)


def test_open_prints_the_draft_of_the_post_mortem_and_touches_no_cache_of_ones_own(
    written: Written, scratch: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert main(["open", str(written.path), "--md"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"# {ENDPOINT}: ")
    assert "**onset**" in out
    assert "rolled back at 14:05" in out
    assert f"A bundle of {ENDPOINT}, written 2026-11-23 14:07 UTC" in err
    assert not (tmp_path / "home").exists()
    assert main(["open", str(tmp_path / "none.amldeck"), "--md"]) == 1
    assert "was not opened. The file cannot be read" in capsys.readouterr().err


def test_what_is_no_bundle_of_ours_is_refused_with_a_sentence(written: Written, scratch: Path, tmp_path: Path) -> None:
    manifest = msgspec.json.decode(written.members[form.MANIFEST])
    path = tmp_path / "hostile"

    def manifest_with(**fields: object) -> bytes:
        return written.changed(manifest=msgspec.json.encode({**manifest, **fields}))

    bomb = zipped({**written.members, form.SERIES: b"\0" * (form.MOST_SUM + 1)})
    assert len(bomb) < form.MB
    many = zipped({f"{number}": b"" for number in range(1_000)})
    huge = b"PK\x03\x04" + b"\0" * form.MOST_FILE
    cases = {
        "is no incident bundle": [
            b"", b"PK", b"SQLite format 3\0" + b"\0" * 100, b"\x80\x04K\x01." * 100, manifest_with(format="x"),
            zipped({}),
        ],
        "too large": [bomb, huge],
        "newer amldeck": [manifest_with(version=2, endpoint=5)],
        "does not write": [zipped({form.MANIFEST: b"", name: b""}) for name in ("../../evil", "/etc/evil", "evil.pkl")],
        "damaged": [
            many, written.path.read_bytes()[:-30], written.changed(manifest=b"[" * 100_000),
            manifest_with(endpoint='a" or name="b'), manifest_with(workspace="../x"),
            manifest_with(at="0001-01-01T00:00:00"), manifest_with(endpoint="another"),
        ],
    }  # fmt: skip
    for words, bodies in cases.items():
        for body in bodies:
            assert words in (problem_of(path, body) or "nothing was wrong"), (words, body[:80])
    path.unlink()
    os.mkfifo(path)
    for odd in (path, tmp_path):
        with pytest.raises(BadBundle, match="That is no file"), opened_bundle(odd):
            pass
    assert not any(scratch.iterdir())


@pytest.mark.parametrize("seed", range(2))
def test_a_spoilt_bundle_is_a_good_screen_or_a_sentence_and_leaves_nothing_behind(
    written: Written, scratch: Path, tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    body = written.path.read_bytes()
    outcomes = [problem_of(tmp_path / "spoilt", spoilt(body, dice)) for _ in range(30)]
    outcomes += [problem_of(tmp_path / "spoilt", zipped(misfit(written.members, dice))) for _ in range(5)]
    assert all(said is None or (len(said) > 15 and said.endswith(".")) for said in outcomes)
    assert sum(said is not None for said in outcomes) > 20
    assert not any(scratch.iterdir())
    assert [found.name for found in tmp_path.iterdir() if found.name not in ("spoilt", "scratch")] == []


async def test_a_note_another_time_and_a_bundle_are_a_key_away_and_a_bundle_is_only_read(
    written: Written, scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    world = written.watched.world
    own = Session(
        Store.open(written.folder / "cache", TABLES, now=lambda: NOW), mode="demo", account=DEMO, now=lambda: NOW
    )
    own.workspace = world.workspaces["ml-prod"]
    async with staged(tmp_path, world=world, session=own, pane="endpoints", size=NARROW) as stage:
        open_triage(stage.deck, ENDPOINT, plain(ENDPOINT))
        await stage.see("Suspects")
        await stage.press("T")
        await stage.type("15:00 tomorrow")
        await stage.see("That is no time: write 13:58")
        await stage.press(*["backspace"] * 14)
        await stage.type("13:42")
        await stage.press("enter")
        await stage.see("as of 23 Nov 2026 13:42:00Z")
        assert stage.deck.part(TriageView).at == NOW - EARLIER
        await stage.press("escape")
        await stage.until(lambda: "as of" not in stage.text, "now again")
        await stage.press("N")
        await stage.see("note")
        await stage.type("paged the model team")
        await stage.press("enter")
        await stage.until(
            lambda: any("paged the model team" in line_text(line) for line in lines_of(stage)), "the note"
        )
        await stage.press("x")
        await stage.see("Incident bundle in ")
        await stage.press("question_mark")
        await stage.see("Write all of it to a file")
    path = tmp_path / "fraud-score-20261123-1407.amldeck"
    with opened_bundle(path) as session:
        async with staged(
            tmp_path, world=world, session=session, pane="endpoints", size=NARROW, refresher_factory=frozen_refresher
        ) as stage:
            await stage.see("Suspects")
            assert "bundle of 23 Nov 2026 14:07:00Z" in stage.header
            assert any("paged the model team" in line_text(line) for line in lines_of(stage))
            await stage.press("N")
            await stage.see("it is only read")


def lines_of(stage: Stage) -> list[Line]:
    return stage.deck.part(TriageView).panel.lines


def spoilt(body: bytes, dice: random.Random) -> bytes:
    """The bytes cut off somewhere, or with some bits turned over."""
    if dice.random() < 0.3:
        return body[: dice.randrange(len(body))]
    changed = bytearray(body)
    for _ in range(dice.choice((1, 3, 30))):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def misfit(members: dict[str, bytes], dice: random.Random) -> dict[str, bytes]:
    """Whole as a zip, but with lines in which values are of another kind, out of all bounds, or cut off."""
    odd = (
        b"null",
        b"-1",
        b"1e308",
        b"9" * 400,
        b'"0001-01-01T00:00:00Z"',
        b'"2026-11-23T14:00:00"',
        b"[[[]]]",
        b'"\\u001b]52;c;x\\u0007"',
    )
    found = dict(members)
    for name in members:
        if name == form.MANIFEST:
            continue
        lines = members[name].split(b"\n")
        for number, line in enumerate(lines):
            places = [place for place in range(len(line)) if line[place : place + 1] == b":"]
            if places and dice.random() < 0.5:
                place = dice.choice(places) + 1
                ends = [end for end in (line.find(b",", place), line.find(b"}", place)) if end > 0]
                lines[number] = line[:place] + dice.choice(odd) + line[min(ends, default=len(line)) :]
        found[name] = b"\n".join(lines)
    return found
