"""Records as Parquet, by the optional pyarrow: typed columns, the note in the file's own metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from app.exports.columns import Taken
from app.exports.notes import Notes

GROUP = 20_000
"""Rows of a row group: all that is in memory at once."""
NO_PYARROW = "Parquet needs pyarrow, which is not installed: pip install 'amldeck[parquet]' brings it."
_DIGITS, _SCALE = 38, 18
_SMALLEST = Decimal(1).scaleb(-_SCALE)


class NoParquet(Exception):
    """pyarrow is not there; `str()` is a sentence that says how to get it."""


def require_parquet() -> Any:
    """The pyarrow package, imported when first needed: a quarter second. Raises NoParquet."""
    try:
        return import_module("pyarrow")
    except ImportError as error:
        raise NoParquet(NO_PYARROW) from error


def write_parquet(columns: Sequence[Taken], records: Iterable[Any], path: Path, notes: Notes | None = None) -> None:
    """Write over the file at `path`. Times are UTC to the microsecond, amounts exact to 18 places; unknown is null.

    The note is JSON under the key `amldeck`. Raises NoParquet, OSError.
    """
    pa, parquet = require_parquet(), import_module("pyarrow.parquet")
    about = {} if notes is None else {"amldeck": msgspec.json.encode(notes)}
    schema = pa.schema([field for column in columns for field in _fields(pa, column)], metadata=about)
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        rows = iter(records)
        while group := list(islice(rows, GROUP)):
            arrays = [array for column in columns for array in _arrays(pa, column, group)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _fields(pa: Any, column: Taken) -> Iterator[Any]:
    yield pa.field(column.name, _type(pa, column))
    if column.kind == "money":
        yield pa.field(f"{column.name}_currency", pa.string())


def _type(pa: Any, column: Taken) -> Any:
    kinds = {
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "time": pa.timestamp("us", tz="UTC"),
        "money": pa.decimal128(_DIGITS, _SCALE),
        "pairs": pa.map_(pa.string(), pa.float64() if column.is_numeric else pa.string()),
        "texts": pa.list_(pa.string()),
    }
    return kinds.get(column.kind, pa.string())


def _arrays(pa: Any, column: Taken, group: Sequence[Any]) -> Iterator[Any]:
    values = [column.value(record) for record in group]
    if column.kind == "money":
        yield pa.array([None if one is None else _exact(one.amount) for one in values], type=_type(pa, column))
        yield pa.array([None if one is None else one.currency for one in values], type=pa.string())
        return
    if column.kind == "pairs":
        values = [None if one is None else list(one.items()) for one in values]
    elif column.kind == "json":
        values = [None if one is None else msgspec.json.encode(one).decode() for one in values]
    yield pa.array(values, type=_type(pa, column))


def _exact(amount: Decimal) -> Decimal | None:
    """An amount in the places Parquet has for it; None for what is no number."""
    if not amount.is_finite() or amount.adjusted() >= _DIGITS - _SCALE:
        return None
    return amount.quantize(_SMALLEST, ROUND_HALF_EVEN)
