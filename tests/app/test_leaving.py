"""Screens over the deck close once, and only when they are on top."""

from __future__ import annotations

from textual.app import App
from textual.screen import ModalScreen, Screen

from app.screens.leaving import leave


async def test_a_screen_closes_once_however_often_it_is_told_to() -> None:
    app, below = App[None](), Screen[str]()
    given: list[str | None] = []
    async with app.run_test() as pilot:
        app.push_screen(below, given.append)
        await pilot.pause()
        leave(below, "first")
        leave(below, "second")
        await pilot.pause()
        assert len(app.screen_stack) == 1
    assert given == ["first"]


async def test_a_screen_under_another_one_is_not_left() -> None:
    app, below, above = App[None](), Screen[str](), ModalScreen[None]()
    given: list[str | None] = []
    async with app.run_test() as pilot:
        app.push_screen(below, given.append)
        app.push_screen(above)
        await pilot.pause()
        leave(below, "too late")
        await pilot.pause()
        assert app.screen is above
        leave(above, None)
        leave(below, "now")
        await pilot.pause()
    assert given == ["now"]
