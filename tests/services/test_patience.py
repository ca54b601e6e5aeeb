"""Who asks for something that may hang waits as long as agreed, and no thread piles up behind it."""

from __future__ import annotations

import threading

import pytest

from services.patience import GivenUp, Patience, TookTooLong


def test_what_comes_in_time_is_given_or_raised() -> None:
    patience = Patience("test")
    assert patience.call(lambda: 7, 20).value == 7
    failed = patience.call(lambda: 1 // 0, 20)
    assert isinstance(failed.error, ZeroDivisionError)
    with pytest.raises(ZeroDivisionError):
        _ = failed.value


def test_the_thread_is_a_daemon_so_that_the_program_can_end() -> None:
    assert Patience("test").call(lambda: threading.current_thread().daemon, 20).value


def test_who_waits_too_long_is_told_and_the_next_call_waits_for_the_first() -> None:
    patience, is_free, calls = Patience("piling"), threading.Event(), list[int]()
    with pytest.raises(TookTooLong):
        patience.call(is_free.wait, 0.01)
    assert patience.is_hanging
    for _ in range(5):
        with pytest.raises(TookTooLong):
            patience.call(lambda: calls.append(1), 0.01)
    assert calls == []
    assert sum(thread.name == "piling" for thread in threading.enumerate()) == 1
    is_free.set()
    patience.call(lambda: calls.append(2), 20)
    assert calls == [2]
    assert not patience.is_hanging


def test_giving_up_ends_the_waiting() -> None:
    is_free = threading.Event()
    with pytest.raises(GivenUp):
        Patience("test").call(is_free.wait, 1_000, stop=lambda: True)
    is_free.set()


def test_who_waits_behind_another_can_give_up_too() -> None:
    patience, is_free, has_begun = Patience("test"), threading.Event(), threading.Event()

    def work() -> None:
        has_begun.set()
        is_free.wait()

    first = threading.Thread(target=patience.call, args=(work, 1_000))
    first.start()
    has_begun.wait(20)
    with pytest.raises(GivenUp):
        patience.call(lambda: None, 1_000, stop=lambda: True)
    is_free.set()
    first.join()
