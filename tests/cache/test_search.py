"""The index of words: kept right by every write, made where it is missing, and never more than a short cut."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import msgspec
import pytest

from cache import candidates, search
from cache.query import parse
from cache.schema import SCHEMA, read_layouts
from cache.store import Store, Table
from tests.cache.examples import JOBS, NOW, SCOPE, WORDED, Job, keys, later, opened, put
from tests.cache.test_migrate import set_version, version

UNWORDED = msgspec.structs.replace(WORDED, has_search_index=False)
needs_fts5 = pytest.mark.skipif(not search.is_possible(sqlite3.connect(":memory:")), reason="SQLite without FTS5")


def add(store: Store, *jobs: Job, hours: int = 0) -> None:
    put(store, *jobs, table="worded", at=later(hours=hours))


def find(store: Store, text: str, *, include_gone: bool = False) -> list[str]:
    return keys(store, text, table=WORDED, include_gone=include_gone)


def named(folder: Path, text: str, table: Table = WORDED) -> list[int]:
    """The rows the index itself names for a text."""
    db = sqlite3.connect(folder / "amldeck.db")
    (question,) = candidates.condition(parse(text, table, now=NOW), read_layouts(db, [table])[table.name]).bound
    rows = db.execute("SELECT rowid FROM worded__search WHERE worded__search MATCH ?", (question,)).fetchall()
    db.close()
    return [row for (row,) in rows]


@needs_fts5
def test_the_index_follows_what_is_put_and_changed(tmp_path: Path) -> None:
    a, b = Job(id="a", name="brave elk", tags={"team": "core"}), Job(id="b", name="calm fox", flavors=("onnx",))
    with opened(tmp_path, [WORDED]) as store:
        add(store, a, b)
        assert (find(store, "brave"), find(store, "onnx"), find(store, "team"), find(store, "core")) == (
            ["a"], ["b"], ["a"], ["a"])  # fmt: skip
        add(store, msgspec.structs.replace(a, name="keen elk", tags={"crew": "core"}), hours=1)
        assert (find(store, "brave"), find(store, "keen"), find(store, "team"), find(store, "crew")) == (
            [], ["a"], [], ["a"])  # fmt: skip
        assert (named(tmp_path, "brave"), named(tmp_path, "keen"), named(tmp_path, "elk core")) == ([], [1], [1])


@needs_fts5
def test_what_is_gone_is_found_where_gone_rows_are_asked_for_and_when_it_is_back(tmp_path: Path) -> None:
    a, b = Job(id="a", name="brave elk"), Job(id="b", name="calm elk")
    with opened(tmp_path, [WORDED]) as store:
        add(store, a, b)
        add(store, b, hours=1)
        store.finish("worded", SCOPE, later(hours=1))
        assert (find(store, "elk"), find(store, "elk", include_gone=True)) == (["b"], ["a", "b"])
        add(store, a, hours=2)
        assert find(store, "elk brave") == ["a"]


@needs_fts5
def test_an_older_file_is_searched_as_it_is_and_gets_its_index_when_it_is_brought_up(tmp_path: Path) -> None:
    with opened(tmp_path, [UNWORDED]) as store:
        add(store, Job(id="a", name="brave elk", tags={"é": "Straße"}, flavors=("onnx",)), Job(id="b", name="b\0elk"))
    set_version(tmp_path, 1)
    with opened(tmp_path, [WORDED]) as store:
        assert store.needs_migration
        assert (find(store, "elk"), find(store, "straße"), find(store, "name~e.k")) == (["a"], ["a"], ["a"])
        store.migrate()
        assert (find(store, "elk"), find(store, "straße"), find(store, "name~e.k")) == (["a"], ["a"], ["a"])
        assert (find(store, "onnx"), find(store, "b")) == (["a"], ["a", "b"])
    assert (version(tmp_path), len(list(tmp_path.glob("*.backup-*")))) == (SCHEMA, 1)
    assert (named(tmp_path, "onnx"), named(tmp_path, "STRASSE")) == ([1], [1])
    with opened(tmp_path, [WORDED]) as store:
        assert not store.needs_migration


@needs_fts5
def test_an_index_that_was_not_kept_is_made_anew_before_it_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path, [WORDED]) as store:
        add(store, Job(id="a", name="brave elk"))
    with monkeypatch.context() as patch:
        patch.setattr(search, "OLDEST", (99,))  # as if this SQLite could not keep one
        with opened(tmp_path, [WORDED]) as store:
            add(store, Job(id="b", name="calm elk"))
            assert find(store, "elk") == ["a", "b"]
    with opened(tmp_path, [WORDED]) as store:
        assert store.needs_migration
        assert find(store, "elk") == ["a", "b"]
        add(store, Job(id="c", name="odd elk"))
        assert find(store, "elk") == ["a", "b", "c"]
    assert named(tmp_path, "elk") == [1, 2, 3]


@needs_fts5
def test_what_is_pruned_is_taken_out_of_the_index(tmp_path: Path) -> None:
    with opened(tmp_path, [WORDED], now=later(days=9)) as store:
        add(store, *(Job(id=str(i), name=f"elk {i}", flavors=("onnx",), tags={"a": "b"}) for i in range(3)))
        add(store, Job(id="1", name="elk 1", flavors=("onnx",), tags={"a": "b"}), hours=2)
        store.finish("worded", SCOPE, later(hours=2))
        assert store.prune(later(days=1)).rows == {"worded": 2}
        assert find(store, "elk", include_gone=True) == ["1"]
    assert (named(tmp_path, "elk"), named(tmp_path, "onnx")) == ([2], [2])


@needs_fts5
def test_other_fields_to_search_make_another_index(tmp_path: Path) -> None:
    with opened(tmp_path, [WORDED]) as store:
        add(store, Job(id="a", name="brave elk", params={"optimizer": "adam"}))
    fewer = msgspec.structs.replace(WORDED, search=("name",))
    with opened(tmp_path, [fewer]) as store:
        assert (keys(store, "adam", table=fewer), keys(store, "elk", table=fewer)) == ([], ["a"])
        store.migrate()
        assert (keys(store, "adam", table=fewer), keys(store, "elk", table=fewer)) == ([], ["a"])
    assert (named(tmp_path, "adam", fewer), named(tmp_path, "elk", fewer)) == ([], [1])


@pytest.mark.parametrize("table", [UNWORDED, WORDED], ids=["read through", "by the index of words"])
def test_what_follows_a_nul_is_not_looked_at(tmp_path: Path, table: Table) -> None:
    with opened(tmp_path, [table]) as store:
        add(store, Job(id="a", name="left\0right", tags={"team": "up\0döwn"}), Job(id="b", name="right"))
        assert (find(store, "left"), find(store, "right")) == (["a"], ["b"])
        assert (find(store, "döwn"), find(store, "name~right"), find(store, "tag.team~^up$")) == ([], ["b"], ["a"])


@pytest.mark.parametrize("table", [UNWORDED, WORDED], ids=["read through", "by the index of words"])
def test_letters_that_are_not_ascii_match_whatever_their_case(tmp_path: Path, table: Table) -> None:
    names = ["ÀÉÎÕÜ", "àéîõü", "СОБАКА", "собака", "ΣΊΣΥΦΟΣ", "σίσυφος", "Straße", "日本語の名前", "İstanbul"]
    with opened(tmp_path, [table]) as store:
        add(store, *(Job(id=str(i), name=name) for i, name in enumerate(names)))
        for text, found in [("éîõ", "01"), ("СОБ", "23"), ("σίσυφοσ", "45"), ("aße", "6"), ("本語", "7"), ("İst", "8")]:
            assert find(store, text) == list(found)
            assert find(store, f"name:{text}") == list(found)
        assert find(store, "name~^собака$") == ["2", "3"]


def test_an_expression_made_to_hang_answers_and_can_be_called_off(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, *(Job(id=f"{i:04}", name="a" * 400 + "!") for i in range(3000)), Job(id="b", name="aaa"))
        assert keys(store, "name~^(a+)+$") == ["b"]
        view = store.view("jobs", SCOPE, parse("name~(x+x+)+y", JOBS, now=NOW), "-nodes")
        worker = threading.Thread(target=view.prepare)
        worker.start()
        view.cancel()
        worker.join(timeout=30)
        assert not worker.is_alive()
