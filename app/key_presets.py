"""Key maps for hands that know another program: what differs from the default, by the id of an action or a move.

The keys of sentences ("press r", "W chooses one") stay what they are in every preset, so that the sentences hold.
"""

from __future__ import annotations

from collections.abc import Mapping

PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "default": {},
    "k9s": {
        "raw": ("y", "v"),
        "copy": ("c",),
        "columns": ("C", "ctrl+w"),
        "trouble": ("!", "ctrl+z"),
        "suspend": (),
        "export": ("e", "ctrl+s"),
        "page_down": ("ctrl+f", "pagedown"),
        "page_up": ("ctrl+b", "pageup"),
    },
    "vim": {
        "mark_range": ("v", "V"),
        "raw": ("S",),
        "earlier": ("[", "ctrl+o"),
        "refresh": ("r", "ctrl+r", "ctrl+l"),
        "focus_next": ("tab", "ctrl+w"),
        "page_down": ("ctrl+f", "pagedown"),
        "page_up": ("ctrl+b", "pageup"),
    },
    "lazygit": {
        "first": ("<", "home", "g"),
        "last_row": (">", "end", "G"),
        "sort_previous": ("{",),
        "sort_next": ("}",),
        "page_down": (".", "pagedown"),
        "page_up": (",", "pageup"),
        "copy": ("ctrl+o",),
        "copy_menu": ("y", "Y"),
        "mark_range": ("v", "V"),
        "raw": ("S",),
        "workspaces": ("W", "ctrl+r"),
        "refresh": ("r",),
        "describe": ("d", "+"),
    },
}
