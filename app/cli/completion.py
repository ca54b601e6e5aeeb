"""`amldeck completion bash`: the script that has a shell ask amldeck what a word could become."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

VARIABLE = "_AMLDECK_COMPLETE"
"""Set by the script when it asks; `app.start` paints nothing then."""
SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of SHELL: panes and verbs, fields and values of filters, runs, workspaces.

    All of it comes from the cache. In ~/.bashrc: eval "$(amldeck completion bash)"
    """
    script = get_completion_class(shell)
    assert script is not None
    click.echo(script(context.find_root().command, {}, "amldeck", VARIABLE).source())


COMMAND = command
