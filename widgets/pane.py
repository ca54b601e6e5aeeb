"""What a pane is: plain descriptions that the deck, the help, the palette and the command line all read.

Nothing here imports Textual: `amldeck runs --json` reads the same columns as the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, NamedTuple, Protocol, TypeVar

from widgets.safe import Safe

T = TypeVar("T")

Tone = Literal[
    "strong", "text", "muted", "edge", "line", "accent", "ok", "run", "warn", "err",
    "series1", "series2", "series3", "series4", "series5", "series6", "series7", "series8",
]  # fmt: skip
"""A colour by its meaning (design tokens); `strong` is always bold."""


class Span(NamedTuple):
    """A piece of one line: clean text and what its colour means."""

    text: Safe
    tone: Tone = "text"
    bold: bool = False
    underline: bool = False


Cell = tuple[Span, ...]
Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What a cell may depend on besides its record: the moment, the user's zone and glyphs. Ages come from `now`."""

    now: datetime
    is_local: bool = False
    is_ascii: bool = False
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column: how a record becomes a cell, and which field it stands for.

    `field` is the record's field: filter, sort, provenance and `--json` know the column by it. `sort` is the field to
    order by when that differs; None with an empty `field` means the column cannot be sorted. `rank` decides who stays
    when the terminal is narrow: 1 always, 9 first to go.
    """

    title: str
    cell: Callable[[T, Look], Cell]
    width: int
    field: str = ""
    sort: str = ""
    is_right: bool = False
    grows: bool = False
    rank: int = 5


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """One labelled line of the detail panel; hidden when `cell` gives None."""

    label: str
    cell: Callable[[T, Look], Cell | None]
    field: str = ""


@dataclass(frozen=True, slots=True)
class Section(Generic[T]):
    """A titled block of the detail panel: facts, or free lines; shown when it has any."""

    title: str
    facts: tuple[Fact[T], ...] = ()
    lines: Callable[[T, Look], Sequence[Line]] | None = None


@dataclass(frozen=True, slots=True)
class Drill(Generic[T]):
    """A way into a row: a key, a word for the footer, the pane it opens and the filter it opens it with.

    `query` gives the filter text for the target pane, in the user's own language (`experiment=fraud`). With a `part`
    it is the row itself that is opened, at that part of it, and `query` gives its key. With `is_here` it leads nowhere
    else: the pane's own rows are narrowed to the filter.
    """

    key: str
    title: str
    pane: str
    query: Callable[[T], str]
    part: str = ""
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """One thing a verb asks before it is planned.

    `start` gives what the answer begins with, `check` the sentence that says what is wrong with an answer, None when
    nothing is. With `choices` one of them is picked, else the answer is typed; `hint` says what may be typed.
    """

    name: str
    label: str
    start: Callable[[T], str]
    check: Callable[[T, str], str | None]
    choices: Callable[[T], Sequence[str]] | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Verb(Generic[T]):
    """Something that can be done to a row in Azure. What it changes and which right it takes, services know by `name`.

    `target` gives the row's path below the workspace (`/onlineEndpoints/fraud-score`), `why_not` a sentence why the
    row's own state does not allow it, None when it does. `word` is what enter does in the dialog: `shift`.
    """

    name: str
    title: str
    word: str
    target: Callable[[T], str]
    why_not: Callable[[T], str | None]
    questions: tuple[Question[T], ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Reference(Generic[T]):
    """The addresses of a row: everything `y`, `Y`, `o` and `O` can copy or open. None hides a choice."""

    copy: Callable[[T], str]
    arm_id: Callable[[T, str], str | None] | None = None
    """(record, workspace ARM id) → ARM id."""
    studio: Callable[[T, str], str | None] | None = None
    """(record, workspace ARM id) → studio address without the scheme's host: `/runs/abc?wsid=…`."""
    az: Callable[[T, Any], str | None] | None = None
    """(record, WorkspaceRef) → an `az` command that shows the same thing."""
    request: Callable[[T], str | None] | None = None
    """What `y` copies in place of the name: the words to ask an administrator for what is missing; None copies it."""


class Tally(Protocol):
    """Sums over all rows of a pane's table in the chosen workspace, for its verdict line. Asked on a worker thread."""

    def by(self, field: str, query: str = "") -> Mapping[str, int]:
        """How many rows have each value of `field`, among those that match `query`."""
        ...

    def rows(self) -> Sequence[Any]:
        """All records, for tables that stay small; at most 2,000."""
        ...


@dataclass(frozen=True, slots=True)
class Pane(Generic[T]):
    """A pane, whole: what it shows, how, where it leads, and what fills it.

    `table` names the cache table whose rows it shows; `sources` the sources that fill it, in the order to read them.
    `order` is the field first sorted by, with a leading `-` for newest or largest first. `verdict` makes the one line
    above the table from sums over all its rows; `empty` is what would fill the pane.
    """

    name: str
    title: str
    digit: str
    record: type[T]
    table: str
    columns: tuple[Column[T], ...]
    sources: tuple[str, ...]
    order: str
    empty: str
    noun: str = "rows"
    filter: str = ""
    """The filter a first visit starts with, visible in the filter bar and cleared like any other."""
    head: Callable[[T, Look], Line] | None = None
    """The detail panel's title line."""
    sections: tuple[Section[T], ...] = ()
    drills: tuple[Drill[T], ...] = ()
    verbs: tuple[Verb[T], ...] = ()
    """What `a` offers to do to a row."""
    reference: Reference[T] | None = None
    verdict: Callable[[Tally, Look], Line] | None = None
    """The line above the table while no filter stands there; asked on a worker thread."""
    trouble: str = ""
    """The filter text of `!`, problems only."""
    in_tabs: bool = True
    help: str = ""
    short: str = ""
    """The tab's name at 80 columns, when the title is too long."""
    describe: tuple[str, ...] = field(default_factory=tuple)


class Row(NamedTuple):
    """A row on the screen: its key and its record, with the age of what is known about it."""

    key: str
    record: Any
    fetched_at: datetime | None


class Rows(Protocol):
    """An ordered, countable, windowed set of rows. All methods are quick enough for the event loop, or answer None.

    `count` is None while it is being counted; `window` gives up to `size` rows from `offset`; `locate` gives the
    position of a key, or None when it is not in the set (or not known yet).
    """

    def count(self) -> int | None:
        """How many rows there are; None while they are being counted."""
        ...

    def window(self, offset: int, size: int) -> Sequence[Row]:
        """Up to `size` rows from `offset`."""
        ...

    def locate(self, key: str) -> int | None:
        """The position of a key; None when it is not there, or not known yet."""
        ...


class NoRows:
    """The rows of a pane before there are any: a `Rows` that is empty and knows it."""

    def count(self) -> int | None:
        """Zero."""
        return 0

    def window(self, offset: int, size: int) -> Sequence[Row]:
        """No rows."""
        return ()

    def locate(self, key: str) -> int | None:
        """Nowhere."""
        return None


def width_of(columns: Iterable[Column[Any]]) -> int:
    """Cells a set of columns takes, with two between each."""
    widths = [column.width for column in columns]
    return sum(widths) + 2 * max(0, len(widths) - 1)
