"""A container that asks what takes long on a thread, and gets the answer as a message: keys never wait for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import Any

from textual.containers import Vertical
from textual.message import Message

from cache.errors import CacheClosed
from services.patience import Outcome


class Asker(Vertical):
    """Has `ask`. An answer that comes when the container is gone is dropped."""

    class Answered(Message, bubble=False):
        """The work is done; `then` takes what it gave."""

        def __init__(self, then: Callable[[Any], None], value: Any) -> None:
            self.then = then
            self.value = value
            super().__init__()

    def ask(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Do `work` on a thread of its own, then hand what it gives to `then` on the event loop.

        Whoever leaves the deck does not wait for it. What it raises ends the deck, as any fault in it does.
        """
        # As a function: a coroutine that the end of the deck comes before would be complained about on the terminal.
        self.run_worker(partial(self._answer, work, then))

    async def _answer(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        outcome: Outcome[Any] = Outcome()
        loop, is_there = asyncio.get_running_loop(), asyncio.Event()

        def run() -> None:
            outcome.run(work)
            with suppress(RuntimeError):  # the deck was left, and its loop is closed
                loop.call_soon_threadsafe(is_there.set)

        # Textual's own thread workers are waited for when the program ends, however long Azure keeps them.
        threading.Thread(target=copy_context().run, args=(run,), name="ask", daemon=True).start()
        await is_there.wait()
        with suppress(CacheClosed):  # the deck was left while it read: nobody waits for this
            self.post_message(self.Answered(then, outcome.value))

    def on_asker_answered(self, event: Answered) -> None:
        """The work is done. What comes as the program ends finds no rows to be shown in."""
        if self.app.is_running:  # pyright: ignore[reportUnknownMemberType]
            event.then(event.value)
