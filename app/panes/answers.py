"""What is wrong with an answer while it is typed: the verb itself knows, and says it in a sentence."""

from __future__ import annotations

from collections.abc import Callable

from services.errors import ServiceError


def wrong(read: Callable[[], object]) -> str | None:
    """Return the sentence with which reading an answer is refused; None when it is not."""
    try:
        read()
    except ServiceError as error:
        return str(error)
    return None
