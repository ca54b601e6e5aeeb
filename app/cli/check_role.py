"""`amldeck check-role FILE`: what is wrong with a role definition, and what one could do with it. Asks nobody."""

from __future__ import annotations

import sys
from typing import BinaryIO

import click
import msgspec

from app.cli.asked import shared_options
from services.known_actions import known_actions
from services.role_check import Checked, check_role
from widgets.safe import plain, safe

LARGEST = 1_000_000
"""Bytes of a file that may be a role: Azure takes far less."""

NOT_COMPLETE = plain(
    "Checked offline against the actions amldeck knows: the list is not complete, so an action it does not know may "
    "exist all the same. Deny assignments, locks, policies and conditions can refuse what a role gives."
)


@click.command("check-role")
@click.argument("file", type=click.File("rb"))
@click.option("--json", "is_json", is_flag=True, help="One object: faults, can, cannot.")
@shared_options
@click.pass_context
def command(context: click.Context, file: BinaryIO, is_json: bool) -> None:
    """Check the JSON of a role definition, offline; FILE is - for standard input.

    Takes the forms of `az role definition create` and of Azure's own answers. Exit code 1 when Azure would not take it.
    """
    document = file.read(LARGEST + 1)
    if len(document) > LARGEST:
        raise click.UsageError("This file is too large to be a role definition.")
    checked = check_role(document)
    if is_json:
        click.echo(safe(msgspec.json.encode(checked).decode(), LARGEST))
    else:
        _write(checked)
    context.exit(1 if any(fault.weight == "error" for fault in checked.faults) else 0)


def _write(checked: Checked) -> None:
    if not checked.is_role:
        click.echo("\n".join(safe(fault.sentence, 600) for fault in checked.faults))
        return
    click.echo(f"Role {safe(checked.name) or plain('without a name')}")
    click.echo(f"\nWrong or doubtful: {len(checked.faults) or plain('nothing')}")
    for fault in checked.faults:
        click.echo(f"  {fault.weight:<8} {safe(fault.where)}  {safe(fault.sentence, 600)}")
    for title, found in (("Could", checked.can), ("Could not", checked.cannot)):
        click.echo(f"\n{title} ({len(found)}):")
        for one in found:
            click.echo(f"  {one}")
    click.echo(f"\n{NOT_COMPLETE} It holds {len(known_actions()):,} of them.", file=sys.stderr)


COMMAND = command
