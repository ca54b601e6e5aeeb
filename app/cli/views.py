"""`amldeck views`: the saved views, and those that come with amldeck; `amldeck runs --view NAME` answers with one."""

from __future__ import annotations

import click
import msgspec

from app.cli.asked import shared_options
from app.saved_views import SavedView, as_toml, load_views
from app.shipped_views import all_views
from widgets.safe import safe


@click.command("views")
@click.option(
    "--json", "form", flag_value="json", help="A list of objects: name, pane, filter, order, columns, group_by."
)
@click.option("--toml", "form", flag_value="toml", help="Your own, as views.toml has them: to keep, or to send.")
@shared_options
def command(form: str | None) -> None:
    """List the saved views: those of views.toml beside the settings, and those that come with amldeck."""
    own, problems = load_views()
    for problem in problems:
        click.echo(safe(f"amldeck: {problem}", 1000), err=True)
    listed = all_views(own)
    if form == "json":
        click.echo(safe(msgspec.json.encode(listed).decode(), 1_000_000))
    elif form == "toml":
        click.echo(as_toml(own), nl=False)
    else:
        for view in listed:
            by = f"  by {safe(view.group_by, 60)}" if view.group_by else ""
            click.echo(f"{safe(view.name, 28):<28}  {safe(view.pane, 11):<11}  {safe(view.filter, 200)}{by}")


def view_named(name: str, pane: str) -> SavedView:
    """The view of this name (any case) for a pane. Raises click.UsageError."""
    own, _ = load_views()
    for view in all_views(own):
        if view.name.lower() == name.lower():
            if view.pane != pane:
                raise click.UsageError(f"{safe(view.name)!r} is a view of {safe(view.pane)}, not of {pane}.")
            return view
    raise click.UsageError(f"There is no view {safe(name)!r}; `amldeck views` lists them.")


COMMAND = command
