"""`amldeck cache`: how large it is and of what, taking out what is old, packing it. The network is never touched."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import msgspec

from app.cli.asked import asked_of, shared_options
from app.cli.errand import QueryFailed, TryAgain, say
from app.kept_logs import PrunedLogs, owned_by_runs, prune_logs
from app.tables import TABLES
from cache.errors import CacheBusy, CacheError
from cache.files import NAME
from cache.store import Store, utc_now
from cache.upkeep import Pruned, Sizes, TableSize
from cache.values import age
from widgets import format as fmt
from widgets.safe import cell_width, safe

RUNS = "runs"
"""The table that is never pruned unless it is asked for: what Azure has forgotten is only here."""
"""What is noted of log files goes with the runs they are of."""
_PARTS = ("rows", "indexes", "values", "documents", "history")
_OURS = (NAME, f"{NAME}-wal", f"{NAME}-shm")


@click.group("cache")
@shared_options
def command() -> None:
    """Look at the cache, take out what is old, pack it. None of it touches the network or what was asked of Azure."""


@contextmanager
def opened(context: click.Context) -> Generator[Store, None, None]:
    """The cache this command line means. Raises QueryFailed and TryAgain, also for what the cache says inside."""
    folder = asked_of(context).folder
    if not (folder / NAME).exists():
        raise QueryFailed(f"There is no cache in {safe(str(folder))}.")
    store = Store.open(folder, TABLES)
    for note in store.notes:
        say(f"amldeck: {note}")
    try:
        yield store
    except CacheError as error:
        family = TryAgain if isinstance(error, CacheBusy) else QueryFailed
        raise family(safe(str(error), 1000)) from error
    finally:
        store.close()


@command.command("path")
@shared_options
@click.pass_context
def path(context: click.Context) -> None:
    """Print the path of the cache, whether it exists or not."""
    click.echo(safe(str(asked_of(context).folder / NAME), 4000))


@command.command("size")
@click.option("--json", "is_json", is_flag=True, help="As one object; bytes are numbers.")
@shared_options
@click.pass_context
def size(context: click.Context, is_json: bool) -> None:
    """Say how large the cache is and what of: rows, indexes, tags and metrics, documents, history, by table."""
    with opened(context) as store:
        found = store.sizes()
        beside = dict(_beside(store.path.parent)) if store.path else {}
    if is_json:
        whole: dict[str, Any] = {**msgspec.to_builtins(found), "beside": beside}
        click.echo(msgspec.json.encode(whole).decode())
        return
    for line in size_lines(found, beside):
        click.echo(line)


def size_lines(found: Sizes, beside: dict[str, int]) -> Iterator[str]:
    """The sizes as aligned lines: a table each, then the file, then what lies beside it."""
    rest = sorted({part for table in found.tables for part in table.bytes} - set(_PARTS))
    parts = [part for part in (*_PARTS, *rest) if any(table.bytes.get(part) for table in found.tables)]
    yield from _aligned([["table", "rows", "gone", "size", *parts], *(_size_row(one, parts) for one in found.tables)])
    free = f", of which {fmt.size(found.free)} are free: `amldeck cache vacuum` gives them back" if found.free else ""
    journal = f" and {fmt.size(found.journal)} of journal" if found.journal else ""
    yield ""
    yield f"{NAME}: {fmt.size(found.file)}{journal}{free}"
    for name, size in beside.items():
        yield f"{safe(name)}: {fmt.size(size)}"


def _size_row(table: TableSize, parts: list[str]) -> list[str]:
    whole = sum(table.bytes.values()) if table.bytes else None
    return [table.name, fmt.count(table.rows), fmt.count(table.gone or None), fmt.size(whole),
            *(fmt.size(table.bytes.get(part)) for part in parts)]  # fmt: skip


def _aligned(rows: list[list[str]]) -> Iterator[str]:
    widths = [max(cell_width(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        first, *others = (
            cell + " " * (width - cell_width(cell)) if not at else " " * (width - cell_width(cell)) + cell
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join([first, *others]).rstrip()


def _beside(folder: Path) -> Iterator[tuple[str, int]]:
    """What else lies in the folder, with its bytes: files of logs, intents, copies; caches of demo and emulators."""
    for found in sorted(os.scandir(folder), key=lambda one: one.name):
        if found.is_dir(follow_symlinks=False):
            yield f"{found.name}/", sum(one.stat().st_size for one in Path(found.path).rglob("*") if one.is_file())
        elif found.name not in _OURS and (held := found.stat(follow_symlinks=False).st_size):
            yield found.name, held


@command.command("prune")
@click.option("--older-than", "age_text", metavar="AGE", required=True, help="Such as 90d or 26w.")
@click.option("--runs", "with_runs", is_flag=True, help="Runs, too, that ended before: listed by Azure or not.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Count only.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask before runs are taken out.")
@click.option("--json", "is_json", is_flag=True, help="As one object.")
@shared_options
@click.pass_context
def prune(context: click.Context, age_text: str, with_runs: bool, is_dry: bool, is_sure: bool, is_json: bool) -> None:
    """Take out what Azure no longer lists, last seen longer ago than AGE.

    Logs and copies of the cache that are older go, too.

    Runs stay unless --runs is given: then those that ended before, too, with their metrics, logs, documents and
    history. A full sync reads again what Azure still lists. What was asked of Azure (intents) is never taken out.
    """
    micros = age(age_text)
    if micros is None or micros <= 0:
        raise click.UsageError(f"--older-than needs an age, such as 90d: {safe(age_text, 40)!r} is none.")
    before = utc_now() - timedelta(microseconds=min(micros, 10**17))
    kept, ended = ((), (RUNS,)) if with_runs else ((RUNS,), ())
    with opened(context) as store:
        found = store.prune(before, kept=kept, ended=ended, owned=owned_by_runs(store, before), is_dry=True)
        logs = prune_logs(store, before, found.orphans, is_dry=True)
        if not is_dry and (found.rows or found.files or found.series or logs.logs):
            if found.rows.get(RUNS) and not is_sure:
                _ask(found.rows[RUNS])
            found = store.prune(before, kept=kept, ended=ended, owned=owned_by_runs(store, before), told=_told())
            logs = prune_logs(store, before, found.orphans, is_dry=False)
    say(pruned_text(found, logs, is_dry=is_dry))
    if is_json:
        whole: dict[str, Any] = {**msgspec.to_builtins(found), **msgspec.to_builtins(logs), "is_dry_run": is_dry}
        del whole["orphans"]  # counted as logs
        click.echo(msgspec.json.encode(whole).decode())


def _ask(runs: int) -> None:
    """Ask before runs go; without somebody to ask that is wrong usage. Raises click.UsageError and click.Abort."""
    if not sys.stdin or not sys.stdin.isatty():
        raise click.UsageError(f"{runs:,} runs would be taken out, and nobody can be asked here: --yes means it.")
    click.confirm(f"Take {runs:,} runs out of the cache?", abort=True, err=True)


def _told() -> Any:
    """Narrates how many rows are out, now and then."""
    steps = iter(range(50_000, 10**12, 50_000))
    due = [next(steps)]

    def told(done: int) -> None:
        if done >= due[0]:
            say(f"{done:,} rows out…")
            due[0] = next(steps)

    return told


def pruned_text(found: Pruned, logs: PrunedLogs, *, is_dry: bool) -> str:
    """What went, or would go, as a sentence."""
    rows = [f"{count:,} {name.replace('_', ' ')}" for name, count in found.rows.items()]
    files = [f"{len(found.files)} old copies ({fmt.size(found.file_bytes)})"] if found.files else []
    files += [f"{logs.logs:,} log files ({fmt.size(logs.log_bytes)})"] if logs.logs else []
    rows += [f"{found.series:,} series of metrics"] if found.series else []
    what = ", ".join(rows + files)
    if not what:
        return "Nothing is as old as that."
    after = "" if is_dry or not rows else ". The room is used for new rows; `amldeck cache vacuum` gives it to the disk"
    return f"{'Would take out' if is_dry else 'Taken out'}: {what}{after}."


@command.command("vacuum")
@shared_options
@click.pass_context
def vacuum(context: click.Context) -> None:
    """Pack the cache, so that what was pruned goes back to the disk. It needs its size again for a while.

    A deck that is open keeps showing and waits with writing.
    """
    with opened(context) as store:
        before, after = store.vacuum()
    say(f"Packed: {fmt.size(before)} before, {fmt.size(after)} now.")


COMMAND = command
