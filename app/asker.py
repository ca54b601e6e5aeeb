"""A container that asks what takes long on a worker, and gets the answer as a message: keys never wait for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.containers import Vertical
from textual.message import Message


class Asker(Vertical):
    """Has `ask`. An answer that comes when the container is gone is dropped."""

    class Answered(Message, bubble=False):
        """A worker is done; `then` takes what it gave."""

        def __init__(self, then: Callable[[Any], None], value: Any) -> None:
            self.then = then
            self.value = value
            super().__init__()

    def ask(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Do `work` on a worker, then hand what it gives to `then` on the event loop."""
        self.run_worker(lambda: self.post_message(self.Answered(then, work())), thread=True)

    def on_asker_answered(self, event: Answered) -> None:
        """A worker is done."""
        event.then(event.value)
