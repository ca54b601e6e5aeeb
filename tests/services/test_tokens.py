"""Tokens: one request per scope and hour, however many threads, and no storm of failing processes."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from services.connection import Call, Connection
from services.errors import NotSignedIn
from services.tokens import REFRESH_EARLY, CachingCredential
from tests.services.answering import Azure, InstantClock, as_json
from tests.services.hostile import ARM


class Slow:
    """Gives tokens slowly, and says when several asked at once."""

    def __init__(self, *, lifetime: float = 3600, failures: int = 0) -> None:
        self.asked: Counter[str] = Counter()
        self.lifetime = lifetime
        self.failures = failures

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        self.asked[scopes[0]] += 1
        time.sleep(0.02)
        if self.failures:
            self.failures -= 1
            raise ClientAuthenticationError("Please run 'az login' to set up an account")
        return AccessToken(f"token {self.asked[scopes[0]]}", int(1_000_000 + self.lifetime))


def test_many_threads_asking_at_once_start_one_request_per_scope() -> None:
    slow = Slow()
    credential = CachingCredential(slow, epoch=lambda: 1_000_000.0)
    threads = [threading.Thread(target=credential.get_token, args=(f"scope {n % 2}",)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert slow.asked == {"scope 0": 1, "scope 1": 1}


def test_a_token_is_renewed_five_minutes_before_its_end_and_not_sooner() -> None:
    at = [1_000_000.0]
    slow = Slow(lifetime=3600)
    credential = CachingCredential(slow, epoch=lambda: at[0])
    credential.get_token("s")
    at[0] += 3600 - REFRESH_EARLY - 1
    credential.get_token("s")
    assert slow.asked["s"] == 1
    at[0] += 2
    credential.get_token("s")
    assert slow.asked["s"] == 2


def test_a_failed_renewal_uses_the_old_token_while_it_lasts() -> None:
    at = [1_000_000.0]
    slow = Slow(lifetime=3600)
    credential = CachingCredential(slow, epoch=lambda: at[0])
    first = credential.get_token("s")
    at[0] += 3600 - 100
    slow.failures = 1
    assert credential.get_token("s") is first


def test_a_failed_sign_in_is_not_repeated_by_every_thread() -> None:
    slow = Slow(failures=99)
    clock = InstantClock()
    credential = CachingCredential(slow, clock=clock)
    for _ in range(5):
        with pytest.raises(ClientAuthenticationError):
            credential.get_token("s")
    assert slow.asked["s"] == 1
    clock.at += 6
    with pytest.raises(ClientAuthenticationError):
        credential.get_token("s")
    assert slow.asked["s"] == 2


@pytest.mark.parametrize(
    "error", [ClientAuthenticationError("AADSTS70043: The refresh token has expired"), OSError("az")]
)
def test_no_token_is_told_as_not_signed_in(error: Exception) -> None:
    class Refusing:
        def get_token(self, *scopes: str) -> AccessToken:
            raise error

    azure = Azure(lambda _: as_json({}))
    connection = Connection(Refusing(), transport=azure.connection._transport)  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(NotSignedIn, match="amldeck sign-in"):
        connection.read(Call(url=f"{ARM}/x"))
    assert azure.asked == []
