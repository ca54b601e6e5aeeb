"""Key maps for hands that know another program: what differs from the default, by the id of what the keys do."""

from __future__ import annotations

from collections.abc import Mapping

_LEFTS = ("columns_left", "log_left", "raw_left", "chart_left", "fold")
_RIGHTS = ("columns_right", "log_right", "raw_right", "chart_right", "unfold")
_SIDEWAYS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_LEFTS, ("h", "left")),
    **dict.fromkeys(_RIGHTS, ("l", "right")),
    "file_open": ("enter", "space", "l", "h", "right", "left"),
}
"""`h` and `l` as left and right. What has these letters by default has others in the preset."""

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
        **_SIDEWAYS,
        "logs": ("L",),
        "child_logs": ("L",),
        "children": ("H",),
        "sign_in": ("Z",),
        "chart_log": ("s",),
        "mark_range": ("v", "V"),
        "raw": ("S",),
        "earlier": ("[", "ctrl+o"),
        "refresh": ("r", "ctrl+r", "ctrl+l"),
        "focus_next": ("tab", "ctrl+w", "l"),
        "focus_previous": ("shift+tab", "h"),
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
