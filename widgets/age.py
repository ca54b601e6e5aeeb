"""How old what is shown is, in words. No Textual."""

from __future__ import annotations

from dataclasses import dataclass

from widgets.safe import Safe


@dataclass(frozen=True, slots=True)
class Age:
    """How old one source's facts are, in words: `6s`, `12s…` while being read; `~6h` when late."""

    name: Safe
    text: Safe
    is_late: bool = False
