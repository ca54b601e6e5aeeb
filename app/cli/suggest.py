"""What a word of a command line could become, for the shell's completion: from settings and cache, never a network.

It is asked at every tab: nothing is opened that is not there, and whatever goes wrong offers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from app.cli.asked import asked_of
from cache.files import NAME
from cache.query import parse
from cache.table import Table, fields_of
from widgets.pane import Pane

if TYPE_CHECKING:
    from app.session import Session

MOST = 50
_HARMLESS = re.compile(r"[\w.@/+:=,%-]+")
"""What a shell takes as it stands. Names are foreign text, and a completion is typed into a shell unquoted."""
Suggest = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


@contextmanager
def _session(context: click.Context) -> Generator[Session | None, None, None]:
    """The cache this command line means, with the workspace that is chosen there; None when there is none."""
    asked = asked_of(context)
    asked.offline, asked.fresh = True, False
    if not (asked.folder / NAME).exists():
        yield None
        return
    from app.cli.errand import open_asked

    session = open_asked(asked)
    session.workspace = session.workspace or session.default_workspace
    try:
        yield session
    finally:
        session.close()


def _items(words: Sequence[str]) -> list[CompletionItem]:
    return [CompletionItem(word) for word in words[:MOST] if _HARMLESS.fullmatch(word)]


def words_of_filter(pane: Pane[Any]) -> Suggest:
    """Fields of a pane's filter, then the values seen of the field that is written."""

    def suggest(context: click.Context, parameter: click.Parameter, word: str) -> list[CompletionItem]:
        from app.completing import Completer
        from app.finding import Finder

        with _session(context) as session:
            if session is None:
                return []
            finder = Finder(session, dict)
            completer = Completer(lambda: finder, lambda work, then: then(work()))
            return _items(completer.offers(pane, word) or ([] if word else finder.fields(pane)))

    return suggest


def names_of_fields(table: Table | None) -> Suggest:
    """The last of the fields named so far, a comma between; with a sign before it for orders."""

    def suggest(context: click.Context, parameter: click.Parameter, word: str) -> list[CompletionItem]:
        before, comma, last = word.rpartition(",")
        sign = "-" if last.startswith("-") else ""
        known = list(fields_of(table.record)) if table is not None else list[str]()
        return _items([f"{before}{comma}{sign}{name}" for name in known if name.startswith(last.removeprefix(sign))])

    return suggest


def runs(context: click.Context, parameter: click.Parameter, word: str) -> list[CompletionItem]:
    """Ids and names of runs that begin so, the newest first."""
    from app.tables import RUNS

    with _session(context) as session:
        if session is None or not word:
            return []
        text = word.replace("\\", "").replace('"', "")
        where = parse(f'name:"{text}" | id:"{text}"', RUNS, now=session.now())
        found = session.store.records(RUNS.name, session.scope, where, "-created", 4 * MOST)
        names = [name for seen in found for name in (seen.key, seen.record.name) if name.startswith(word)]
        return _items(list(dict.fromkeys(names)))


def workspaces(context: click.Context, parameter: click.Parameter, word: str) -> list[CompletionItem]:
    """Names of the workspaces seen so far."""
    with _session(context) as session:
        known = [] if session is None else [one.name for one in session.known_workspaces()]
        return _items([name for name in known if name.lower().startswith(word.lower())])


def profiles(context: click.Context, parameter: click.Parameter, word: str) -> list[CompletionItem]:
    """Names of the profiles of the settings."""
    from app.settings import load_settings

    return _items([name for name in load_settings().profiles if name.startswith(word)])


def endpoints(context: click.Context, parameter: click.Parameter, word: str) -> list[CompletionItem]:
    """Names of the online endpoints seen so far."""
    with _session(context) as session:
        names = [] if session is None else [seen.key for seen in session.store.records("endpoints", session.scope)]
        return _items([name for name in names if name.lower().startswith(word.lower())])


def deployments(context: click.Context, parameter: click.Parameter, word: str) -> list[CompletionItem]:
    """Names of the deployments behind the endpoint that is written."""
    from app.endpoint_tables import DEPLOYMENTS

    with _session(context) as session:
        endpoint = str(context.params.get("endpoint") or "").replace("\\", "").replace('"', "")
        if session is None or not endpoint:
            return []
        where = parse(f'endpoint="{endpoint}"', DEPLOYMENTS, now=session.now())
        known = session.store.records(DEPLOYMENTS.name, session.scope, where)
        return _items([seen.record.name for seen in known if seen.record.name.startswith(word)])
