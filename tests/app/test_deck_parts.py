"""The deck's parts without a screen: counting, summing, remembering, crashing."""

import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.chrome import crumbs
from app.crash import report, write_report
from app.keeper import Keeper
from app.kept import kept_of
from app.stack import Visit
from app.summing import Summing
from widgets.lines import line_text, say
from widgets.safe import Safe, plain


@dataclass
class Rows:
    """Rows that are counted when the test says so."""

    name: str
    has_rows: bool = False
    has_first: bool = False
    counted: int | None = None
    is_cancelled: bool = False

    def peek(self) -> None:
        self.has_rows = self.has_first

    def prepare(self) -> None:
        self.counted = 1

    def cancel(self) -> None:
        self.is_cancelled = True

    def count(self) -> int | None:
        return self.counted

    def total(self) -> int | None:
        return self.counted

    def window(self, offset: int, size: int) -> list[Any]:
        return [object()] if self.has_rows else []

    def locate(self, key: str) -> int | None:
        return None


@dataclass
class Workers:
    """Workers that finish when the test says so."""

    waiting: list[tuple[Callable[[], Any], Callable[[Any], None]]] = field(default_factory=list)

    def ask(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        self.waiting.append((work, then))

    def finish(self) -> None:
        work, then = self.waiting.pop(0)
        then(work())


def keeper() -> tuple[Keeper, Workers, list[str]]:
    workers, taken = Workers(), []
    return Keeper(workers.ask, lambda found: taken.append(found.name), lambda: taken.append("counted")), workers, taken


def test_the_newest_question_wins_and_the_older_is_cancelled() -> None:
    kept, workers, taken = keeper()
    first, second = Rows("first"), Rows("second")
    kept.open(first)
    kept.narrow(second)
    assert first.is_cancelled
    workers.finish()
    workers.finish()
    workers.finish()
    assert taken == ["second", "counted"]
    assert kept.found is second


def test_the_first_rows_are_shown_as_soon_as_they_are_found() -> None:
    kept, workers, taken = keeper()
    kept.open(Rows("all"))
    workers.finish()
    kept.narrow(Rows("some", has_first=True))
    assert taken == ["all", "counted"]
    workers.finish()
    assert (taken[2:], kept.count) == (["some"], None)
    workers.finish()
    assert (taken[3:], kept.count) == (["some", "counted"], 1)


def test_rows_that_are_there_at_once_are_shown_before_they_are_counted() -> None:
    kept, _workers, taken = keeper()
    kept.open(Rows("all"))
    kept.narrow(Rows("some", has_rows=True))
    assert taken == ["some"]
    assert kept.count is None


def test_changes_while_counting_are_looked_at_once_afterwards() -> None:
    kept, workers, _taken = keeper()
    kept.open(Rows("first"))
    made: list[Rows] = []

    def again() -> Rows:
        made.append(Rows(f"again{len(made)}"))
        return made[-1]

    for _ in range(5):
        kept.look_again(again)
    assert made == []
    workers.finish()
    assert len(made) == 1
    workers.finish()
    assert kept.found is made[0]
    assert workers.waiting == []


def test_closing_cancels_what_is_counted() -> None:
    kept, workers, taken = keeper()
    rows = Rows("first")
    kept.open(rows)
    kept.close()
    workers.finish()
    assert rows.is_cancelled
    assert taken == []


class Timer:
    def __init__(self) -> None:
        self.is_stopped = False

    def stop(self) -> None:
        self.is_stopped = True


def test_a_verdict_is_asked_for_once_while_rows_keep_changing_and_once_more_after() -> None:
    asked: list[Callable[[Any], None]] = []
    later: list[Callable[[], None]] = []
    drawn: list[str] = []

    def wait(seconds: float, call: Callable[[], None]) -> Any:
        later.append(call)
        return Timer()

    summing = Summing(asked.append, wait, lambda: drawn.append(line_text(summing.line)))
    summing.restart()
    summing.again()
    summing.again()
    assert len(asked) == 1
    asked[0](say(plain("6 running")))
    later[0]()
    assert len(asked) == 2
    asked[1](say(plain("6 running")))
    assert drawn == ["6 running"]


def test_a_verdict_about_the_pane_before_is_not_shown() -> None:
    asked: list[Callable[[Any], None]] = []
    summing = Summing(asked.append, lambda seconds, call: Timer(), lambda: None)  # type: ignore[arg-type,return-value]
    summing.restart()
    summing.restart()
    asked[0](say(plain("old")))
    assert summing.line == ()


def test_what_another_version_remembered_is_forgotten() -> None:
    assert kept_of(None).pane == ""
    assert kept_of("no json").views == {}
    assert kept_of('{"pane": 7}').pane == ""
    assert kept_of('{"pane":"runs","views":{"runs":["x","-created"]}}').views == {"runs": ("x", "-created")}


def test_crumbs_name_panes_and_the_rows_between_them() -> None:
    titles = {"experiments": "Experiments", "runs": "Runs"}
    home = Visit("experiments")
    runs = Visit("runs", crumb=plain("fraud"), parent=home)
    assert crumbs(Visit("runs", crumb=Safe("sweep-7"), parent=runs), titles) == (
        "Experiments", "fraud", "Runs", "sweep-7", "Runs",
    )  # fmt: skip


def test_a_crash_leaves_a_private_report_without_secrets(tmp_path: Path) -> None:
    secret = "sv=2024&sig=abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG%3D"
    try:
        raise RuntimeError(f"bad url https://x.blob.core.windows.net/c?{secret} \x1b]52;c;QQ\x07")
    except RuntimeError as error:
        said = report(error, tmp_path / "cache.db")
        path = write_report(error, tmp_path)

    assert "RuntimeError" in said
    assert str(tmp_path) in said
    assert "abcdefghijklmnop" not in said
    assert "\x1b" not in said
    assert path is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text()
    assert "abcdefghijklmnop" not in text
    assert "\x1b" not in text
    assert "test_deck_parts.py" in text
