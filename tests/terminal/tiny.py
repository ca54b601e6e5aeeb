"""The smallest deck: a stand-in for `app.__main__` and the real deck, to test launch, driver and harness with."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from app.driver import driver_class
from app.first_paint import screen_lines

HOSTILE = "evil \x1b]52;c;ZXZpbA==\x1b\\ \x1bPq\x1b\\ \x9b31m end"


class Tiny(App[None]):
    """Counts the keys it hears, and misbehaves when asked."""

    BINDINGS = (
        Binding("q", "quit"),
        Binding("j", "hear"),
        Binding("escape", "hear"),
        Binding("h", "hostile"),
        Binding("c", "copy"),
        Binding("x", "crash"),
        Binding("s", "stall"),
        Binding("w", "write_screen"),
    )
    CSS = "Screen { background: #0f1217; color: #d6dce6 }"

    def __init__(self) -> None:
        super().__init__(driver_class=driver_class())
        self.heard = 0

    def compose(self) -> ComposeResult:
        yield Static("heard 0", id="heard", markup=False)
        yield Static("", id="name", markup=False)

    def say(self, text: str) -> None:
        self.query_one("#name", Static).update(text)

    def action_hear(self) -> None:
        self.heard += 1
        self.query_one("#heard", Static).update(f"heard {self.heard}")

    def action_hostile(self) -> None:
        self.say(HOSTILE)

    def action_copy(self) -> None:
        self.copy_to_clipboard("mine")
        self.say("copied")

    def action_crash(self) -> None:
        raise RuntimeError("the tiny deck broke")

    def action_stall(self) -> None:
        """Hold the event loop for good, as a bug would."""
        os.write(2, b"stalled")
        while True:
            pass

    def action_write_screen(self) -> None:
        Path(os.environ["TINY_SCREEN"]).write_text("\n".join(screen_lines(self)), encoding="utf-8")
        self.say("written")


def main() -> int:
    """Refuse, break, or run, as the environment says."""
    if refusal := os.environ.get("TINY_REFUSES"):
        sys.stderr.write(refusal + "\n")
        return 2
    if broken := os.environ.get("TINY_BREAKS"):
        raise RuntimeError(broken)
    app = Tiny()
    app.run()
    return app.return_code or 0
