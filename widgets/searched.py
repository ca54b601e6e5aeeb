"""A panel of lines with a search that is typed under it: the typing, its keys and its line, not what is found."""

from __future__ import annotations

from textual import events

from widgets.editing import Editing
from widgets.line_cut import change_line
from widgets.lines import ends, say
from widgets.pane import Line, Span, Tone
from widgets.safe import Safe, plain
from widgets.scroll import LinePanel


class Searched(LinePanel):
    """Lines and a search. Subclasses give `look_for` and `typed_out`, and put `search_line` at their foot."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._typing: Editing | None = None

    def look_for(self, text: Safe) -> None:
        """Another text is typed; what it finds is shown while it is."""
        raise NotImplementedError

    def typed_out(self, *, is_wanted: bool) -> None:
        """The typing has ended: with enter, or with esc, which wants no search at all."""
        raise NotImplementedError

    def type_search(self, text: Safe) -> None:
        """Begin to type, behind what is looked for already."""
        self._typing = Editing()
        self._typing.begin(text)
        self.repaint()

    def on_key(self, event: events.Key) -> None:
        """Typing what to search for."""
        if self._typing is None:
            return
        if event.key in ("enter", "escape"):
            self._typing = None
            self.typed_out(is_wanted=event.key == "enter")
        elif event.is_printable and event.character:
            self._typing.insert(event.character)
            self.look_for(self._typing.text)
        elif self._typing.press(event.key):
            self.look_for(self._typing.text)
        else:
            return
        event.stop()
        event.prevent_default()
        self.repaint()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While typing, letters are text and no keys."""
        return self._typing is not None and character is not None and character.isprintable()

    def search_line(self, sign: Safe, looked_for: Safe, said: Safe, tone: Tone = "muted") -> Line:
        """What is typed, with its caret, or what is looked for; and what came of it at the right end."""
        typed = self._typing
        text: Line = (Span(looked_for if typed is None else typed.text, "text"),)
        if typed is not None:
            text = change_line((*text, Span(plain(" "))), typed.at, typed.at + 1, _caret)
        return ends((Span(sign, "accent", bold=True), *text), say(said, tone), self.size.width)


def _caret(span: Span) -> Span:
    return span._replace(tone="accent", bold=True, underline=True)
