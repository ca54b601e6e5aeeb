"""The filter language: what a text means, and what is said about one that means nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.codec import to_micros
from cache.query import fields, parse
from cache.tree import AnyOf, Contains, Equals, Has, Matches, Not, Range, Term, Word
from tests.cache.examples import JOBS, NOW, later

DAY = 86_400_000_000
MIDNIGHT = to_micros(NOW) - DAY // 2


def meant(text: str) -> tuple[Term, ...]:
    found = parse(text, JOBS, now=NOW)
    assert found.problems == ()
    return found.clauses


def number(field: str, value: float, reach: str = "") -> Range:
    return Range(field, value, value, reach=reach)


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("", ()),
        ("   ", ()),
        ("bert", (Word("bert"),)),
        ("bert large", (Word("bert"), Word("large"))),
        ('"bert large"', (Word("bert large"),)),
        ('"a:b"', (Word("a:b"),)),
        (r'"say \"hi\""', (Word('say "hi"'),)),
        (r'"C:\temp"', (Word(r"C:\temp"),)),
        ("!bert", (Not(Word("bert")),)),
        ("!!bert", (Word("bert"),)),
        ("status:fail", (Contains("status", "fail"),)),
        ("STATUS:Fail", (Contains("status", "Fail"),)),
        ("status=Failed", (Equals("status", "Failed"),)),
        ("status=failed,canceled", (AnyOf((Equals("status", "failed"), Equals("status", "canceled"))),)),
        ('name="a, b",c', (AnyOf((Equals("name", "a, b"), Equals("name", "c"))),)),
        ("status!=failed", (Not(Equals("status", "failed")),)),
        ("!status:failed", (Not(Contains("status", "failed")),)),
        ('name:"a b"', (Contains("name", "a b"),)),
        ('name=""', (Equals("name", ""),)),
        ("status:failed | status:canceled", (AnyOf((Contains("status", "failed"), Contains("status", "canceled"))),)),
        ("a b|c d", (Word("a"), AnyOf((Word("b"), Word("c"))), Word("d"))),
        ("nodes>4", (Range("nodes", low=4, has_low=False),)),
        ("nodes>=4", (Range("nodes", low=4),)),
        ("nodes<4", (Range("nodes", high=4, has_high=False),)),
        ("nodes<=4", (Range("nodes", high=4),)),
        ("nodes:4", (number("nodes", 4),)),
        ("nodes=1,2", (AnyOf((number("nodes", 1), number("nodes", 2))),)),
        ("dur>2h", (Range("duration", low=7200, has_low=False),)),
        ("duration<=1.5d", (Range("duration", high=129_600.0),)),
        ("dur>2h30m", (Range("duration", low=9000, has_low=False),)),
        ('dur<="1h 04m"', (Range("duration", high=3840),)),
        ("duration>90", (Range("duration", low=90, has_low=False),)),
        ("is_archived:yes", (number("is_archived", 1),)),
        ("is_archived=False", (number("is_archived", 0),)),
        ("flavors:onnx", (Contains("flavors", "onnx"),)),
        ("has:cost", (Has("cost"),)),
        ("has:tag.team", (Has("tags", "team"),)),
        ("status:none", (Not(Has("status")),)),
        ("status=none", (Not(Has("status")),)),
        ("status!=none", (Has("status"),)),
        ("!status:none", (Not(Not(Has("status"))),)),
        ('status:"none"', (Contains("status", "none"),)),
        ("tag.team:core", (Contains("tags", "core", "team"),)),
        ("tags.team:core", (Contains("tags", "core", "team"),)),
        ("tag.team=core", (Equals("tags", "core", "team"),)),
        ("tags:core", (Contains("tags", "core"),)),
        ('tag."a b":c', (Contains("tags", "c", "a b"),)),
        ("tag.mlflow.user:x", (Contains("tags", "x", "mlflow.user"),)),
        ("param.lr<0.01", (Range("params", high=0.01, has_high=False, reach="lr"),)),
        ("param.lr=0.01", (AnyOf((Equals("params", "0.01", "lr"), number("params", 0.01, "lr"))),)),
        ("param.lr:0.0", (Contains("params", "0.0", "lr"),)),
        ("metric.auc>0.9", (Range("metrics", low=0.9, has_low=False, reach="auc"),)),
        ("metric.auc:0.9", (number("metrics", 0.9, "auc"),)),
        ("param.lr:none", (Not(Has("params", "lr")),)),
        ("name~^a", (Matches("name", "^a"),)),
        ("name!~^a", (Not(Matches("name", "^a")),)),
        ("!!name!~a|b", (Not(Matches("name", "a|b")),)),
        ("tag.team~^a", (Matches("tags", "^a", "team"),)),
        ("param.optimizer~adam|sgd x", (Matches("params", "adam|sgd", "optimizer"), Word("x"))),
        ("name~a|b | x", (AnyOf((Matches("name", "a|b"), Word("x"))),)),
        ("name~a| x", (AnyOf((Matches("name", "a"), Word("x"))),)),
        ('name~"a b|c"', (Matches("name", "a b|c"),)),
        (r'name~"\d\"\\."', (Matches("name", r'\d"\.'),)),
    ],
)  # fmt: skip
def test_a_filter_means_what_the_manual_says(text: str, clauses: tuple[Term, ...]) -> None:
    assert meant(text) == clauses


def of(field: str, low: int | None = None, high: int | None = None, **rest: Any) -> tuple[Range]:
    return (Range(field, low, high, **rest),)


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("created<1d12h", of("started", low=to_micros(later(hours=-36)), has_low=False)),
        ("created<24h", of("started", low=to_micros(later(hours=-24)), has_low=False)),
        ("created<=7d", of("started", low=to_micros(later(days=-7)))),
        ("created>2w", of("started", high=to_micros(later(weeks=-2)), has_high=False)),
        ("created>=90m", of("started", high=to_micros(later(minutes=-90)))),
        ("started:today", of("started", MIDNIGHT, MIDNIGHT + DAY, has_high=False)),
        ("started=yesterday", of("started", MIDNIGHT - DAY, MIDNIGHT, has_high=False)),
        ("started:2026-11-01", of("started", MIDNIGHT, MIDNIGHT + DAY, has_high=False)),
        ("started:2026-11", of("started", MIDNIGHT, MIDNIGHT + 30 * DAY, has_high=False)),
        ("started:2026", of("started", MIDNIGHT - 304 * DAY, MIDNIGHT + 61 * DAY, has_high=False)),
        ("started>2026-11-01", of("started", low=MIDNIGHT + DAY)),
        ("started>=2026-11-01", of("started", low=MIDNIGHT)),
        ("started<2026-11-01", of("started", high=MIDNIGHT, has_high=False)),
        ("started<=2026-11-01", of("started", high=MIDNIGHT + DAY, has_high=False)),
        ("started>=2026-11-01T06", of("started", low=MIDNIGHT + DAY // 4)),
        ("started>2026-11-01T06:30", of("started", low=MIDNIGHT + DAY // 4 + 31 * 60_000_000)),
        ("started>=2026-11-01T06:30:15Z", of("started", low=MIDNIGHT + DAY // 4 + 1_815_000_000)),
        ("started>=2026-11-01T02+02:00", of("started", low=MIDNIGHT)),
        ("cost>50", of("cost", low=50_000_000, has_low=False)),
        ("cost>$50", of("cost", low=50_000_000, has_low=False, currency="USD")),
        ("cost<=€0.5", of("cost", high=500_000, currency="EUR")),
        ("cost>=12.5eur", of("cost", low=12_500_000, currency="EUR")),
        ("cost=1.23", of("cost", 1_230_000, 1_230_000)),
        ("cost=0.0000001", of("cost", 1, 0)),
        ("cost>0.0000001", of("cost", low=0, has_low=False)),
        ("cost<0.0000001", of("cost", high=1, has_high=False)),
    ],
)  # fmt: skip
def test_times_and_money_become_integers(text: str, clauses: tuple[Term, ...]) -> None:
    assert meant(text) == clauses


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("colour:red", (0, 10), "There is no field colour: put it in quotes to look for the text."),
        ("stauts:failed", (0, 13), "There is no field stauts: did you mean status?"),
        ("bert status: x", (5, 12), "status needs a value."),
        ("nodes>many", (0, 10), "nodes needs a number, such as 4 or 0.5."),
        ("nodes>2h", (0, 8), "nodes needs a number, such as 4 or 0.5."),
        ("dur>30m2h", (0, 9), "dur needs a number, such as 4 or 0.5, or a duration, such as 2h."),
        ("is:here", (0, 7), "is: takes gone, for what the service no longer lists."),
        ("metric.>4", (0, 9), "metric. needs a name and a condition, such as metric.name=value."),
        ("dur>soon", (0, 8), "dur needs a number, such as 4 or 0.5, or a duration, such as 2h."),
        ("created<24", (0, 10), "created needs an age, such as <24h, or a date, such as 2026-01-31."),
        ("created:24h", (0, 11), "created needs < or > before an age: started<24h."),
        ("created>2026-13-01", (0, 18), "created is no date of the calendar."),
        ("created>9999", (0, 12), "created is no date of the calendar."),
        ("cost>lots", (0, 9), "cost needs an amount, such as 50, $50 or 50EUR."),
        ("cost>$5€", (0, 8), "cost needs an amount, such as 50, $50 or 50EUR."),
        ("is_archived:maybe", (0, 17), "is_archived needs yes or no."),
        ("status>a", (0, 8), "status is no number: use : or =."),
        ("a status~(fail b", (2, 14), "status has a ( without its )."),
        ("status~a)", (0, 9), "status has a ) without its (."),
        ("status~[z-a]", (0, 12), "status has no such set of characters as z-a."),
        ("status~*a", (0, 9), "status repeats nothing at *."),
        ("status~a{2000}", (0, 14), "status repeats too often at {2000}."),
        (r"status~(a)\1", (0, 12), r"status has no such escape as \1."),
        ("status~a(?=b)", (0, 13), "status cannot look around or behind: (?=."),
        ("status~", (0, 7), "status needs a value."),
        ("nodes~4", (0, 7), "nodes is no text to match: use = or <."),
        ("metric.auc~4", (0, 12), "metric.auc is no text to match: use = or <."),
        ("status.x:1", (0, 10), "status has no names in it, so status.x says nothing."),
        ("tags>4", (0, 6), "tags needs a name to compare, such as tag.name."),
        ("has:colour", (0, 10), "There is no field colour: put it in quotes to look for the text."),
        ("has:", (0, 4), "has: needs a field."),
        ("!", (0, 1), "! needs a term after it."),
        ('a "b c', (2, 6), "The quote is not closed."),
        ("| a", (0, 1), "| needs a term on each side."),
        ("a |", (2, 3), "| needs a term on each side."),
        ("a || b", (3, 4), "| needs a term on each side."),
        ("x" * 1001, (0, 1001), "A term of more than 1000 characters is not looked for."),
    ],
)  # fmt: skip
def test_a_clause_that_means_nothing_is_a_problem_with_its_place(
    text: str, place: tuple[int, int], message: str
) -> None:
    (problem,) = parse(text, JOBS, now=NOW).problems
    assert ((problem.start, problem.end), problem.message) == (place, message)


def test_the_rest_applies_when_a_clause_means_nothing() -> None:
    found = parse("bert colour:red status:failed", JOBS, now=NOW)
    assert found.clauses == (Word("bert"), Contains("status", "failed"))
    assert len(found.problems) == 1


def test_an_endless_filter_is_cut_and_says_so() -> None:
    found = parse("a " * 5000, JOBS, now=NOW)
    assert len(found.clauses) == 100
    assert found.problems[0].message == "Only the first 100 terms are applied."


def test_completion_is_offered_fields_other_names_and_reaches() -> None:
    offered = fields(JOBS)
    assert {"status", "dur", "tag.", "param.", "metric.", "has"} <= set(offered)


@given(st.text(max_size=60) | st.text('ab:=<>!|~" .,$hd0123456789-', max_size=40))
def test_any_text_at_all_gives_a_query_whose_problems_lie_in_it(text: str) -> None:
    for problem in parse(text, JOBS, now=NOW).problems:
        assert 0 <= problem.start < problem.end <= len(text)
        assert problem.message.endswith((".", "?"))


@pytest.mark.parametrize(
    "text", ["!" * 999 + "a", "|" * 5000, '"' * 999, "a=" + "b," * 400, "nodes>1e999", "cost>1e999"]
)
def test_hostile_filters_are_answered(text: str) -> None:
    parse(text, JOBS, now=NOW)
