"""Views with a name: a pane, filtered, ordered, grouped and with columns as it was saved.

They are in `views.toml` beside the settings, and not in the cache: they hold for every workspace, outlive the cache,
and can be kept under version control or sent to somebody. Not in the settings file itself, which a hand has written.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from app.settings.places import config_folder
from app.settings.writing import toml_text, toml_value

LONGEST = 60
"""Characters of a name."""


class SavedView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One view. An empty `order` is the pane's own, no `columns` leave those that are on the screen."""

    name: str
    pane: str
    filter: str = ""
    order: str = ""
    columns: tuple[str, ...] = ()
    group_by: str = ""
    """The field, or `tag.team`, by which its rows are rolled up; empty shows the rows."""
    shelf: str = ""
    """For the views that come with amldeck: what kind of question they answer."""
    about: str = ""


class Views(NamedTuple):
    """What is saved, and what of the file could not be read, a sentence each."""

    views: tuple[SavedView, ...] = ()
    problems: tuple[str, ...] = ()


class NotSaved(Exception):
    """The file cannot be written; `str()` says why."""


def views_path() -> Path:
    """The file of the views, whether it exists or not."""
    return config_folder() / "views.toml"


def load_views(path: Path | None = None) -> Views:
    """Read the user's own views by name; no file means none. Reads a file: for a worker."""
    path = path or views_path()
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Views()
    except (OSError, ValueError) as error:
        return Views(problems=(f"The views in {path} cannot be read: {error}.",))
    try:
        return _read(msgspec.convert(found.get("views", {}), dict[str, dict[str, Any]]), path)
    except msgspec.ValidationError as error:
        return Views(problems=(f"The views in {path} have to be tables, as in [views.NAME]: {error}.",))


def _read(tables: dict[str, dict[str, Any]], path: Path) -> Views:
    views: list[SavedView] = []
    problems: list[str] = []
    for name, table in tables.items():
        try:
            views.append(msgspec.convert({**table, "name": name}, SavedView))
        except msgspec.ValidationError as error:
            problems.append(f"The view {name!r} in {path} is left out: {error}.")
    return Views(tuple(views), tuple(problems))


def save_view(view: SavedView, path: Path | None = None) -> None:
    """Keep a view under its name, in the place of one of that name. For a worker. Raises NotSaved."""
    kept = _kept(path)
    _write([*(one for one in kept if one.name != view.name), view], path)


def rename_view(name: str, new: str, path: Path | None = None) -> None:
    """Give a view another name. For a worker. Raises NotSaved."""
    kept = (one for one in _kept(path) if one.name != new or one.name == name)
    _write([msgspec.structs.replace(one, name=new) if one.name == name else one for one in kept], path)


def delete_view(name: str, path: Path | None = None) -> None:
    """Forget a view. For a worker. Raises NotSaved."""
    _write([one for one in _kept(path) if one.name != name], path)


def _kept(path: Path | None) -> Sequence[SavedView]:
    found = load_views(path)
    if found.problems:
        raise NotSaved(f"{found.problems[0]} Mend it first: writing would lose what is there")
    return found.views


def as_toml(views: Iterable[SavedView]) -> str:
    """The views as the file has them."""
    lines: list[str] = []
    for view in views:
        lines.append(f"[views.{toml_text(view.name)}]")
        fields = {name: getattr(view, name) for name in ("pane", "filter", "order", "columns", "group_by", "about")}
        lines += [f"{name} = {toml_value(value)}" for name, value in fields.items() if value]
        lines.append("")
    return "\n".join(lines)


def _write(views: Iterable[SavedView], path: Path | None) -> None:
    path = path or views_path()
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(as_toml(views))
        os.replace(beside, path)
    except OSError as error:
        raise NotSaved(f"{path} cannot be written: {error.strerror}") from error
