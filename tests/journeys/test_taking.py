"""Copying, opening, exporting, and where a row came from."""

import base64
import csv
import json
import re
from pathlib import Path

import pytest

from app.doing import exporting
from app.exports import taking
from services.emulator.world import World
from tests.journeys.stage import Stage, staged


def clipboard(written: list[str]) -> str:
    found = re.findall(r"\x1b\]52;c;([^\a]*)\a", "".join(written))
    return base64.b64decode(found[-1]).decode() if found else ""


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("TERM_PROGRAM", raising=False)


def listen(stage: Stage) -> list[str]:
    """What is written to the terminal from now on."""
    written: list[str] = []
    driver = stage.deck._driver
    assert driver is not None
    driver.write = written.append
    return written


async def test_y_copies_the_id_and_says_how_much_and_by_which_route(seen: tuple[Path, World], terminal: None) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        written = listen(stage)
        await stage.press("y")
        await stage.until(lambda: stage.notice.startswith("Copied"), "the notice")
        assert clipboard(written) == stage.cursor
        assert "by the terminal (OSC 52)" in stage.notice


async def test_the_copy_menu_offers_every_address_and_cell(seen: tuple[Path, World], terminal: None) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        written = listen(stage)
        await stage.press("Y")
        await stage.see("studio link")
        await stage.type("az command")
        await stage.press("enter")
        await stage.until(lambda: stage.notice.startswith("Copied az command"), "the notice")
        assert clipboard(written).startswith("az ml job show")


async def test_over_ssh_a_link_is_copied_instead_of_opened(
    seen: tuple[Path, World], terminal: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")
    async with staged(seen) as stage:
        await stage.settled()
        written = listen(stage)
        await stage.press("o")
        await stage.until(lambda: "no browser here" in stage.notice, "the notice")
        assert clipboard(written).startswith("https://ml.azure.com/runs/")
        await stage.press("O")
        await stage.until(lambda: "portal" in stage.notice, "the portal's link")
        assert clipboard(written).startswith("https://portal.azure.com/#@/resource/subscriptions/")


async def test_the_origin_names_source_call_age_and_basis(seen: tuple[Path, World]) -> None:
    async with staged(seen, pane="alert-rules") as stage:
        await stage.settled()
        await stage.press("i")
        await stage.see("Origin of")
        for words in (
            "measured: as Azure said it",
            "GET ",
            "api-version",
            "az rest --method get",
        ):
            assert words in stage.text
        await stage.press("escape")
        await stage.press("1")
        await stage.until(lambda: bool(stage.deck.view.keeper.count), "something")
        await stage.press("i")
        await stage.see("inferred here")


async def test_an_export_holds_the_rows_columns_and_order_of_the_view_and_says_what_they_are(
    seen: tuple[Path, World], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    monkeypatch.chdir(out)
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("!")
        await stage.counted()
        count = stage.deck.view.keeper.count
        await stage.press("e")
        await stage.see(f"Export {count} runs")
        await stage.press("enter")
        await stage.until(lambda: f"{count} runs in " in stage.notice, "the file's name")
        (path,) = out.iterdir()
        text = path.read_text()
        notes = [line for line in text.splitlines() if line.startswith("# ")]
        rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("# ")))
        view = stage.deck.view
        assert [row["id"] for row in rows] == [row.key for row in view.keeper.found.window(0, 1000)]
        columns = [name for name in rows[0] if not name.endswith("_currency")]  # an amount has its own
        assert columns == [column.field for column in stage.deck.desk.columns(view.pane)]
        assert f"# filter: {stage.query}" in notes
        assert any(line.startswith("# source runs: read 20") for line in notes)
        assert path.stat().st_mode & 0o777 == 0o600


async def test_marked_rows_are_exported_alone_in_the_order_of_the_view(
    seen: tuple[Path, World], tmp_path: Path
) -> None:
    path = tmp_path / "marked.json"
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("j", "j", "space", "k", "k", "space")
        marked = set(stage.deck.view.table.marks)
        exporting.export(stage.deck, f"json {path}")
        await stage.until(lambda: "2 runs in " in stage.notice, "the file")
        found = json.loads(path.read_text())
        keys = [row.key for row in stage.deck.view.keeper.found.window(0, 10)]
        assert [row["id"] for row in found["rows"]] == [key for key in keys if key in marked]
        assert found["about"]["is_marked"]
        assert found["about"]["rows"] == 2
        exporting.export(stage.deck, f"json {path}")
        await stage.until(lambda: "is there already" in stage.notice, "the refusal to overwrite")


async def test_a_row_is_written_whole_as_one_json(
    seen: tuple[Path, World], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    monkeypatch.chdir(out)
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("e")
        await stage.type("all about")
        await stage.press("enter")
        await stage.until(lambda: stage.notice.startswith("All about"), "the file's name")
        (path,) = out.iterdir()
        found = json.loads(path.read_text())
        assert found["record"]["id"] == found["document"]["runId"] == stage.cursor
        assert path.stat().st_mode & 0o777 == 0o600


async def test_ctrl_c_leaves_an_export_and_not_the_deck(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        stage.deck.desk.export = taking.Progress(1_000_000)
        await stage.press("ctrl+c")
        assert stage.deck.desk.export.cancelled.is_set()
        assert not stage.deck.is_leaving
        stage.deck.desk.export.ended.set()


async def test_times_are_local_or_utc_and_say_so(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("U")
        assert stage.notice.startswith("Times are in local time")
        await stage.until(lambda: "local time" in stage.header, "the zone")
        await stage.press("U")
        assert stage.notice == "Times are in UTC."
        await stage.until(lambda: " UTC " in stage.header, "the zone")
