"""The deck, from the command line."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from app.cli.asked import asked_of, run_option, runs_option, shared_options
from app.cli.chosen import profile_asked, workspace_asked
from app.opening import RUNS
from app.settings import load_settings
from app.studio_url import BadAddress, parse_workspace
from widgets.safe import safe


def run_deck(context: click.Context) -> int:
    """Open the deck on what this command line means. Gives the exit code."""
    settings = load_settings()
    asked = asked_of(context)
    if asked.workspace:
        try:
            parse_workspace(asked.workspace)
        except BadAddress as error:
            raise click.UsageError(f"{safe(error, 500)}.") from error
    profile_asked(asked, settings)
    workspace = workspace_asked(asked, settings)
    need_terminal()

    from app import keeping
    from app.cli.errand import open_asked
    from app.deck import Deck

    deck = Deck(open_asked(asked), settings=settings, workspace=workspace, run=asked.run)
    try:
        deck.run()
    finally:
        keeping.finish(deck.desk, deck.parting)
    return deck.return_code or 0


def need_terminal() -> None:
    """Refuse to draw into a pipe or a file: nobody could press q there. Raises UsageError."""
    # The deck reads keys from stdin and draws on stderr, as Textual does.
    if not (sys.stdin and sys.stdin.isatty() and sys.__stderr__ and sys.__stderr__.isatty()):
        raise click.UsageError("The deck needs a terminal. Without one, ask for a pane: `amldeck runs --json`.")
    if os.environ.get("TERM") == "dumb":
        raise click.UsageError("TERM=dumb cannot show the deck. Ask for a pane instead: `amldeck runs --table`.")


def _list_scenarios(context: click.Context, option: click.Parameter, is_asked: bool) -> None:
    if is_asked:
        from services.emulator.scenarios import SCENARIOS

        for one in SCENARIOS.values():
            click.echo(f"{one.name}  {one.title}")
        context.exit()


@click.command("demo")
@run_option
@runs_option(f"How many runs it has: {RUNS} unless given.")
@click.option("--list-scenarios", is_flag=True, is_eager=True, expose_value=False, callback=_list_scenarios,
              help="Name what can go wrong in it, one a line.")  # fmt: skip
@shared_options
@click.pass_context
def command(context: click.Context) -> None:
    """Open the deck on an invented workspace that lives: no account, no network."""
    asked_of(context).demo = True
    context.exit(run_deck(context))


COMMAND: Any = command
