"""Rows in order, counted, windowed and located, at any size.

An order that an index gives alone is read live: `prepare` notes every thousandth row (an anchor), and a window is a
short walk from the nearest. Any other order or filter is a list of row numbers that `prepare` makes, eight bytes each.
Before that has ended a window is looked for through the index for a few milliseconds, and is empty if they do not do;
`peek` takes longer for the first rows, and asks the index of words.
"""

from __future__ import annotations

import sqlite3
import threading
from array import array
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

from cache import kept_counts
from cache.anchors import Anchored, anchored, locate, window
from cache.connect import limited
from cache.core import Core
from cache.errors import is_interrupt
from cache.orders import Order, Orders
from cache.origins import scope_id
from cache.rows import Row, rows_of
from cache.segments import walk
from cache.tree import Query

LOOP_BUDGET = 0.008
"""Seconds an unprepared window may look for its rows: it runs on the event loop."""

HEAD_BUDGET = 0.25
"""Seconds `peek` may spend on finding the first rows."""

HEAD = 200
_CHUNK = 2_000


class Cancelled(Exception):
    """Preparing was called off."""


class View:
    """An ordered, filtered set of rows. `prepare` belongs on a reader thread; the rest is quick enough for any.

    Positions are those of the moment it was prepared, and the rows are read as they are now: prepare it again, or make
    another, when rows have changed.
    """

    def __init__(self, core: Core, table: str, scope: str, query: Query | None, order: str, include_gone: bool) -> None:
        self._core = core
        self._table = table
        self._scope = scope
        self._query = query
        self._text = order
        self._is_gone_in = include_gone or (query is not None and query.wants_gone)
        self._guard = threading.Lock()
        self._running: sqlite3.Connection | None = None
        self._is_cancelled = False
        self._anchored: tuple[Anchored, ...] | None = None
        self._ids: Sequence[int] | None = None
        self._head: tuple[Row, ...] = ()
        self._is_slow = False
        self._count: int | None = None
        self._total: int | None = None

    def peek(self) -> None:
        """Find the first rows, to be shown before they are counted; where that takes long, none. Ends as `prepare`."""
        self._work(self._peek)

    def prepare(self) -> None:
        """Count the rows and learn their positions: until then `count` is None. Ends early after `cancel`."""
        self._work(self._prepare)

    def cancel(self) -> None:
        """Stop preparing, from any thread, for good."""
        with self._guard:
            self._is_cancelled = True
            if self._running is not None:
                self._running.interrupt()

    def count(self) -> int | None:
        """How many rows there are; None while they are not counted."""
        return self._count

    def total(self) -> int | None:
        """How many rows there would be without the filter; None while they are not counted."""
        return self._total

    def window(self, offset: int, size: int) -> Sequence[Row]:
        """Up to `size` rows from `offset`. Empty too when it is not known yet which they are."""
        if offset < 0 or size <= 0:
            return ()
        with self._core.lent() as db:
            if self._ids is not None:
                return rows_of(db, self._core.layout(self._table), self._ids[offset : offset + size])
            if self._anchored is not None:
                return rows_of(db, self._core.layout(self._table), window(db, self._anchored, offset, size))
            return self._early(db, offset, size)

    def locate(self, key: str) -> int | None:
        """The position of a key; None when it is not in the set, or not known yet."""
        with self._core.lent() as db:
            scope = scope_id(db, self._scope)
            found = db.execute(
                f'SELECT _row FROM "{self._table}" WHERE _scope = ? AND _key = ?', (scope, key)
            ).fetchone()
            if found is None:
                return None
            if self._anchored is not None:
                return locate(db, self._table, self._anchored, found[0])
        try:
            return self._ids.index(found[0]) if self._ids is not None else None
        except ValueError:
            return None

    def ids(self, db: sqlite3.Connection, limit: int | None) -> Sequence[int]:
        """The row numbers in order, at once: for a caller that takes them all."""
        orders = self._orders(db)
        if orders is None:
            return ()
        order = orders.named(self._text)
        if limit is not None and order.is_indexed:
            return [place[-1] for place in walk(db, order.stretches(), 0, limit)]
        return self._listed(db, orders, order)[:limit]

    def _orders(self, db: sqlite3.Connection, *, asks_words: bool = True) -> Orders | None:
        """How to read the rows; None while nothing was ever stored for the scope."""
        scope = scope_id(db, self._scope)
        if scope is None:
            return None
        layout = self._core.layout(self._table)
        return Orders(db, layout, scope, self._query, has_gone=self._is_gone_in, asks_words=asks_words)

    def _peek(self, db: sqlite3.Connection) -> None:
        if self._ids is None and self._anchored is None and not self._head:
            with limited(db, HEAD_BUDGET):
                orders = self._orders(db)
                self._head = tuple(self._first(db, orders, 0, HEAD)) if orders else ()

    def _prepare(self, db: sqlite3.Connection) -> None:
        orders = self._orders(db)
        if orders is None:
            self._ids, self._anchored, self._count, self._total = (), None, 0, 0
        elif (order := orders.named(self._text)).is_live:
            self._prepare_live(db, order)
        else:
            self._prepare_list(db, orders, order)

    def _prepare_live(self, db: sqlite3.Connection, order: Order) -> None:
        found = tuple(anchored(db, segment, self._go_on) for segment in order.segments)
        self._anchored, self._ids, self._count = found, None, sum(part.size for part in found)
        self._total = self._count if not (self._query and self._query.clauses) else self._count_all(db)

    def _prepare_list(self, db: sqlite3.Connection, orders: Orders, order: Order) -> None:
        self._total = self._count_all(db)
        ids = self._listed(db, orders, order)
        self._ids, self._anchored, self._count = ids, None, len(ids)

    def _listed(self, db: sqlite3.Connection, orders: Orders, order: Order) -> array[int]:
        found: array[int] = array("q")
        selects = (
            [segment.select(segment.row, next(segment.pieces(None)), "") for segment in order.segments]
            if orders.whole(order)
            else [orders.all_at_once(self._text)]
        )
        for sql, bound in selects:
            cursor = db.execute(sql, bound)
            while chunk := cursor.fetchmany(_CHUNK):
                found.extend([row for (row,) in chunk])
                self._go_on()
        return found

    def _early(self, db: sqlite3.Connection, offset: int, size: int) -> Sequence[Row]:
        if offset + size <= len(self._head) or self._is_slow:
            return self._head[offset : offset + size]
        try:
            with limited(db, LOOP_BUDGET):
                orders = self._orders(db, asks_words=False)  # its answers cannot be called off in between
                return self._first(db, orders, offset, size) if orders else ()
        except sqlite3.OperationalError as error:
            if not is_interrupt(error):
                raise
            self._is_slow = True
            return ()

    def _first(self, db: sqlite3.Connection, orders: Orders, offset: int, size: int) -> Sequence[Row]:
        order = orders.named(self._text)
        if order.is_indexed:
            ids = [place[-1] for place in walk(db, order.stretches(), offset, size)]
        else:
            sql, bound = orders.all_at_once(self._text)
            ids = [row for (row,) in db.execute(f"{sql} LIMIT ? OFFSET ?", (*bound, size, offset))]
        return rows_of(db, self._core.layout(self._table), ids)

    def _count_all(self, db: sqlite3.Connection) -> int:
        scope = scope_id(db, self._scope)
        if not self._is_gone_in and scope is not None:
            kept = kept_counts.total(db, self._core.layout(self._table), scope)
            if kept is not None:
                return kept
        gone = "" if self._is_gone_in else " AND _gone = 0"
        return db.execute(f'SELECT count(*) FROM "{self._table}" WHERE _scope = ?{gone}', (scope,)).fetchone()[0]

    def _go_on(self) -> None:
        if self._is_cancelled:
            raise Cancelled

    def _work(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do what `cancel` may end early."""
        try:
            with self._core.lent() as db, self._interruptible(db):
                work(db)
        except Cancelled:
            return
        except sqlite3.OperationalError as error:
            if not is_interrupt(error):
                raise

    @contextmanager
    def _interruptible(self, db: sqlite3.Connection) -> Generator[None, None, None]:
        with self._guard:
            self._go_on()
            self._running = db
        try:
            yield
        finally:
            with self._guard:
                self._running = None
