"""What a command works with: the session its options mean, the chosen workspace, and a refresher that narrates."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, replace

import click

from app.cli.asked import Asked, asked_of
from app.cli.chosen import profile_asked, workspace_asked
from app.links import NotLoopback
from app.opening import RUNS, open_session
from app.refresh import Refresher
from app.session import Mode, Session, ref_of
from app.settings import Settings, load_settings
from app.sign_ins import sign_in_of
from app.source_state import Problem, Refreshed, SourceState, ignore
from app.sources import PATIENT
from app.studio_url import BadAddress, Wanted, parse_workspace
from services.records import WorkspaceRef
from widgets import format as fmt
from widgets.pane import Look
from widgets.safe import safe

PATIENCE = 10.0
"""Seconds a command refreshes before it answers from the cache."""
DEADLINE = 600.0
"""Seconds `--fresh` waits."""
TOO_LATE = "Azure has not listed the workspaces in time."

FAILED, RETRY = 1, 3
"""Exit codes of a query that failed, and of one that may work later."""


class QueryFailed(click.ClickException):
    """It cannot be answered, and trying again will not help."""

    exit_code = FAILED


class TryAgain(click.ClickException):
    """It cannot be answered now: the connection, not the question, is at fault."""

    exit_code = RETRY


@dataclass(slots=True)
class Errand:
    """One command's session and how it was asked for."""

    asked: Asked
    session: Session
    refresher: Refresher
    settings: Settings

    def refresh(self, names: Iterable[str], *, force: bool = False) -> bool:
        """Refresh what is stale, for ten seconds at most; with `--fresh` everything. Whether all of it is done.

        What reads the past is begun once: it may take hours, so later commands leave it to the deck and to `sync`.
        """
        known = self.session.store.sources(self.session.scope)
        begun = {name for name in PATIENT if name in known and known[name].last_try is not None}
        wanted = [name for name in names if name not in begun]
        is_forced = force or (self.asked.fresh and self.session.is_online)
        self.refresher.want(wanted, force=is_forced)
        return self.refresher.wait(wanted, DEADLINE if self.asked.fresh else PATIENCE)

    def states(self, names: Iterable[str] = ()) -> list[SourceState]:
        """How these sources stand; all of them for no name."""
        states = self.refresher.states()
        return [states[name] for name in names] or list(states.values())

    def look(self) -> Look:
        """The moment, for ages; UTC, as everything outside the deck."""
        return Look(self.session.now(), is_ascii=self.settings.is_ascii)


def say(text: str) -> None:
    """Narrate: a line on stderr, where it never mixes with data."""
    click.echo(safe(text, 2000), err=True)


def open_asked(asked: Asked) -> Session:
    """Open the session this command line means. Raises click.UsageError."""
    asked.check()
    mode: Mode = "offline" if asked.offline else "demo" if asked.demo else "emulator" if asked.emulator else "azure"
    wanted = sign_in_of(profile_asked(asked, load_settings()))
    try:
        return open_session(
            mode, asked.folder, emulator=asked.emulator, is_demo=asked.demo, scenario=asked.scenario,
            runs=RUNS if asked.runs is None else asked.runs, wanted=wanted,
        )  # fmt: skip
    except NotLoopback as error:
        raise click.UsageError(f"{safe(error, 500)}.") from error


@contextmanager
def opened(context: click.Context, on_event: Callable[[Refreshed], None] = ignore) -> Generator[Errand]:
    """Open the session this command line means, and leave it without waiting for a call that hangs."""
    asked, settings = asked_of(context), load_settings()
    for problem in settings.problems:
        say(f"amldeck: {problem}")
    profile_asked(asked, settings)
    session = open_asked(asked)
    for note in session.notes:
        say(f"amldeck: {note}")
    refresher = Refresher(session, on_event)
    try:
        yield Errand(asked, session, refresher, settings)
    finally:
        refresher.stop(0.3)
        session.close()


def choose_workspace(errand: Errand) -> WorkspaceRef:
    """Choose the workspace that is named, or the default, or the last one, or the only one.

    A name nobody has seen is looked up in Azure. Raises UsageError, QueryFailed and TryAgain.
    """
    session = errand.session
    named = workspace_asked(errand.asked, errand.settings)
    if not named:
        ref = session.workspace or _only_one(errand)
    else:
        try:
            wanted = parse_workspace(named)
        except BadAddress as error:
            raise click.UsageError(f"{safe(error, 500)}.") from error
        ref = wanted.ref or _known(errand, wanted) or _looked_up(errand, wanted)
    is_first = session.workspace is None
    session.choose(ref, is_remembered=is_first)
    errand.refresher.reset()
    return ref


def _known(errand: Errand, wanted: Wanted) -> WorkspaceRef | None:
    found = [ref for ref in map(ref_of, errand.session.known_workspaces()) if wanted.matches(ref)]
    if len(found) > 1:
        names = ", ".join(f"{ref.resource_group}/{ref.name}" for ref in found)
        raise click.UsageError(f"{wanted.name!r} is the name of {len(found)} workspaces: write {names}.")
    return found[0] if found else None


def _looked_up(errand: Errand, wanted: Wanted) -> WorkspaceRef:
    problem = _list_workspaces(errand)
    found = _known(errand, wanted)
    if found is not None:
        return found
    names = sorted(ref_of(one).name for one in errand.session.known_workspaces())
    if problem is not None and not names:
        raise trouble(problem)
    known = f" There are {', '.join(names)}." if names else " The cache holds none; `amldeck workspaces` lists them."
    raise click.UsageError(f"There is no workspace {wanted.name!r}.{known}")


def _only_one(errand: Errand) -> WorkspaceRef:
    default = errand.session.default_workspace
    if default is not None:
        return default
    refs = [ref_of(one) for one in errand.session.known_workspaces()]
    if not refs:
        problem = _list_workspaces(errand)
        refs = [ref_of(one) for one in errand.session.known_workspaces()]
        if not refs and problem is not None:
            raise trouble(problem)
    if len(refs) == 1:
        return refs[0]
    names = ", ".join(sorted(ref.name for ref in refs)) or "none in the cache; `amldeck workspaces` lists them"
    raise click.UsageError(f"Which workspace? Name it with -w. There are {names}.")


def _list_workspaces(errand: Errand) -> Problem | None:
    """Ask Azure for the workspaces, if the network may be touched; what went wrong, if it did."""
    if not errand.session.is_online:
        return None
    errand.refresher.want(["workspaces"], force=True)
    is_done = errand.refresher.wait(["workspaces"], 3 * PATIENCE)
    (state,) = errand.states(["workspaces"])
    if state.problem is None and not is_done:
        return Problem("offline", TOO_LATE, errand.session.now(), is_retryable=True)
    return state.problem


def trouble(problem: Problem) -> click.ClickException:
    """The exception that ends a command because of a source's problem."""
    family = TryAgain if problem.is_retryable else QueryFailed
    return family(safe(problem.sentence, 1000))


def narrate_problems(errand: Errand, states: Iterable[SourceState]) -> None:
    """Say what stands in the way, once for all sources it stands in the way of, and how old what is shown is."""
    troubled: dict[Problem, list[SourceState]] = {}
    for state in states:
        if state.problem is not None and state.problem.because is None:
            troubled.setdefault(replace(state.problem, since=errand.session.now()), []).append(state)
    for problem, stopped in troubled.items():
        names = ", ".join(state.title for state in stopped)
        ages = [state for state in stopped if state.last_ok is not None]
        oldest = min(ages, key=lambda state: state.last_ok or errand.session.now(), default=None)
        kept = f" Showing what was seen {_age(errand, oldest)}." if oldest is not None else ""
        say(f"{names}: {problem.kind}. {problem.sentence}{kept}")


def narrate_ages(errand: Errand, states: Iterable[SourceState]) -> None:
    """Say how old what is shown is, a word for each source, and how far a read that goes on has come."""
    parts = [_standing(errand, state) for state in states if not state.is_derived]
    say(" · ".join(parts))


def _standing(errand: Errand, state: SourceState) -> str:
    if state.is_reading and state.progress:
        of = f" of {state.total:,}" if state.total is not None else ""
        return f"{state.title.lower()} {state.progress:,}{of} synced, still reading"
    return f"{state.title.lower()} {_age(errand, state)}"


def _age(errand: Errand, state: SourceState) -> str:
    if state.last_ok is None:
        return "never read"
    now = errand.session.now()
    return f"{fmt.age(state.last_ok, now)} ago ({fmt.clock(state.last_ok, Look(now))})"
