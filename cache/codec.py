"""Record ↔ row, by field kind.

Times are integer microseconds since 1970 UTC; money is its exact text plus integer micro-units and its currency;
pairs are packed whole (to give the record back) and also indexed one by one (`cache.pairs`); a tuple of text is JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any

import msgspec

from cache.table import Field, Table, fields_of

Value = str | bytes | int | float | None
"""What SQLite holds in one cell."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INT_MAX = 2**63 - 1
_SECOND = 1_000_000
_DAY = 86_400 * _SECOND


def to_micros(moment: datetime) -> int:
    """An aware moment as integer microseconds since 1970 UTC. Raises TypeError for a naive one."""
    since = moment - EPOCH
    return since.days * _DAY + since.seconds * _SECOND + since.microseconds


def from_micros(micros: int) -> datetime:
    """The aware UTC moment of `to_micros`."""
    return EPOCH + timedelta(microseconds=micros)


def micro_units(amount: Decimal) -> int:
    """An amount in millionths, rounded and held within 64 bits: to sort and compare by. No number is the least."""
    if not amount.is_finite():
        return -INT_MAX
    return max(-INT_MAX, min(INT_MAX, round(amount.scaleb(6)) if amount.adjusted() < 30 else INT_MAX))


class Codec:
    """Turns the records of one table into rows and back, over the fields its file really has.

    `columns` are the columns of a row in order, without the key: one for each field, then the extra ones of money.
    """

    def __init__(self, table: Table, present: frozenset[str] | None = None) -> None:
        fields = list(fields_of(table.record).values())
        self._key = attrgetter(table.key)
        self.key_field = table.key if any(f.name == table.key and f.kind == "text" for f in fields) else ""
        self.fields: tuple[Field, ...] = tuple(
            field
            for field in fields
            if field.name != self.key_field and (present is None or present.issuperset(field.columns))
        )
        self._money = tuple(i for i, field in enumerate(self.fields) if field.kind == "money")
        extras = [column for i in self._money for column in self.fields[i].columns[1:]]
        self.columns: tuple[str, ...] = (*(field.name for field in self.fields), *extras)
        self._names = tuple(field.name for field in self.fields)
        self._getter = attrgetter(*self._names, *self._names[:1]) if self.fields else _nothing
        self._to: list[tuple[int, Callable[[Any], Value]]] = []
        self._from: list[tuple[int, Callable[[Any], Any]]] = []
        self._record = table.record
        for i, field in enumerate(self.fields):
            write, read = _converters(field)
            self._to += [(i, write)] if write else []
            self._from += [(i, read)] if read else []
        self._unknown = tuple(_when_unknown(field) for field in self.fields)
        self._filled = tuple(i for i, field in enumerate(self.fields) if not field.is_optional)

    def key(self, record: Any) -> str:
        """The key a record is kept under."""
        return clean(str(self._key(record)))

    def row(self, record: Any) -> list[Value]:
        """The cells of a record, in the order of `columns`."""
        cells: list[Any] = list(self._getter(record)[:-1])  # always more than one, so always a tuple
        for i in self._money:
            money = cells[i]
            cells += (None, None) if money is None else (micro_units(money.amount), money.currency)
        for i, write in self._to:
            if cells[i] is not None:
                cells[i] = write(cells[i])
        return cells

    def record(self, key: str, cells: Sequence[Value]) -> Any:
        """The record of a row. A field this file does not have, or has no value for, gets its default."""
        values: list[Any] = list(cells[: len(self.fields)])
        for i in self._money:
            if values[i] is not None:
                values[i] = (values[i], cells[len(self.fields) + 2 * self._money.index(i) + 1])
        for i, read in self._from:
            if values[i] is not None:
                try:
                    values[i] = read(values[i])
                except (ValueError, TypeError, OverflowError, ArithmeticError):
                    values[i] = None  # a value of another version, or a spoilt one: not known
        for i in self._filled:
            if values[i] is None:
                values[i] = self._unknown[i]()
        named = dict(zip(self._names, values, strict=True))
        if self.key_field:
            named[self.key_field] = key
        return self._record(**named, **self.absent(named))

    def absent(self, named: dict[str, Any]) -> dict[str, Any]:
        """Values for the fields without a column and without a default: only an older file needs any."""
        if len(named) == len(fields_of(self._record)):
            return {}
        return {
            field.name: _when_unknown(field)()
            for field in fields_of(self._record).values()
            if field.name not in named and _has_no_default(field)
        }

    def cells_of(self, field: Field) -> tuple[int, ...]:
        """Where in a row the columns of a field stand."""
        return tuple(self.columns.index(column) for column in field.columns)

    def cell(self, field: Field, value: Any) -> Value:
        """The one cell of a field that is no money."""
        at = self.fields.index(field)
        write = next((write for place, write in self._to if place == at), None)
        return value if value is None or write is None else write(value)

    def careful(self, cells: list[Value]) -> list[Value]:
        """The same row with lone surrogates replaced in every text."""
        return [clean(cell) if isinstance(cell, str) else cell for cell in cells]


def _nothing(_record: Any) -> tuple[None]:
    return (None,)


def clean(text: str) -> str:
    """The text with every lone surrogate replaced: SQLite stores UTF-8, which cannot write one."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _converters(field: Field) -> tuple[Callable[[Any], Value] | None, Callable[[Any], Any] | None]:
    if field.kind == "money":
        inner = [choice for choice in _choices(field.type) if isinstance(choice, type)]
        money: Any = next(choice for choice in inner if issubclass(choice, msgspec.Struct))
        return _amount, lambda cell: money(amount=Decimal(cell[0]), currency=cell[1])
    if field.kind == "pairs":
        return _packed, msgspec.msgpack.Decoder(field.type).decode
    if field.kind in ("texts", "json"):
        return _json, msgspec.json.Decoder(field.type).decode
    if field.kind == "float":
        return _float, float
    plain: dict[str, tuple[Any, Any]] = {
        "time": (to_micros, from_micros), "bool": (int, bool), "int": (_int, int)
    }  # fmt: skip
    return plain.get(field.kind, (None, None))


def _choices(annotation: Any) -> tuple[Any, ...]:
    return getattr(annotation, "__args__", (annotation,))


def _amount(money: Any) -> str:
    return str(money.amount)


def _int(number: int) -> Value:
    if -INT_MAX <= number <= INT_MAX:
        return number
    return str(number).encode()  # a blob keeps every digit; `int` reads it back


def _float(number: float) -> Value:
    return number if number == number else "nan"  # SQLite turns a NaN into NULL, and NULL means "not said"


def _packed(pairs: dict[str, Any]) -> bytes:
    try:
        return msgspec.msgpack.encode(pairs)
    except (UnicodeEncodeError, OverflowError):
        return msgspec.msgpack.encode({clean(name): _packable(value) for name, value in pairs.items()})


def _packable(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    return float(value) if isinstance(value, int) and abs(value) > INT_MAX else value


def _json(value: Any) -> str:
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode([clean(text) if isinstance(text, str) else text for text in value]).decode()


def _has_no_default(field: Field) -> bool:
    return field.default is msgspec.NODEFAULT and field.factory is msgspec.NODEFAULT


def _when_unknown(field: Field) -> Callable[[], Any]:
    if field.default is not msgspec.NODEFAULT:
        return lambda: field.default
    if field.factory is not msgspec.NODEFAULT:
        return field.factory
    empty: dict[str, Callable[[], Any]] = {
        "text": str, "int": int, "float": float, "bool": bool, "time": lambda: EPOCH, "pairs": dict, "texts": tuple
    }  # fmt: skip
    return (lambda: None) if field.is_optional else empty.get(field.kind, lambda: None)
