"""`amldeck workspaces`: what the account sees, from the cache when it is fresh."""

from __future__ import annotations

import click

from app.cli.answer import write
from app.cli.asked import shared_options
from app.cli.errand import TOO_LATE, TryAgain, narrate_ages, narrate_problems, opened, say, trouble
from services.workspaces import Workspace, badges_of
from widgets import format as fmt
from widgets.pane import Column, Pane

WORKSPACES: Pane[Workspace] = Pane(
    name="workspaces",
    title="Workspaces",
    digit="",
    record=Workspace,
    table="workspaces",
    noun="workspaces",
    sources=("workspaces",),
    order="name",
    in_tabs=False,
    empty="The account sees no workspace.",
    columns=(
        Column("name", lambda one, look: fmt.words(one.name), 20, "name", grows=True, rank=1),
        Column("resource group", lambda one, look: fmt.words(one.resource_group), 20, "resource_group", rank=2),
        Column("location", lambda one, look: fmt.words(one.location, "muted"), 14, "location", rank=3),
        Column("kind", lambda one, look: fmt.words(one.kind, "muted"), 8, "kind", rank=4),
        Column("state", lambda one, look: fmt.words(one.state, "muted"), 10, "state", rank=4),
        Column("sealed", lambda one, look: fmt.words(" ".join(badges_of(one)) or None, "muted"), 8, "is_hbi", rank=4),
        Column("subscription", lambda one, look: fmt.words(one.subscription, "muted"), 36, "subscription", rank=5),
    ),
    help="The workspaces the account sees.",
)
"""Not in PANES: the deck has its switcher for them."""


@click.command("workspaces")
@click.option("--json", "form", flag_value="json", help="A list of objects, keys are field names.")
@click.option("--csv", "form", flag_value="csv", help="Comma-separated, a column for each field.")
@click.option("--table", "form", flag_value="table", default="table", help="Aligned columns (the default).")
@shared_options
@click.pass_context
def command(context: click.Context, form: str) -> None:
    """List the workspaces the account sees: what -w takes."""
    with opened(context) as errand:
        is_done = errand.refresh(["workspaces"])
        (state,) = states = errand.states(["workspaces"])
        if state.problem is not None and (errand.asked.fresh or state.last_ok is None):
            raise trouble(state.problem)
        if not is_done and (errand.asked.fresh or state.last_ok is None):
            raise TryAgain(TOO_LATE)
        found = list(errand.session.known_workspaces())
        narrate_problems(errand, states)
        say(f"{len(found)} workspaces")
        narrate_ages(errand, states)
        write(WORKSPACES, found, form, errand.look())


COMMAND = command
