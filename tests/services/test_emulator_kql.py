"""The query language of Log Analytics, as far as the emulator has it: queries and the rows they give."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.emulator.kql.engine import evaluated
from services.emulator.kql.errors import QueryFault
from services.emulator.kql.kinds import Column, Row
from services.emulator.kql.lexer import tokens_of
from services.emulator.kql.relation import Window

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)


def minute(number: int) -> datetime:
    return NOW - timedelta(minutes=60 - number)


class Tables:
    """Two tables of rows, and from when to when they were asked for."""

    def __init__(self) -> None:
        self.asked: list[Window] = []
        columns = (
            Column("TimeGenerated", "datetime"), Column("Deployment", "string"), Column("Code", "int"),
            Column("Ms", "int"), Column("Message", "string"), Column("Properties", "dynamic"),
        )  # fmt: skip
        rows: list[Row] = [
            (minute(number), "green" if number % 3 else "blue", 500 if number % 10 == 0 else 200, number or None,
             "Killed by liveness" if number == 7 else "POST /score 200",
             {"Agent": f"a{number % 2}", "deep": [1, number]})
            for number in range(60)
        ]  # fmt: skip
        self._tables = {"Traffic": (columns, rows), "Events": (columns[:2], [(minute(5), "blue")])}

    def columns(self, table: str) -> tuple[Column, ...] | None:
        return self._tables[table][0] if table in self._tables else None

    def rows(self, table: str, window: Window) -> Iterable[Row]:
        self.asked.append(window)
        return self._tables[table][1]


def asked(query: str, **options: Any) -> Any:
    return evaluated(query, Tables(), NOW, **options)


def rows(query: str, **options: Any) -> list[list[Any]]:
    return asked(query, **options)["tables"][0]["rows"]


def columns(query: str) -> dict[str, str]:
    return {one["name"]: one["type"] for one in asked(query)["tables"][0]["columns"]}


VALUES: list[tuple[str, Any]] = [
    ("1 + 2 * 3 - 4", 3), ("7 / 2", 3), ("-7 / 2", -3), ("7 / 2.0", 3.5), ("7 % 4", 3), ("1 / 0", None),
    ("1.0 / 0", "Infinity"), ("-(2)", -2), ("(1 + 2) * 3", 9), ("1e3", 1000.0), ("0xff", 255),
    ("2h + 30m", "02:30:00"), ("1d / 6h", 4.0), ("2 * 90s", "00:03:00"), ("timespan(1.02:03:04)", "1.02:03:04"),
    ("ago(1h)", "2026-11-21T13:00:00Z"), ("now(-1d)", "2026-11-20T14:00:00Z"), ("now() - ago(5m)", "00:05:00"),
    ("datetime(2026-11-21T13:59:58.5Z)", "2026-11-21T13:59:58.5Z"), ("datetime(2026-11-21)", "2026-11-21T00:00:00Z"),
    ("datetime_diff('minute', now(), ago(90s))", 2), ("datetime_diff('hour', ago(3h), now())", -3),
    ("bin(datetime(2026-11-21 13:59:58), 5m)", "2026-11-21T13:55:00Z"), ("bin(17, 5)", 15), ("bin(1.7, 0.5)", 1.5),
    ("1 == 1.0", True), ("'a' == 'A'", False), ("'a' =~ 'A'", True), ("'a' !~ 'A'", False), ("'a' != 'b'", True),
    ("'abc' has 'ab'", False), ("'x-ab c' has 'AB'", True), ("'x-ab c' has_cs 'AB'", False), ("'v 12' has '1'", False),
    ("'abc' !has 'ab'", True), ("'abc' contains 'B'", True), ("'abc' !contains 'B'", False),
    ("'abc' startswith 'AB'", True), ("'abc' endswith 'BC'", True), ("'abc' endswith_cs 'BC'", False),
    ("'an oom' has_any ('crash', 'OOM')", True), ("'an oom' has_all ('an', 'crash')", False),
    ("'a.b' matches regex '^a[.]b$'", True), ("5 between (1 .. 5)", True), ("5 !between (1 .. 4)", True),
    ("ago(1m) between (ago(1h) .. now())", True), ("2 in (1, 2)", True), ("'A' in ('a')", False),
    ("'A' in~ ('a')", True), ("'A' !in~ ('a')", False), ("2 in (dynamic([1, 2]))", True),
    ("int(null) == 1", False), ("int(null) != 1", True), ("int(null) == int(null)", None), ("int(null) + 1", None),
    ("isnull(int(null))", True), ("isempty('')", True), ("isnotempty('a')", True), ("isnull('')", False),
    ("false and bool(null)", False), ("true and bool(null)", None), ("true or bool(null)", True), ("not(true)", False),
    ("strcat('a', 1, true, 2.0, ago(0s))", "a1true2.02026-11-21T14:00:00.0000000Z"),
    ("substring('abcdef', 2, 3)", "cde"), ("tolower('AbC')", "abc"), ("tostring(5)", "5"),
    ("trim_start('[0-9]+', '12a3')", "a3"), ("replace_regex('a1b22', '[0-9]+', '#')", "a#b#"),
    ("toint('12')", 12), ("toint('x')", None), ("todouble('1.5')", 1.5),
    ("iff(1 > 2, 'a', 'b')", "b"), ("case(1 > 2, 'a', 2 > 1, 'b', 'c')", "b"), ("coalesce(int(null), 4)", 4),
    ("todynamic('{\"a\": {\"b\": [1, 2]}}').a.b[1]", "2"), ("dynamic({'a': 1})['a']".replace("'a': 1", '"a": 1'), "1"),
    ("dynamic([1, \"x\"])", '[1,"x"]'), ("'say \\'hi\\' \\\\ \\u00e9'", "say 'hi' \\ é"), ("@'c:\\new'", "c:\\new"),
    ("9223372036854775807 + 1", -9223372036854775808),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "value"), VALUES)
def test_a_value_is_what_kusto_says_it_is(expression: str, value: Any) -> None:
    assert rows(f"print x = {expression}") == [[value]]


QUERIES: list[tuple[str, list[list[Any]]]] = [
    ("Traffic | count", [[60]]),
    ("Traffic | where Code >= 500 and Deployment == 'blue' | count", [[2]]),
    ("Traffic | where TimeGenerated > ago(10m) | count", [[9]]),
    ("Traffic | summarize N=count(), Bad=countif(Code>=500) by Deployment | order by Deployment asc",
     [["blue", 20, 2], ["green", 40, 4]]),
    ("Traffic | summarize Share=100.0*countif(Code>=500)/count(), avg(Ms), sum(Ms), min(Ms), max(Ms)",
     [[10.0, 30.0, 1770, 1, 59]]),
    ("Traffic | summarize (p50, p95)=percentiles(Ms, 50, 95), P=percentile(Ms, 99)", [[30, 57, 59]]),
    ("Traffic | summarize count() by bin(TimeGenerated, 30m) | order by TimeGenerated asc",
     [["2026-11-21T13:00:00Z", 30], ["2026-11-21T13:30:00Z", 30]]),
    ("Traffic | summarize D=dcount(Deployment), S=make_set(Code, 5), One=take_any(Deployment)",
     [[2, "[500,200]", "blue"]]),
    ("Traffic | summarize sumif(Ms, Code == 500)", [[150]]),
    ("Traffic | where Code == 1 | summarize N=count(), M=max(Ms), S=make_set(Code), X=avg(Ms), T=max(TimeGenerated)",
     [[0, None, "[]", "NaN", None]]),
    ("Traffic | where Code == 1 | summarize count() by Code", []),
    ("Traffic | summarize arg_max(TimeGenerated, *) by Deployment | order by Deployment asc | project Deployment, Ms",
     [["blue", 57], ["green", 59]]),
    ("Traffic | summarize arg_min(TimeGenerated, Ms) by Code | order by Code asc | project Code, Ms",
     [[200, 1], [500, None]]),
    ("Traffic | top 2 by Ms desc | project Ms", [[59], [58]]),
    ("Traffic | order by Ms asc | take 2 | project Ms", [[None], [1]]),
    ("Traffic | sort by Ms | limit 1 | project Ms", [[59]]),
    ("Traffic | sort by Ms asc nulls last | take 1 | project Ms", [[1]]),
    ("Traffic | order by Deployment desc, Ms asc | take 1 | project Deployment, Ms", [["green", 1]]),
    ("Traffic | distinct Deployment | order by Deployment asc", [["blue"], ["green"]]),
    ("Traffic | where Properties.Agent == 'a1' and Properties['deep'][1] == 7 | project Message",
     [["Killed by liveness"]]),
    ("Traffic | summarize count() by Agent=tostring(Properties.Agent) | order by Agent asc", [["a0", 30], ["a1", 30]]),
    ("Traffic | extend Ms=Ms*2, Twice=Ms | where Ms == 4 | project Ms, Twice", [[4, 2]]),
    ("Traffic | take 1 | project-away Properties, Message, TimeGenerated, Ms", [["blue", 500]]),
    ("Traffic | summarize N=count() by Code | as T | extend S=100.0*N/toscalar(T | summarize sum(N)) "
     "| order by N desc | project Code, S", [[200, 90.0], [500, 10.0]]),
    ("let onset = toscalar(Traffic | where Code == 500 | summarize min(TimeGenerated)); let least = 58;\n"
     "let Late = Traffic | where Ms >= least; // twice\n"
     "Late | extend After=datetime_diff('minute', TimeGenerated, onset) | project After", [[58], [59]]),
    ("union withsource=T Traffic, Events | summarize count() by T | order by T asc", [["Events", 1], ["Traffic", 60]]),
    ("union isfuzzy=true withsource=T Traffic, Missing, (Gone | extend x=1) | summarize count() by T",
     [["Traffic", 60]]),
    ("union (Traffic | where Ms == 3 | extend Src='a'), (Events | extend Src='b') | order by Src asc "
     "| project Src, Deployment, Ms", [["a", "blue", 3], ["b", "blue", None]]),
    ("Events | union Events | count", [[2]]),
    ("let codes = Traffic | where Ms > 57 | distinct Code; Traffic | where Code in (codes) | count", [[54]]),
    ("range x from 1 to 7 step 3", [[1], [4], [7]]),
    ("datatable(a: int, b: string)[1, 'x', int(null), 'y'] | where isnull(a)", [[None, "y"]]),
    ("Events | getschema | project ColumnName, DataType, ColumnType",
     [["TimeGenerated", "System.DateTime", "datetime"], ["Deployment", "System.String", "string"]]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_a_query_gives_its_rows(query: str, expected: list[list[Any]]) -> None:
    assert rows(query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Traffic | summarize count(), avg(Ms), percentile(Ms, 95), make_set(Code), dcount(Code) by Deployment",
         {"Deployment": "string", "count_": "long", "avg_Ms": "real", "percentile_Ms_95": "long", "set_Code": "dynamic",
          "dcount_Code": "long"}),
        ("Traffic | extend Deployment=1, Late=TimeGenerated-ago(1h) | project Deployment, Late, Code, strcat('a')",
         {"Deployment": "long", "Late": "timespan", "Code": "int", "Column4": "string"}),
        ("union (Events | extend v=1), (Events | extend v='a') | project-away TimeGenerated, Deployment",
         {"v_long": "long", "v_string": "string"}),
        ("union kind=inner Traffic, Events", {"TimeGenerated": "datetime", "Deployment": "string"}),
    ],
)  # fmt: skip
def test_columns_have_the_names_and_kinds_kusto_gives_them(query: str, expected: dict[str, str]) -> None:
    assert columns(query) == expected


FAULTS = [
    ("completely invalid syntax", "SYN0002", "Query could not be parsed at 'invalid' on line [1,11]"),
    ("Traffic\n| wher Code == 1", "SYN0002", "Query could not be parsed at 'wher' on line [2,2]"),
    ("Traffic | join Events on Deployment", "SYN0002", "'join'"),
    ("Traffic | where Message == 'open", "SYN0002", '[1,27]'),
    ("Traffic | where (Code == 1", "SYN0002", "Query could not be parsed at '' on line [1,26]"),
    ("Traffic | take 1; drop", "SYN0002", "'drop'"),
    ("", "SYN0002", "[1,0]"),
    ("Nope | take 1", "SEM0100", "'take' operator: Failed to resolve table or column expression named 'Nope'"),
    ("union Traffic, Nope", "SEM0100", "'union' operator: Failed to resolve table or column expression named 'Nope'"),
    ("Traffic | where Nope == 1", "SEM0100", "'where' operator: Failed to resolve scalar expression named 'Nope'"),
    ("union isfuzzy=true A, B | where TimeGenerated > ago(1h)", "SEM0100", "named 'TimeGenerated'"),
    ("Traffic | where Code == '200'", "SEM0064", "Cannot compare values of types int and string"),
    ("Traffic | where Code has '2'", "SEM0025", "string operands"),
    ("Traffic | extend x = made_up(1)", "SEM0260", "Unknown function: 'made_up'"),
    ("Traffic | extend x = substring('a')", "SEM0219", "substring(): function expects [2..3] argument(s)."),
    ("Traffic | summarize count() by Properties.Agent", "SEM0139", "dynamic"),
    ("Traffic | where Message matches regex '('", "SEM0420", "regular expression"),
    ("Traffic | summarize sum(Message)", "SEM0219", "numeric"),
    ("Traffic | take Code", "SEM0060", "constant"),
    ("print x = " + "(" * 400 + "1" + ")" * 400, "SYN0002", "'('"),
    ("print x = 1" + " + 1" * 5000, "SEM0001", "too deeply"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "code", "said"), FAULTS)
def test_what_is_no_query_is_the_error_of_the_service(query: str, code: str, said: str) -> None:
    with pytest.raises(QueryFault) as caught:
        asked(query)
    error = caught.value.document["error"]
    assert error["code"] == "BadArgumentError"
    kind = "SyntaxError" if code == "SYN0002" else "SemanticError"
    assert error["innererror"]["code"] == kind
    inner = error["innererror"]["innererror"]
    assert inner["code"] == code
    assert said in inner["message"]
    if kind == "SyntaxError":
        assert f"[{inner['line']},{inner['pos']}]" in inner["message"]


def test_too_many_rows_are_cut_and_said_beside_those_that_come() -> None:
    answer = asked("Traffic", most_rows=3)
    assert len(answer["tables"][0]["rows"]) == 3
    assert answer["error"]["code"] == "PartialError"
    assert "exceed the set limit of 3 records" in answer["error"]["details"][0]["innererror"]["message"]
    assert "error" in asked("Traffic", most_bytes=500)
    assert "error" not in asked("Traffic | take 3", most_rows=3)


def test_the_timespan_of_a_request_narrows_every_table_whatever_the_query_says() -> None:
    window = Window(minute(10), minute(19))
    assert rows("Traffic | where TimeGenerated > ago(30d) | count", window=window) == [[10]]
    assert rows("let x = toscalar(Traffic | count); print x", window=window) == [[10]]


@pytest.mark.parametrize(
    ("query", "start", "end"),
    [
        ("Traffic | where TimeGenerated > ago(2h) and Code == 500", NOW - timedelta(hours=2), None),
        ("Traffic | where TimeGenerated between (ago(2h) .. ago(1h)) | take 1",
         NOW - timedelta(hours=2), NOW - timedelta(hours=1)),
        ("union Traffic, Missing2 | where 1 == 1", None, None),
        ("(Traffic | extend a = 1) | where TimeGenerated > ago(2h)", NOW - timedelta(hours=2), None),
        ("(Traffic | take 5) | where TimeGenerated > ago(2h)", None, None),
        ("(Traffic | extend TimeGenerated = now()) | where TimeGenerated > ago(2h)", None, None),
        ("Traffic | where TimeGenerated > ago(2h) or Code == 500", None, None),
    ],
)  # fmt: skip
def test_a_table_is_asked_for_no_more_than_the_query_can_use(
    query: str, start: datetime | None, end: datetime | None
) -> None:
    tables = Tables()
    evaluated(query.replace("Missing2", "Events"), tables, NOW)
    assert tables.asked[0] == Window(start, end)


def test_a_query_with_words_of_others_gives_rows_or_the_error_of_a_query_and_nothing_else() -> None:
    dice = random.Random(11)
    texts = [*(query for query, _ in QUERIES), *(f"print x = {value}" for value, _ in VALUES)]
    written = [tokens_of(text)[:-1] for text in texts]
    alike: dict[str, list[str]] = {"sign": [], "name": [], "value": []}
    for token in (one for tokens in written for one in tokens):
        alike[token.what if token.what in alike else "value"].append(token.text)
    answered = 0
    for _ in range(900):
        words = [(one.text, one.what if one.what in alike else "value") for one in dice.choice(written)]
        for place in dice.choices(range(len(words)), k=2):
            kind = words[place][1]
            words[place] = (dice.choice(alike[kind]), kind)
        with contextlib.suppress(QueryFault):
            answered += bool(evaluated(" ".join(word for word, _ in words), Tables(), NOW, most_rows=50))
    assert answered > 60
