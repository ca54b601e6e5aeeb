"""One change at a time for each thing that is changed: nothing else of this process begins there meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager


class OneAtATime:
    """What is being changed now, by its ARM id in any case. Any thread may ask."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._guard = threading.Lock()

    @contextmanager
    def at(self, target: str) -> Generator[bool]:
        """Whether the target was free; while inside it is nobody else's. Nobody waits."""
        key = target.lower()
        with self._guard:
            is_free = key not in self._taken
            self._taken.add(key)
        try:
            yield is_free
        finally:
            if is_free:
                with self._guard:
                    self._taken.discard(key)
