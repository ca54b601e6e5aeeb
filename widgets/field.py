"""A line to type into: Textual's Input without box, blink or a way for pasted control characters to the screen."""

from __future__ import annotations

from textual.widgets import Input

from widgets.bar import NO_TEXT
from widgets.safe import Safe, safe


class Field(Input):
    """One row of typed text. What is pasted goes through `safe` like all foreign text; `is_masked` shows dots."""

    DEFAULT_CSS = """
    Field, Field:focus {
        height: 1; border: none; padding: 0 1; background: $block-cursor-background; background-tint: transparent;
        color: $block-cursor-foreground;
        & > .input--cursor { background: $accent; color: $background; text-style: none; }
        & > .input--placeholder, & > .input--suggestion { color: $block-cursor-foreground 70%; }
    }
    """

    def __init__(
        self, value: str = "", placeholder: Safe = NO_TEXT, *, id: str | None = None, is_masked: bool = False
    ) -> None:
        super().__init__(value, placeholder, id=id, compact=True, select_on_focus=False, password=is_masked)
        self.cursor_blink = False
        self.lent: tuple[str, ...] = ()
        """Signs that are no text here but keys of the screen."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key is text here: signs that were lent are keys of whoever is around."""
        return character not in self.lent and super().check_consume_key(key, character)

    def validate_value(self, value: str) -> str:
        """What is typed, with invisible characters made visible."""
        return str(safe(value))

    @property
    def text(self) -> Safe:
        """What stands there."""
        return safe(self.value)
