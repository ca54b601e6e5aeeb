"""What takes long is asked apart from the keys, and apart from leaving."""

from __future__ import annotations

import asyncio
import threading

import pytest
from textual.app import App, ComposeResult

from app.asker import Asker

LONG = 20.0


class Asking(App[None]):
    """Nothing but a container that asks."""

    def compose(self) -> ComposeResult:
        yield Asker()


def test_leaving_does_not_wait_for_what_is_still_being_asked() -> None:
    begun, let_go, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        let_go.wait(LONG)
        ended.set()

    async def ask_and_leave() -> None:
        app = Asking()
        async with app.run_test():
            app.query_one(Asker).ask(work, lambda _: None)
            await asyncio.to_thread(begun.wait, LONG)
            app.exit()

    asyncio.run(ask_and_leave())
    was_waited_for = ended.is_set()
    let_go.set()
    assert begun.is_set()
    assert not was_waited_for


async def test_an_answer_comes_on_the_event_loop() -> None:
    app = Asking()
    taken: list[tuple[str, threading.Thread]] = []
    asked: list[threading.Thread] = []

    def work() -> str:
        asked.append(threading.current_thread())
        return "an answer"

    async with app.run_test() as pilot:
        app.query_one(Asker).ask(work, lambda value: taken.append((value, threading.current_thread())))
        await app.workers.wait_for_complete()
        await pilot.pause()
    assert taken == [("an answer", threading.current_thread())]
    assert asked != [threading.current_thread()]


async def test_a_fault_in_what_is_asked_ends_the_deck_like_any_other() -> None:
    app = Asking()

    def work() -> None:
        raise ZeroDivisionError("a fault of ours")

    async def ask() -> None:
        async with app.run_test():
            app.query_one(Asker).ask(work, lambda _: None)
            await app.workers.wait_for_complete()

    with pytest.raises(Exception, match="a fault of ours"):
        await ask()
