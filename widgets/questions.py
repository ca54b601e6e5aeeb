"""Several short questions at once: a field or a short choice each, and under it what is wrong with the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Static

from widgets.bar import NO_TEXT
from widgets.drawn_lines import content, strip
from widgets.field import Field
from widgets.lines import NO_LINE, say, spaced
from widgets.safe import Safe
from widgets.theme import palette_of


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. `check` gives the sentence that says what is wrong with an answer, None when nothing is."""

    name: str
    label: Safe
    check: Callable[[str], Safe | None]
    start: str = ""
    hint: Safe = NO_TEXT
    choices: tuple[Safe, ...] = ()


class Options(Widget, can_focus=True):
    """A short choice on one row: left and right change it."""

    DEFAULT_CSS = "Options { height: 1; width: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space,l", "move(1)", show=False),
        Binding("left,h", "move(-1)", show=False),
    ]

    def __init__(self, choices: Sequence[Safe], start: str) -> None:
        super().__init__()
        self._choices = tuple(choices)
        self._at = next((index for index, one in enumerate(self._choices) if one == start), 0)

    @property
    def value(self) -> str:
        """What is chosen."""
        return str(self._choices[self._at])

    def action_move(self, by: int) -> None:
        """Choose the one beside it."""
        self._at = (self._at + by) % len(self._choices)
        self.refresh()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The row says where keys go."""
        super().watch_has_focus(has_focus)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The row."""
        shown = [
            say(choice, "accent" if index == self._at else "muted", bold=index == self._at, underline=index == self._at)
            for index, choice in enumerate(self._choices)
        ]
        on = "cursor" if self.has_focus else "surface"
        return strip((*say(Safe(" ")), *spaced(shown, 3)), self.size.width, palette_of(self), on)


class Questions(Vertical):
    """The questions under each other. Enter goes to the next one; at the end, when nothing is wrong, it is `Answered`.

    It posts `Changed` after every key, for whoever says whether enter would go on.
    """

    DEFAULT_CSS = """
    Questions { height: auto; & > .label, & > .said { height: 1; } & > .said { height: auto; min-height: 1; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,down", "go(1)", show=False, priority=True),
        Binding("shift+tab,up", "go(-1)", show=False, priority=True),
        Binding("enter", "enter", show=False, priority=True),
    ]

    class Answered(Message):
        """Everything is answered."""

        def __init__(self, answers: dict[str, str]) -> None:
            self.answers = answers
            super().__init__()

    class Changed(Message):
        """An answer is another now."""

    def __init__(self, asked: Sequence[Asked], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._asked = tuple(asked)
        self._askers: tuple[Field | Options, ...] = tuple(
            Options(one.choices, one.start) if one.choices else Field(one.start) for one in asked
        )

    def compose(self) -> ComposeResult:
        """Label, answer and sentence of each."""
        for one, asker in zip(self._asked, self._askers, strict=True):
            yield Static(content(say(one.label, "muted"), palette_of(self), "surface"), classes="label")
            yield asker
            yield Static(classes="said", markup=False)

    def on_mount(self) -> None:
        """Ready to type into the first."""
        self._askers[0].focus()
        self._say()

    @property
    def answers(self) -> dict[str, str]:
        """The answers as they are now, by name."""
        return {one.name: asker.value.strip() for one, asker in zip(self._asked, self._askers, strict=True)}

    @property
    def problems(self) -> list[Safe | None]:
        """What is wrong with each answer."""
        return [one.check(self.answers[one.name]) for one in self._asked]

    def action_go(self, by: int) -> None:
        """To the next question, or the one before."""
        self._askers[(self._here + by) % len(self._askers)].focus()

    def action_enter(self) -> None:
        """Go on: to the next question, or away when all are answered well; to the first that is not otherwise."""
        if self._here < len(self._askers) - 1:
            self.action_go(1)
        else:
            # Enter arrives here at once while letters wait for the field: it is meant for the answer they make.
            self._askers[self._here].call_later(self._answer)

    def _answer(self) -> None:
        wrong = next((index for index, problem in enumerate(self.problems) if problem is not None), None)
        if wrong is None:
            self.post_message(self.Answered(self.answers))
        else:
            self._askers[wrong].focus()
            self._say()

    @property
    def _here(self) -> int:
        return next((index for index, asker in enumerate(self._askers) if asker.has_focus), 0)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._say()
        self.post_message(self.Changed())

    def _say(self) -> None:
        """The sentence under each answer: what is wrong with it, else what may be typed."""
        for one, problem, said in zip(self._asked, self.problems, self.query(".said").results(Static), strict=True):
            # Nothing was typed yet, so nothing is wrong yet: it says what is needed.
            tone = "warn" if self.answers[one.name] else "muted"
            line = say(problem, tone) if problem is not None else say(one.hint, "muted") if one.hint else NO_LINE
            said.update(content(line, palette_of(self), "surface"))
