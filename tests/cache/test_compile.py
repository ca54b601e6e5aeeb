"""The SQL of a filter against the same filter in plain Python."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cache import candidates, views
from cache.query import parse
from cache.table import Table
from cache.views import View
from tests.cache.examples import JOBS, NOW, SCOPE, WORDED, Job, keys, opened, put
from tests.cache.making import UNIQUE_JOBS
from tests.cache.plainly import ordered, passes

pytestmark = pytest.mark.slow

VALUES = [
    "a", "A", "fail", "Failed",
    '"it\'s"', "%", "_", "é", "É", "ß", "日", '"a b"', '"\\""', "0.01", "0.010", "1e3", "nan",
]  # fmt: skip
TEXT_FIELDS = [
    "name", "status", "stage", "flavors", "id", "tags", "tag.team", "tag.é", "tag.a.b", "param.lr", 'tag."with space"',
]  # fmt: skip
NUMBER_FIELDS = ["nodes", "dur", "metric.lr", "metric.x", "param.lr", "cost"]
COMPARISONS = ["=", "<", "<=", ">", ">=", "!="]
TEXT_TESTS = [f"{field}{op}{value}" for field in TEXT_FIELDS for op in (":", "=", "!=") for value in VALUES]
NUMBERS = [
    f"{field}{op}{value}" for field in NUMBER_FIELDS for op in COMPARISONS for value in ("0", "1", "1.5", "-2", "0.01")
]
OTHERS = [
    "cost>$0", "cost<=0EUR", "is_archived:yes", "is_archived=no", "created<24h", "created>=2000-01-01", "started:2010",
    "started<2100", "has:tags", "has:tag.team", "has:params", "param.lr:none", "has:cost", "cost:none", "status:none",
    "nodes:none", "flavors:none", "has:id", "status=a,failed", "nodes=1,2,3", "metrics:none", "has:numbers",
]  # fmt: skip
WORDS = [
    "a", "FAIL", "it", "%", "_", "é", "ß", "'", '";--"', "core", "\\", "completed", "led", "strasse", "straße",
    "日本語", "ÉCLAIR", "kelvin", '"5k"', '"5\u212a"', r'"say \"fail"', "adam", "team", '"with space"', "0.01",
]  # fmt: skip
PATTERNS = ["a", "^fail", "adam|sgd", r"(fail|complet)ed$", "l.d", "É", "ADAM.?1", r"\d+", '"h sp"', "^$", "fo+|led"]
MATCHES = [f"{field}{op}{one}" for field in TEXT_FIELDS for op in ("~", "!~") for one in PATTERNS]
TESTS = [*TEXT_TESTS, *MATCHES, *NUMBERS, *OTHERS, *WORDS, *WORDS * 4]
TERMS = st.sampled_from([*TESTS, *(f"!{test}" for test in TESTS)])
QUERIES = st.lists(st.lists(TERMS, min_size=1, max_size=3).map(" | ".join), max_size=3).map(" ".join)
ORDERS = st.sampled_from(
    ["", "name", "status", "stage", "nodes", "dur", "is_archived", "started", "cost", "flavors", "id",
     "metric.lr", "param.lr", "tag.team", "tag.é", "nothing"]
).flatmap(lambda name: st.sampled_from([name, f"-{name}"]))  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(jobs=UNIQUE_JOBS, text=QUERIES, order=ORDERS, few=st.sampled_from([0, candidates.FEW]))
@pytest.mark.parametrize("table", [JOBS, WORDED], ids=["read through", "by the index of words"])
def test_a_view_gives_the_rows_plain_python_would_give(
    tmp_path_factory: pytest.TempPathFactory, table: Table, jobs: list[Job], text: str, order: str, few: int
) -> None:
    query = parse(text, table, now=NOW)
    assert query.problems == ()
    with opened(tmp_path_factory.mktemp("cache"), [table]) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(views, "LOOP_BUDGET", 60)
        patch.setattr(views, "HEAD_BUDGET", 60)
        patch.setattr(candidates, "FEW", few)  # walked as if the words were frequent, or read at once
        patch.setattr(candidates, "FEW_PAIRS", few)
        put(store, *jobs, table=table.name)
        passing = {job.id for job in jobs if passes(query, job, table.search)}
        wanted = [key for key in ordered(jobs, order) if key in passing]
        assert keys(store, text, order, table=table) == wanted
        for looks in ([], [View.peek]):
            early = store.view(table.name, SCOPE, query, order)
            for look in looks:
                look(early)
            assert [row.key for row in early.window(0, 50)] == wanted
        assert [seen.key for seen in store.records(table.name, SCOPE, query, order)] == wanted
        assert [seen.key for seen in store.records(table.name, SCOPE, query, order, 3)] == wanted[:3]
        assert sum(store.counts(table.name, SCOPE, "status", query).values()) == len(wanted)


@settings(max_examples=60, deadline=None)
@given(jobs=UNIQUE_JOBS, text=st.text('adeilmst:=~|!". *+?()[]\\{}^$0159é-', max_size=24))
def test_any_text_at_all_finds_what_plain_python_finds_in_what_is_understood_of_it(
    tmp_path_factory: pytest.TempPathFactory, jobs: list[Job], text: str
) -> None:
    query = parse(text, WORDED, now=NOW)
    with opened(tmp_path_factory.mktemp("cache"), [WORDED]) as store:
        put(store, *jobs, table="worded")
        found = {seen.key for seen in store.records("worded", SCOPE, query)}
    assert found == {job.id for job in jobs if passes(query, job, WORDED.search)}


NAMES = ["'; DROP TABLE jobs; --", '" OR 1=1', "%' OR '1'='1", "?1", ":x", "a\nb", "🙂", "x" * 400]


@pytest.mark.parametrize("name", NAMES)
def test_hostile_values_are_only_ever_values(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    with opened(tmp_path_factory.mktemp("cache")) as store:
        put(store, Job(id="a", name=name, tags={name: name}), Job(id="b", name="other"))
        assert keys(store, quoted) == ["a"]
        assert keys(store, f"name={quoted}") == ["a"]
        assert keys(store, f"tag.{quoted}={quoted}") == ["a"]
        assert store.counts("jobs", SCOPE, "name")[name] == 1
        assert keys(store, order=f"-tag.{name}")[0] == "a"
        assert keys(store, order=name) == ["a", "b"]
