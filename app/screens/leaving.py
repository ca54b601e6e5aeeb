"""How a screen over the deck closes: once, however many keys and clicks were on their way to it."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import Screen

T = TypeVar("T")


def leave(screen: Screen[T], result: T) -> None:
    """Close the screen with a result; nothing when it is closed already, which Textual would end the program for.

    Nothing, too, when another screen lies over it: Textual would close that one instead, and this one twice.
    """
    if screen.is_active:
        screen.dismiss(result)
