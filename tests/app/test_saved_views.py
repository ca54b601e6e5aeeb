"""Saved views: kept in a file of their own, read back whole, and those that come with amldeck are right."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cli.answer import _order  # pyright: ignore[reportPrivateUsage] (what --sort takes is what an order may be)
from app.columns import default_of
from app.panes import PANES
from app.saved_views import NotSaved, SavedView, delete_view, load_views, rename_view, save_view
from app.shipped_views import SHIPPED, all_views
from app.tables import TABLES
from cache.groups import is_countable
from cache.query import parse
from tests.app.commanding import Command

NOW = datetime(2026, 11, 20, tzinfo=UTC)
VIEW = SavedView(name='mine "x"\x1b[31m', pane="runs", filter='tag.team="a b" lr<1', order="-metric.auc",
                 columns=("run", "param.lr"), group_by='tag.team "x"')  # fmt: skip


@pytest.mark.parametrize("view", SHIPPED, ids=lambda view: view.name)
def test_a_view_that_comes_along_is_understood_by_its_pane(view: SavedView) -> None:
    pane = next(pane for pane in PANES if pane.name == view.pane)
    table = next(table for table in TABLES if table.name == pane.table)
    assert parse(view.filter, table, now=NOW).problems == ()
    assert _order(view.order, pane, table) == view.order
    assert set(view.columns) <= set(default_of(pane))
    assert not view.group_by or is_countable(table, view.group_by)
    assert view.about


def test_views_are_saved_renamed_and_deleted_and_come_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "views.toml"
    save_view(VIEW, path)
    save_view(SavedView(name="other", pane="compute"), path)
    assert load_views(path).views[0] == VIEW
    assert path.stat().st_mode & 0o77 == 0
    assert "\x1b" not in path.read_text()
    rename_view(VIEW.name, "auc", path)
    assert [view.name for view in load_views(path).views] == ["auc", "other"]
    delete_view("auc", path)
    assert [view.name for view in load_views(path).views] == ["other"]
    assert not [one for one in path.parent.iterdir() if one != path]


@pytest.mark.parametrize("text", ["[views", "views = 3\n[x]", '[views.a]\npane = 3\n[views.b]\npane = "runs"\n'])
def test_a_broken_file_is_a_sentence_and_is_not_written_over(tmp_path: Path, text: str) -> None:
    path = tmp_path / "views.toml"
    path.write_text(text)
    found = load_views(path)
    assert len(found.problems) == 1
    assert "views.toml" in found.problems[0]
    with pytest.raises(NotSaved):
        save_view(VIEW, path)
    assert path.read_text() == text


def test_an_own_view_takes_the_place_of_one_that_comes_along() -> None:
    own = SavedView(name=SHIPPED[0].name.upper(), pane="runs")
    assert [view for view in all_views((own,)) if view.name.lower() == own.name.lower()] == [own]


def test_a_view_is_answered_on_the_command_line_and_narrowed_by_more_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path))
    save_view(SavedView(name="Geo", pane="experiments", filter="name:e", order="name"))
    command = Command(tmp_path / "cache", capsys)
    listed = json.loads(command("views", "--json").out)
    assert listed[0] == {"name": "Geo", "pane": "experiments", "filter": "name:e", "order": "name"}
    assert len(listed) == 1 + len(SHIPPED)
    assert '[views."Geo"]' in command("views", "--toml").out

    found = [one["name"] for one in json.loads(command("experiments", "--demo", "--view", "geo", "--json").out)]
    assert found == sorted(found, key=str.lower)
    assert found
    narrower = command("experiments", "--demo", "--offline", "--view", "geo", "name=geo", "--json")
    assert [one["name"] for one in json.loads(narrower.out)] == ["geo"]
    wrong = command("runs", "--demo", "--offline", "--view", "geo")
    assert wrong.code == 2
    assert "is a view of experiments, not of runs" in wrong.err


def test_a_grouped_view_is_answered_with_its_groups_and_with_its_rows_on_demand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path))
    save_view(SavedView(name="who", pane="compute", group_by="kind"))
    command = Command(tmp_path / "cache", capsys)
    told = command("compute", "--demo", "--view", "who", "--json")
    groups = json.loads(told.out)
    rows = json.loads(command("compute", "--demo", "--offline", "--view", "who", "--group-by", "", "--json").out)
    assert {one["value"]: one["rows"] for one in groups} == Counter(row["kind"] for row in rows)
    assert f"{len(groups)} values of kind, {len(rows)} compute" in told.err
    asked = ("compute", "--demo", "--offline", "--view", "who")
    table = command(*asked).out.splitlines()
    assert table[0].split() == ["kind", "rows", "failed", "well", "hours", "last"]
    assert (
        command(*asked, "--csv").out.splitlines()[0]
        == "value,rows,failed,well,duration,latest,cost,cost_currency,cost_unknown"
    )
    for wrong, said in ((("--group-by", "nonsense"), "cannot be grouped by"), (("--sort", "name"), "have no file")):
        refused = command(*asked, *wrong)
        assert (refused.code, refused.out) == (2, "")
        assert said in refused.err
