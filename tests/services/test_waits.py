"""How long Azure asks to wait, in each of its ways of asking."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.waits import wait_asked

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "headers", "sentence", "wait"),
    [
        (200, {"retry-after": "5"}, "", None),
        (429, {}, "", None),
        (429, {"retry-after": "5"}, "", 5),
        (503, {"retry-after": "1.5"}, "", 1.5),
        (429, {"retry-after": "Sat, 21 Nov 2026 12:00:30 GMT"}, "", 30),
        (429, {"retry-after": "Sat, 21 Nov 2026 11:00:00 GMT"}, "", 0),
        (429, {"retry-after": "soon"}, "", None),
        (429, {"retry-after": "inf"}, "", None),
        (429, {"retry-after": "-inf"}, "", None),
        (429, {"retry-after": "nan"}, "", None),
        (429, {"retry-after": "-1"}, "", None),
        (429, {"retry-after": ""}, "", None),
        (429, {"retry-after": "1e10"}, "", 86_400),
        (429, {"retry-after": "9" * 400}, "", None),
        (429, {"retry-after": "Sat, 99 Nov 2026 12:00:30 GMT"}, "", None),
        (429, {"x-ms-retry-after-ms": "1500"}, "", 1.5),
        (429, {"x-ms-ratelimit-a-retry-after": "10", "x-ms-ratelimit-b-retry-after": "60", "retry-after": "5"}, "", 60),
        (503, {"x-ms-ratelimit-a-retry-after": "10"}, "", None),
        (429, {"x-ms-user-quota-resets-after": "00:00:05"}, "", 5),
        (429, {}, "Retry again after 20 seconds.", 20),
        (429, {}, "Please try again in 2 minutes.", 120),
        (429, {"retry-after": "3"}, "Retry again after 20 seconds.", 3),
    ],
)
def test_the_wait_that_is_asked_for(status: int, headers: dict[str, str], sentence: str, wait: float | None) -> None:
    assert wait_asked(status, headers, sentence, now=NOW) == wait
