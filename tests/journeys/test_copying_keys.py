"""A key of an endpoint goes to the clipboard after asking, and is nowhere else afterwards."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from app.endpoint_secrets import NotCopied, copy_secret
from services.emulator.endpoints import ENDPOINTS
from services.emulator.route_endpoint_keys import key_of
from services.emulator.world import World
from tests.journeys.stage import Stage, session_of, staged
from tests.journeys.writing import ask, find, quick

__all__ = ["quick"]


def poison(world: World) -> list[str]:
    """Both keys of churn, as the emulator has them."""
    place = next(one for one in world.places if one.name == "ml-prod")
    churn = next(one for one in ENDPOINTS["ml-prod"] if one.name == "churn")
    return [key_of(world, place, churn, kind) for kind in ("Primary", "Secondary")]


def traces(stage: Stage, folder: Path) -> list[str]:
    """Where a key is found that should be nowhere: the screen, and every file under a folder."""
    keys = [form for key in poison(stage.world) for form in (key, base64.b64encode(key.encode()).decode())]
    screens = "\n".join((stage.text, stage.deck.export_screenshot()))
    found = ["the screen"] if any(key in screens for key in keys) else []
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return found + [str(path) for path in files if any(key.encode() in path.read_bytes() for key in keys)]


async def test_a_key_is_copied_after_asking_and_is_nowhere_else(
    seen: tuple[Path, World], quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("TERM_PROGRAM", raising=False)
    async with staged(seen, pane="endpoints") as stage:
        await stage.settled()
        await find(stage, "name=churn")
        driver, written = stage.deck._driver, list[str]()
        assert driver is not None
        monkeypatch.setattr(driver, "write", written.append)
        await ask(stage, "copy primary")
        await stage.see("the clipboard alone")
        assert [one for one in stage.world.log.entries("listKeys") if one.method == "POST"] == []
        await stage.press("enter")
        await stage.until(lambda: "Primary key of churn copied by the terminal" in stage.notice, "the notice")
        copied = re.findall(r"\x1b\]52;c;([^\a]*)\a", "".join(written))
        assert [base64.b64decode(one).decode() for one in copied] == poison(stage.world)[:1]
        assert len(stage.world.log.entries("listKeys")) == 1
        await stage.press("v")
        await stage.counted()
        assert traces(stage, seen[0]) == []


async def test_an_endpoint_with_tokens_offers_one_and_without_a_clipboard_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.clipboard.TOOLS", ())
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    session = session_of(tmp_path / "cache", World(runs=20))
    session.workspace = session.default_workspace
    with pytest.raises(NotCopied, match="no clipboard here"):
        copy_secret(session, "embed", "token", None)
    assert list((tmp_path / "temporary").iterdir()) == []
    copied: list[str] = []
    monkeypatch.setenv("TERM", "xterm-256color")
    said = copy_secret(session, "embed", "token", copied.append)
    assert re.fullmatch(r"Token of embed copied by the terminal \(OSC 52\), it ends \d\d \w+ \d\d:\d\dZ", said)
    assert len(copied) == 1
    with pytest.raises(NotCopied, match="It has no primary key"):
        copy_secret(session, "embed", "primary", copied.append)
    session.close()
