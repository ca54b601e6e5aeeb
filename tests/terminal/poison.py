"""Records made of attacks: every text a record type has room for, found by looking at the type."""

from __future__ import annotations

import itertools
import re
import types
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from app.links import DEMO
from app.sources import SOURCES
from app.tables import TABLES
from cache.intent import Asked
from cache.intents import Intents
from cache.store import Store
from services.emulator.places import PLACES
from services.records import Provenance, WorkspaceRef
from tests.hostile import HOSTILE

LONGEST = 3_000
"""Characters of the texts that stand in every field; the longer ones have rows of their own."""


def is_storable(text: str) -> bool:
    """Whether it can come out of a cache at all: a lone surrogate is not UTF-8."""
    return not re.search("[\ud800-\udfff]", text)


PAYLOADS = tuple(text for text in HOSTILE if is_storable(text) and text)
SHORT = tuple(text for text in PAYLOADS if len(text) <= LONGEST)
LONG = tuple(text for text in PAYLOADS if len(text) > LONGEST)

TOKEN = re.compile(r"~([0-9a-z]{3})~")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def token(number: int) -> str:
    """The mark of a text: short, so that a narrow column shows it."""
    return "~" + "".join(_DIGITS[number // 36**place % 36] for place in (2, 1, 0)) + "~"


class Poison:
    """Gives a text a time, each with a mark of its own and then an attack: `~01a~…`."""

    def __init__(self, payloads: tuple[str, ...] = SHORT) -> None:
        self.given: dict[str, str] = {}
        self._payloads = itertools.cycle(payloads)

    def text(self) -> str:
        """The next text."""
        mark = token(len(self.given))
        self.given[mark] = mark + next(self._payloads)
        return self.given[mark]


_PLAIN: dict[Any, Callable[[datetime], object]] = {
    int: lambda now: 3, float: lambda now: 0.5, bool: lambda now: True, Decimal: lambda now: Decimal("1.5"),
    datetime: lambda now: now, date: lambda now: now.date(), timedelta: lambda now: timedelta(seconds=3),
    bytes: lambda now: b"{}", type(None): lambda now: None,
}  # fmt: skip


def value_of(kind: Any, poison: Poison, now: datetime) -> Any:
    """A value of this type with an attack wherever it has a text."""
    if kind is str or kind is Any:
        return poison.text()
    if kind in _PLAIN:
        return _PLAIN[kind](now)
    origin, arms = get_origin(kind), get_args(kind)
    if origin is Literal:
        return arms[0]
    if origin in (Union, types.UnionType):
        return value_of(next(arm for arm in arms if arm is not type(None)), poison, now)
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return {value_of(arms[0], poison, now): value_of(arms[1], poison, now)}
    if origin in (tuple, list, frozenset, set):
        return origin([value_of(arms[0], poison, now)])
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return record_of(kind, poison, now)
    raise TypeError(f"no attack is known for a field of type {kind}")


def record_of(kind: type[msgspec.Struct], poison: Poison, now: datetime, **kept: Any) -> Any:
    """A record of this type with an attack in every text; `kept` fields are as given."""
    hints = get_type_hints(kind)
    names = [field.name for field in msgspec.structs.fields(kind)]
    return kind(**{name: kept[name] if name in kept else value_of(hints[name], poison, now) for name in names})


KEPT: dict[str, dict[str, Any]] = {"runs": {"parent": None}}
"""Fields by which a pane's first filter would hide the row."""


def scope_of_demo() -> str:
    place = PLACES[0]
    return f"{DEMO.scope}{WorkspaceRef(place.subscription, place.group, place.name).key}"


def poisoned(folder: Path, rows: int, *, has_long: bool = True) -> Poison:
    """Fill a demo's cache folder with `rows` attacks in every table, every source and the record of what was asked."""
    now, poison = datetime.now(UTC), Poison()
    scope, home = scope_of_demo(), folder / "demo"
    store = Store.open(home, TABLES)
    for table in TABLES:
        kept = KEPT.get(table.name, {})
        records = [record_of(table.record, poison, now, **kept) for _ in range(rows)]
        if has_long and table.name == "runs":
            records += [record_of(table.record, Poison((text,)), now, **kept) for text in LONG]
        for place in {scope, DEMO.scope} if table.name == "workspaces" else {scope}:
            where = Provenance(poison.text(), poison.text(), now)
            store.put(table.name, place, records, [msgspec.json.encode(one) for one in records], provenance=where)
    for source in SOURCES:
        place = DEMO.scope if source.is_scope_account else scope
        store.note_source(place, source.name, last_ok=now, last_try=now, rows=rows, error_kind="broken",
                          error_text=poison.text())  # fmt: skip
    store.close()
    _ask(home, rows, scope, poison, now)
    return poison


def _ask(home: Path, rows: int, scope: str, poison: Poison, now: datetime) -> None:
    """Note requests to Azure that never were, with an attack in every text of them."""
    intents = Intents.open(home, lambda: now)
    for _ in range(rows):
        begun = intents.begin(record_of(Asked, poison, now, scope=scope, change="{}"))
        intents.note(begun.id, "failed", poison.text(), poison.text())
    intents.close()
