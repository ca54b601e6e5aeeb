"""What the keys of a triage ask for: another time, a note, the incident bundle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.noted import LONGEST, about_endpoint, write_note
from app.screens.ask import Ask
from app.triaging.moments import NoMoment, moment_of
from cache.errors import CacheError
from widgets import format as fmt
from widgets.bar import NO_TEXT
from widgets.lines import say
from widgets.questions import Asked
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.triaging.actions import TriageActions

ONLY_READ = plain("This is a bundle: it is only read.")


def ask_when(view: TriageActions) -> None:
    """Ask which time to look at, and look at it."""
    desk = view.desk
    now, is_local = desk.session.now(), desk.is_local

    def check(text: str) -> Safe | None:
        try:
            moment_of(text, now, is_local=is_local)
        except NoMoment as error:
            return safe(str(error))
        return None

    zone = plain("local time") if is_local else plain("UTC")
    start = fmt.clock(view.at, desk.look).partition(" ")[0].removesuffix("Z") if view.at is not None else ""
    question = Asked("when", plain("when"), check, start, Safe(f"13:58, 20m or 2026-11-27 13:58, {zone}"))
    _ask(view, plain("Another time"), plain("look"), question,
         lambda text: view.travel(moment_of(text, now, is_local=is_local)))  # fmt: skip


def ask_note(view: TriageActions) -> None:
    """Ask for a note on the endpoint, and keep it."""
    session, about = view.desk.session, about_endpoint(view.key)
    if session.bundle is not None:
        tell(view, ONLY_READ)
        return

    def check(text: str) -> Safe | None:
        if not text.strip():
            return plain("A note says something.")
        return Safe(f"A note has at most {LONGEST:,} characters.") if len(text) > LONGEST else None

    def keep(text: str) -> None:
        def work() -> Safe:
            try:
                write_note(session, about, text.strip())
            except CacheError as error:
                return safe(f"The note was not kept: {error}")
            return plain("Noted.")

        view.ask(work, done)

    def done(said: Safe) -> None:
        tell(view, said)
        view.judge()

    _ask(view, plain("Note"), plain("keep"), Asked("text", plain("note"), check), keep)


def write_bundle(view: TriageActions) -> None:
    """Write the incident bundle into the current folder, as of the time that is looked at."""
    session, key = view.desk.session, view.key
    if session.bundle is not None:
        tell(view, ONLY_READ)
        return

    def work() -> Safe:
        from app.bundles.writing import NotWritten, name_of, write_bundle

        try:
            return safe(write_bundle(session, key, Path.cwd() / name_of(key, session.now())).said, 2_000)
        except (NotWritten, OSError, CacheError) as error:
            return safe(f"No bundle was written: {error}")

    view.ask(work, lambda said: tell(view, said))


def tell(view: TriageActions, words: Safe) -> None:
    """Say it in the notice line."""
    view.post_message(view.Says(words))


def _ask(view: TriageActions, title: Safe, word: Safe, question: Asked, then: Callable[[str], None]) -> None:
    def take(answers: dict[str, str] | None) -> None:
        if answers:
            then(answers[question.name])

    subject = say(safe(view.key, 60), "strong", bold=True)
    view.app.push_screen(  # pyright: ignore[reportUnknownMemberType]
        Ask(title, NO_TEXT, subject, word, [question]), take
    )
