"""Reading the settings: key by key, so that one that is wrong costs no other. Whatever is wrong is a sentence."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from typing import Any, cast

import msgspec
from msgspec import inspect

from app.key_map import KEYS, clashes
from app.settings.fields import Key, bare, keys_of, why_wrong
from app.settings.lines import Place, line_of
from app.settings.shape import Command, KeyName, Profile, Settings, WorkspaceSettings, unreadable
from services.secret_names import is_secret_name, is_secret_variable
from services.secret_texts import scrub

KEYRING = "secrets are kept in the keyring: give it to `amldeck sign-in`"


def read(text: str, name: str) -> Settings:
    """Read the text of a settings file; `name` is what the problems call it."""
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return unreadable(f"The settings in {name} are not TOML: {error}")
    reader = _Reader(text, name)
    settings = reader.table(Settings, found, ()) or Settings()
    settings = reader.checked(settings)
    return msgspec.structs.replace(settings, problems=tuple(reader.problems))


class _Reader:
    def __init__(self, text: str, name: str) -> None:
        self.problems: list[str] = []
        self._text = text
        self._name = name

    def table(self, kind: type[Any], found: dict[str, Any], at: Place) -> Any:
        """A struct of the keys that are right; None when it is of no use without those that are not."""
        keys, good = keys_of(kind), dict[str, Any]()
        for name, value in found.items():
            here = (*at, name)
            if name not in keys:
                self._say(here, _unknown(_dotted(here), name, list(keys)))
                continue
            for read in self._value(keys[name], value, here):
                good[name] = read
        missing = [name for name, key in keys.items() if key.is_required and name not in good]
        wrong = [name for name in found if name in keys and name not in good]
        if missing:
            self._say(at, f"{_dotted(at)} is left out: it needs {' and '.join(missing)}.")
        elif wrong and kind is Profile:  # nobody is signed in elsewhere than they wrote
            self._say(at, f"{_dotted(at)} is left out until its {' and '.join(wrong)} is mended.")
        elif len(good) < len(found) and kind is WorkspaceSettings:
            self._say(at, f"{_dotted(at)} is read-only until that is mended.")
            return WorkspaceSettings(read_only=True)
        return None if missing or (wrong and kind is Profile) else kind(**good)

    def _value(self, key: Key, value: object, at: Place) -> Iterator[Any]:
        """The value of a key, or nothing when it is wrong."""
        wanted = bare(key.type)
        if key.name == "keys" and isinstance(wanted, inspect.DictType):
            yield from self._keys(wanted.value_type, value, at)
        elif isinstance(wanted, inspect.DictType):
            yield from self._tables_by_name(wanted, value, at)
        elif isinstance(wanted, inspect.StructType):
            yield from self._one_table(wanted.cls, value, at)
        elif isinstance(wanted, inspect.VarTupleType) and isinstance(wanted.item_type, inspect.StructType):
            yield from self._list_of_tables(wanted.item_type.cls, value, at)
        elif _holds_secret(value):
            self._say(at, f"{_dotted(at)} holds something that looks like a secret and is not used; {KEYRING}.")
        else:
            try:
                yield msgspec.convert(value, key.annotation)
            except msgspec.ValidationError:
                self._say(at, why_wrong(_dotted(at), key.type, value))

    def _tables_by_name(self, wanted: inspect.DictType, value: object, at: Place) -> Iterator[dict[str, Any]]:
        kind = bare(wanted.value_type)
        assert isinstance(kind, inspect.StructType)
        good: dict[str, Any] = {}
        for name, entry in self._entries(value, at):
            if isinstance(entry, dict):
                read = self.table(kind.cls, cast("dict[str, Any]", entry), (*at, name))
                if read is not None:
                    good[name] = msgspec.structs.replace(read, name=name) if isinstance(read, Profile) else read
            else:
                self._say((*at, name), f"{_dotted((*at, name))} has to be a table, as in [{_dotted((*at, name))}].")
        yield good

    def _one_table(self, kind: type[Any], value: object, at: Place) -> Iterator[Any]:
        if isinstance(value, dict):
            yield self.table(kind, cast("dict[str, Any]", value), at)
        else:
            self._say(at, f"{_dotted(at)} has to be a table, as in [{_dotted(at)}].")

    def _keys(self, kind: inspect.Type, value: object, at: Place) -> Iterator[dict[str, tuple[str, ...]]]:
        """Lists of keys by the id of what they do."""
        if not isinstance(value, dict):
            self._say(at, f"{_dotted(at)} has to be lists of keys by what they do, as in [{_dotted(at)}].")
            return
        good: dict[str, tuple[str, ...]] = {}
        for id, keys in cast("dict[str, object]", value).items():
            here = (*at, id)
            if id not in KEYS:
                near = difflib.get_close_matches(id, KEYS, n=1)
                hint = f"did you mean {near[0]}?" if near else "`amldeck keys` lists what there is."
                self._say(here, f"{_dotted(here)}: nothing is called {id!r}; {hint}")
                continue
            try:
                good[id] = msgspec.convert(keys, tuple[KeyName, ...])
            except msgspec.ValidationError:
                self._say(here, why_wrong(_dotted(here), kind, keys))
        yield good

    def _entries(self, value: object, at: Place) -> list[tuple[str, object]]:
        if isinstance(value, dict):
            return list(cast("dict[str, object]", value).items())
        self._say(at, f"{_dotted(at)} has to be tables by name, as in [{_dotted(at)}.NAME].")
        return []

    def _list_of_tables(self, kind: type[Any], value: object, at: Place) -> Iterator[tuple[Any, ...]]:
        entries = cast("list[object]", value) if isinstance(value, list) else []
        if not all(isinstance(entry, dict) for entry in entries) or not isinstance(value, list):
            self._say(at, f"{_dotted(at)} has to be a list of tables, each begun by [[{_dotted(at)}]].")
            return
        read = [self.table(kind, cast("dict[str, Any]", entry), (*at, n)) for n, entry in enumerate(entries)]
        yield tuple(one for one in read if one is not None)

    def checked(self, settings: Settings) -> Settings:
        """The settings without what contradicts itself."""
        if settings.profile is not None and settings.profile not in settings.profiles:
            known = ", ".join(sorted(settings.profiles)) or "none"
            self._say(("profile",), f"there is no profile {settings.profile!r}, so none applies; there are {known}.")
            settings = msgspec.structs.replace(settings, profile=None)
        for name, profile in settings.profiles.items():
            self._say_missing(name, profile)
        if settings.keys:
            self._say_clashes(settings)
        return msgspec.structs.replace(settings, commands=tuple(self._commands(settings.commands)))

    def _say_missing(self, name: str, profile: Profile) -> None:
        needed = {"certificate": ("certificate", "tenant", "client_id"), "client secret": ("tenant", "client_id")}
        missing = [key for key in needed.get(profile.sign_in, ()) if getattr(profile, key) is None]
        if missing:
            at = ("profiles", name)
            self._say(at, f"{_dotted(at)} signs in by {profile.sign_in} and needs {' and '.join(missing)} for it.")

    def _say_clashes(self, settings: Settings) -> None:
        """The keys that two want."""
        from app.panes import PANES

        for id, sentence in clashes(settings.key_map, settings.keys, PANES):
            self._say(("keys", id), f"keys.{id}: {sentence}.")

    def _commands(self, commands: tuple[Command, ...]) -> Iterator[Command]:
        """The commands whose name is theirs alone and whose panes there are."""
        seen: set[str] = set()
        known = _panes() if commands else ()
        for command in commands:
            strange = [pane for pane in command.panes if pane not in known]
            if command.name in seen:
                self._say(("commands",), f"There are two commands {command.name!r}; the first one counts.")
                continue
            if strange:
                said = f"the command {command.name!r} names no pane with {', '.join(map(repr, strange))}"
                self._say(("commands",), f"{said}; there are {', '.join(known)}.")
                if len(strange) == len(command.panes):  # without a pane it would be for all of them
                    continue
            seen.add(command.name)
            yield msgspec.structs.replace(command, panes=tuple(pane for pane in command.panes if pane in known))

    def _say(self, at: Place, problem: str) -> None:
        line = line_of(self._text, at)
        self.problems.append(f"{self._name}{f', line {line}' if line else ''}: {problem}")


def _unknown(dotted: str, name: str, known: list[str]) -> str:
    if is_secret_name(name) or is_secret_variable(name):
        return f"{dotted} looks like a secret and is not read from a file; {KEYRING}."
    return f"there is no setting {dotted!r}; there are {', '.join(known)}."


def _holds_secret(value: object) -> bool:
    if isinstance(value, str):
        return "-----BEGIN" in value or scrub(value) != value
    return isinstance(value, list) and any(map(_holds_secret, cast("list[object]", value)))


def _dotted(at: Place) -> str:
    """How a TOML file names the place: profiles.work.cloud, workspaces."my ws", commands[2].run."""
    text = ""
    for part in at:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            is_plain = part.replace("-", "").replace("_", "").isalnum() and part.isascii()
            text += ("." if text else "") + (part if is_plain else f'"{part}"')
    return text


def _panes() -> tuple[str, ...]:
    from app.panes import PANES

    return tuple(pane.name for pane in PANES)
