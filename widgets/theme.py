"""The colour tokens, as three Textual themes and as ready styles for lines drawn by hand.

A tone is what a piece of text means, a ground is what it stands on; a `Palette` knows how they look together.
Under NO_COLOR we draw in greys ourselves: Textual's own filter would make failures the least visible text.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from rich.style import Style as RichStyle
from textual.app import App
from textual.style import Style as ContentStyle
from textual.theme import Theme
from textual.widget import Widget

from widgets.pane import Tone

Ground = Literal["bg", "surface", "cursor", "accentbg", "warnbg", "errbg"]
"""What text stands on: screen, chrome, cursor row, the tab you are on, standing notice, unlocked header."""

DARK, LIGHT, MONO = "amldeck-dark", "amldeck-light", "amldeck-mono"

AREA = frozenset("▁▂▃▄▅▆▇█━╸■ ")
"""Glyphs that fill an area: on a light screen they take a brighter tone than text may."""

_GROUNDS: tuple[Ground, ...] = ("bg", "surface", "cursor", "accentbg", "warnbg", "errbg")

_DARK = {
    "bg": "#0f1217", "surface": "#171c24", "cursor": "#242d3f", "accentbg": "#2a3056",
    "warnbg": "#33280f", "errbg": "#3a1b20",
    "strong": "#f6f8fb", "text": "#d6dce6", "muted": "#929cab", "edge": "#707c90", "line": "#2c3441",
    "accent": "#9aa8ff", "ok": "#6fce93", "run": "#5cc9e6", "warn": "#f0b54a", "err": "#ff7b7b",
    "series1": "#9aa8ff", "series2": "#d98f3e", "series3": "#8fe8c8", "series4": "#d17f99",
    "series5": "#569fcb", "series6": "#e6dc8a", "series7": "#ecc4f7", "series8": "#8d97a6",
}  # fmt: skip

_LIGHT = {
    "bg": "#fbfbfc", "surface": "#f1f3f7", "cursor": "#dfe5f6", "accentbg": "#dfe1fb",
    "warnbg": "#f9edd3", "errbg": "#fbe3e4",
    "strong": "#0a0e15", "text": "#262c37", "muted": "#565f6d", "edge": "#767f8d", "line": "#d5dae2",
    "accent": "#4448d0", "ok": "#16713c", "run": "#0a6c84", "warn": "#8a5400", "err": "#bf1f2c",
    "series1": "#4a50d8", "series2": "#ad5a00", "series3": "#0b7a5e", "series4": "#8c1d5e",
    "series5": "#1b76c4", "series6": "#525700", "series7": "#a942b8", "series8": "#6a7380",
}  # fmt: skip

_MONO = {
    "bg": "#000000", "surface": "#000000", "cursor": "#d0d0d0", "accentbg": "#000000",
    "warnbg": "#d0d0d0", "errbg": "#d0d0d0",
    "strong": "#ffffff", "text": "#d0d0d0", "muted": "#9a9a9a", "edge": "#7a7a7a", "line": "#4d4d4d",
    "accent": "#e4e4e4", "ok": "#d0d0d0", "run": "#d0d0d0", "warn": "#e4e4e4", "err": "#ffffff",
    "series1": "#ffffff", "series2": "#9a9a9a", "series3": "#d0d0d0", "series4": "#7a7a7a",
    "series5": "#e4e4e4", "series6": "#8a8a8a", "series7": "#bfbfbf", "series8": "#9a9a9a",
}  # fmt: skip

_LIGHT_FILLS = {"run": "#1990ab", "warn": "#ad7008", "err": "#d63a46"}


@dataclass(frozen=True)
class Palette:
    """One theme's tones and grounds, and the styles made of them."""

    name: str
    tokens: Mapping[str, str]
    fills: Mapping[str, str]
    is_dark: bool = True
    is_mono: bool = False

    def colour(self, tone: Tone, on: Ground = "bg", *, is_area: bool = False) -> str:
        """The `#rrggbb` of a tone on a ground; `is_area` for bars and filled glyphs."""
        if self.is_mono and on in ("cursor", "warnbg", "errbg"):
            return {"edge": "#4d4d4d", "line": "#8a8a8a"}.get(tone, "#000000")
        if on == "cursor" and tone.startswith("series"):
            return self.tokens["strong"]
        if is_area and tone in self.fills:
            return self.fills[tone]
        return self.tokens[tone]

    def is_bold(self, tone: Tone) -> bool:
        """Whether a tone is bold without being asked: `strong`, and trouble where no colour can say it."""
        return tone == "strong" or (self.is_mono and tone in ("err", "warn"))

    def style(
        self,
        tone: Tone = "text",
        on: Ground = "bg",
        *,
        bold: bool = False,
        underline: bool = False,
        is_area: bool = False,
    ) -> RichStyle:
        """The Rich style of a tone on a ground, for Segments of the line API. Cached."""
        return _style(self.name, tone, on, bold, underline, is_area)

    def content_style(
        self,
        tone: Tone = "text",
        on: Ground = "bg",
        *,
        bold: bool = False,
        underline: bool = False,
        is_area: bool = False,
    ) -> ContentStyle:
        """The same as a Textual style, for Content."""
        return _content_style(self.name, tone, on, bold, underline, is_area)

    def ground(self, on: Ground = "bg") -> str:
        """The `#rrggbb` of a ground."""
        return self.tokens[on]


def _palette(name: str, tokens: dict[str, str], fills: dict[str, str], dark: bool, mono: bool) -> Palette:
    return Palette(name, MappingProxyType(tokens), MappingProxyType(fills), dark, mono)


_PALETTES = {
    DARK: _palette(DARK, _DARK, {}, dark=True, mono=False),
    LIGHT: _palette(LIGHT, _LIGHT, _LIGHT_FILLS, dark=False, mono=False),
    MONO: _palette(MONO, _MONO, {}, dark=True, mono=True),
}


def palette(theme_name: str) -> Palette:
    """The palette of a theme; the dark one for a theme that is not ours."""
    return _PALETTES.get(theme_name, _PALETTES[DARK])


def palette_of(widget: Widget) -> Palette:
    """The palette of the theme a widget is drawn in now."""
    return palette(widget.app.theme)  # pyright: ignore[reportUnknownMemberType] (Textual leaves App's type open)


@lru_cache(maxsize=2048)
def _style(name: str, tone: Tone, on: Ground, bold: bool, underline: bool, is_area: bool) -> RichStyle:
    colours = palette(name)
    return RichStyle(
        color=colours.colour(tone, on, is_area=is_area),
        bgcolor=colours.ground(on),
        bold=bold or colours.is_bold(tone),
        underline=underline or (colours.is_mono and on == "accentbg"),
    )


@lru_cache(maxsize=512)
def _content_style(name: str, tone: Tone, on: Ground, bold: bool, underline: bool, is_area: bool) -> ContentStyle:
    return ContentStyle.from_rich_style(_style(name, tone, on, bold, underline, is_area))


def _theme(colours: Palette) -> Theme:
    token = colours.tokens
    ours = {**token, **{f"fill-{tone}": token[tone] for tone in ("run", "warn", "err")}}
    ours.update({f"fill-{tone}": colour for tone, colour in colours.fills.items()})
    return Theme(
        name=colours.name,
        primary=token["accent"],
        secondary=token["run"],
        accent=token["accent"],
        warning=token["warn"],
        error=token["err"],
        success=token["ok"],
        foreground=token["text"],
        background=token["bg"],
        surface=token["surface"],
        panel=token["surface"],
        dark=colours.is_dark,
        variables={**ours, **_textual_variables(colours)},
    )


def _textual_variables(colours: Palette) -> dict[str, str]:
    """Textual's own variables, for the few stock widgets: no colour of theirs may reach the screen."""
    token = colours.tokens
    return {
        "text-muted": token["muted"],
        "text-disabled": token["edge"],
        "border": token["edge"],
        "border-blurred": token["line"],
        "block-cursor-background": token["cursor"],
        "block-cursor-foreground": colours.colour("text", "cursor"),
        "block-cursor-text-style": "none",
        "input-cursor-background": token["text"],
        "input-cursor-foreground": token["bg"],
        "input-selection-background": token["accentbg"],
        "scrollbar": token["line"],
        "scrollbar-hover": token["edge"],
        "scrollbar-active": token["edge"],
        "scrollbar-background": token["bg"],
        "scrollbar-background-hover": token["bg"],
        "scrollbar-background-active": token["bg"],
        "scrollbar-corner-color": token["bg"],
    }


THEMES: tuple[Theme, ...] = tuple(_theme(colours) for colours in _PALETTES.values())
"""`amldeck-dark`, `-light` and `-mono`, with every token as a theme variable (`$muted`, `$errbg` …)."""


def is_no_color(environ: Mapping[str, str]) -> bool:
    """Whether the user asked for no colour: NO_COLOR is set to anything but nothing (no-color.org)."""
    return bool(environ.get("NO_COLOR"))


@contextmanager
def own_no_color(environ: MutableMapping[str, str] = os.environ) -> Generator[bool]:
    """Hide NO_COLOR from Textual while an App is made, and say whether it was asked for.

    `App.__init__` installs its grey filter when the variable exists. Wrap `super().__init__()` in this and
    choose the theme by the answer; programs we start afterwards still see the variable.
    """
    hidden = environ.pop("NO_COLOR", None)
    try:
        yield bool(hidden)
    finally:
        if hidden is not None:
            environ["NO_COLOR"] = hidden


def use_themes(app: App[Any], theme_name: str) -> None:
    """Register our three themes with an app and select one of them."""
    for theme in THEMES:
        app.register_theme(theme)
    app.theme = theme_name
