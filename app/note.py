"""A note somebody wrote on a thing."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote down about something, and when. The text is as foreign as any, above all from a bundle."""

    id: str
    about: str
    """`endpoint/NAME`: what it was written on."""
    at: datetime
    text: str
    by: str | None = None
    """Who wrote it; None where nobody was known to be signed in."""
