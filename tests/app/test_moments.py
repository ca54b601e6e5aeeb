"""Which moment somebody means who asks for another time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.triaging.moments import NoMoment, moment_of

NOW = datetime(2026, 11, 27, 14, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("13:58", "2026-11-27T13:58:00"),
        ("23:10", "2026-11-26T23:10:00"),
        ("20m", "2026-11-27T13:47:30"),
        ("20m ago", "2026-11-27T13:47:30"),
        ("2026-11-27 13:58", "2026-11-27T13:58:00"),
        ("2026-11-27 13:58+02:00", "2026-11-27T11:58:00"),
    ],
)
def test_a_moment_is_told_from_a_time_of_day_an_age_or_a_date(text: str, at: str) -> None:
    assert moment_of(text, NOW).isoformat() == f"{at}+00:00"


def test_a_time_without_a_zone_is_local_where_the_deck_shows_local_times() -> None:
    for text in ("13:58", "2026-11-26 13:58"):
        assert moment_of(text, NOW, is_local=True).astimezone().strftime("%H:%M") == "13:58"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Say when"), ("soon", "no time"), ("25:00", "no such time"), ("2026-13-01", "no time"),
        ("-5m", "not been"), ("2026-11-28", "not been"), ("900d", "a year ago"), ("99999999999d", "a year ago"),
        ("0001-01-01", "a year ago"),
    ],
)  # fmt: skip
def test_what_is_no_moment_gets_a_sentence(text: str, said: str) -> None:
    with pytest.raises(NoMoment, match=said):
        moment_of(text, NOW)
