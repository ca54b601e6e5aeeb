"""`amldeck open FILE`: an incident bundle, offline, as the triage it was written from."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.asked import asked_of
from app.cli.deck import need_terminal
from app.cli.errand import QueryFailed, say
from app.cli.triage import show
from app.session import Session
from app.settings import load_settings
from app.triaging.judged import judged_of
from widgets.pane import Look
from widgets.safe import safe


@click.command("open")
@click.argument("file")
@click.option("--json", "form", flag_value="json", help="The verdict and what it rests on, as one object.")
@click.option("--md", "form", flag_value="md", help="The draft of a post-mortem, as Markdown.")
@click.option("--text", "form", flag_value="text", help="Lines to read, without the screen.")
@click.pass_context
def COMMAND(context: click.Context, file: str, form: str | None) -> None:
    """Open the incident bundle FILE that `x` in a triage or `amldeck triage --bundle` wrote.

    It is read as a file from anybody: nothing in it is run, nothing is asked of Azure, nothing is kept.
    """
    from app.bundles.form import BadBundle
    from app.bundles.opening import opened_bundle

    asked_of(context)
    if form is None:
        need_terminal()
    try:
        with opened_bundle(Path(file)) as session:
            context.exit(_deck(session) if form is None else _printed(session, form))
    except BadBundle as error:
        raise QueryFailed(f"{safe(file, 200)} was not opened. {safe(error, 500)}") from error


def _printed(session: Session, form: str) -> int:
    for note in session.notes:
        say(f"amldeck: {note}")
    found = judged_of(session, session.bundle.endpoint) if session.bundle is not None else None
    if found is not None:
        show(found, form, Look(session.now(), is_ascii=load_settings().is_ascii))
    return 0


def _deck(session: Session) -> int:
    from msgspec.structs import replace

    from app import keeping
    from app.bundles.opening import frozen_refresher
    from app.deck import Deck

    settings = replace(load_settings(), commands=())  # own commands are for rows of one's own
    deck = Deck(session, frozen_refresher, settings=settings, pane="endpoints")
    try:
        deck.run()
    finally:
        keeping.finish(deck.desk, deck.parting)
    return deck.return_code or 0
