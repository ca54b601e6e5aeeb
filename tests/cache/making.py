"""Hypothesis strategies for `Job`, mean ones included."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone

from hypothesis import strategies as st

from cache.codec import from_micros
from tests.cache.examples import Job, Money

# SQLite compares and searches a text only up to a NUL, so what follows one is left to test_codec.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
WORDS = st.sampled_from(
    [
        "",
        "a",
        "A",
        "Failed",
        "failed",
        "FAILED",
        "Completed",
        "it's",
        '"',
        "100%",
        "a_b",
        "é",
        "É",
        "ß",
        "ẞ",
        "日本語",
        "Straße",
        "STRASSE",
        "Kelvin 5\u212a",
        "éclair",
        'say "failed"',
        "adam",
        "x-adam-1",
    ]
)
ZONES = [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))]
MOMENTS = st.builds(
    lambda micros, zone: from_micros(micros).astimezone(zone), st.integers(0, 7 * 10**15), st.sampled_from(ZONES)
)
FLOATS = st.one_of(st.floats(allow_nan=False), st.sampled_from([0.0, 1.0, 1.5, -2.0, float("inf")]))
INTS = st.one_of(st.integers(-5, 5), st.integers())
AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9)
MONEY = st.builds(Money, AMOUNTS, st.sampled_from(["EUR", "USD"]))
PAIR_NAMES = st.sampled_from(["team", "Team", "lr", "a.b", "é", "with space", "x"])
PAIR_TEXTS = st.none() | WORDS | st.sampled_from(["0.01", "0.010", "1e3", "10", "nan", "-2", "1_000"]) | TEXTS


def maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


def jobs(ids: st.SearchStrategy[str]) -> st.SearchStrategy[Job]:
    return st.builds(
        Job,
        id=ids,
        name=WORDS | TEXTS,
        status=maybe(WORDS | TEXTS),
        stage=maybe(st.sampled_from(["new", "old"])),
        nodes=maybe(INTS),
        duration=maybe(FLOATS),
        is_archived=maybe(st.booleans()),
        started=maybe(MOMENTS),
        cost=maybe(MONEY),
        flavors=st.lists(WORDS | TEXTS, max_size=3).map(tuple),
        numbers=maybe(st.lists(st.integers(-(2**60), 2**60), max_size=3).map(tuple)),
        tags=st.dictionaries(PAIR_NAMES | TEXTS, PAIR_TEXTS, max_size=3),
        params=maybe(st.dictionaries(PAIR_NAMES, PAIR_TEXTS, max_size=3)),
        metrics=st.dictionaries(PAIR_NAMES, FLOATS, max_size=3),
    )


UNIQUE_JOBS = st.lists(jobs(st.uuids().map(str) | TEXTS), max_size=12, unique_by=lambda job: job.id)
