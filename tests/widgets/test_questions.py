"""Questions under each other: enter goes on, a wrong answer is said while it is typed."""

from pathlib import Path

from textual import on
from textual.app import App, ComposeResult
from textual.events import Key
from textual.widgets import Static

import app
from widgets.drawn_lines import content
from widgets.lines import say
from widgets.questions import Asked, Options, Questions
from widgets.safe import Safe, plain
from widgets.theme import DARK, palette, use_themes


def number(text: str) -> Safe | None:
    return None if text.isdigit() else plain("A whole number.")


ASKED = (
    Asked("instances", plain("Instances"), number, "2", plain("how many machines")),
    Asked("size", plain("Size"), lambda text: None, "large", choices=(plain("small"), plain("large"))),
)


class Stage(App[None]):
    CSS_PATH = str(Path(app.__file__).parent / "deck.tcss")

    def __init__(self, asked: tuple[Asked, ...] = ASKED) -> None:
        super().__init__()
        use_themes(self, DARK)
        self._asked = asked
        self.given: list[dict[str, str]] = []

    def compose(self) -> ComposeResult:
        yield Questions(self._asked)

    @on(Questions.Answered)
    def _answered(self, event: Questions.Answered) -> None:
        self.given.append(event.answers)

    @property
    def text(self) -> str:
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips(self.size))


async def test_enter_goes_from_question_to_question_and_gives_all_answers() -> None:
    stage = Stage()
    async with stage.run_test(size=(64, 16)) as pilot:
        await pilot.press("backspace", "4", "enter")
        assert stage.given == []
        await pilot.press("left", "enter")
        await pilot.pause()
        assert stage.given == [{"instances": "4", "size": "small"}]


async def test_what_is_wrong_is_said_under_the_field_and_holds_enter() -> None:
    stage = Stage()
    async with stage.run_test(size=(64, 16)) as pilot:
        await pilot.pause()
        assert "how many machines" in stage.text
        await pilot.press("x")
        await pilot.pause()
        assert "A whole number." in stage.text
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert stage.given == []
        assert not stage.query_one(Options).has_focus


async def test_a_field_that_is_still_empty_is_told_what_it_needs_and_not_that_it_is_wrong() -> None:
    stage = Stage()
    async with stage.run_test(size=(64, 16)) as pilot:
        said = stage.query(".said").first(Static)
        colours = palette(DARK)
        await pilot.press("x")
        await pilot.pause()
        assert said.content == content(say(plain("A whole number."), "warn"), colours, "surface")
        await pilot.press("ctrl+u")
        await pilot.pause()
        assert said.content == content(say(plain("A whole number."), "muted"), colours, "surface")


async def test_tab_goes_round() -> None:
    stage = Stage()
    async with stage.run_test(size=(64, 16)) as pilot:
        await pilot.press("tab")
        assert stage.query_one(Options).has_focus
        await pilot.press("tab", "8")
        await pilot.pause()
        assert stage.query_one(Questions).answers["instances"] == "28"


async def test_enter_that_comes_before_the_letters_are_typed_gives_what_they_make() -> None:
    stage = Stage((ASKED[0],))
    async with stage.run_test(size=(64, 16)) as pilot:
        for key in ("4", "8", "enter"):
            stage.post_message(Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        assert stage.given == [{"instances": "248"}]
