"""Values as somebody would type them into a filter."""

from __future__ import annotations

import re

from cache import quoting
from widgets.safe import Safe, safe


def quoted(value: str) -> Safe:
    """A value as a filter takes it: in quotes when it has to be."""
    text = safe(value)
    return text if re.fullmatch(r"[\w.@/+-]+", text) else Safe(quoting.quoted(text))
