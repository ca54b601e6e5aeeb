"""The `amldeck` command: no verb opens the deck, a verb answers with text, JSON or CSV.

Exit codes: 0 answered, 1 the query failed, 2 wrong usage, 3 the connection failed and a later try may not, 4 what was
asked about does not stand well (`triage`, `watch`), 130 interrupted. Commands are imported when they are called:
`amldeck --version` knows none of them.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from app.cli.asked import run_option, shared_options

INTERRUPTED = 130

_OTHERS = {
    "demo": ("app.cli.deck", "Open the deck on an invented workspace that lives."),
    "sync": ("app.cli.sync", "Read everything that is stale into the cache."),
    "metrics": ("app.cli.metrics", "Give every value a run has logged, as a table, JSON, CSV, SVG or PNG."),
    "triage": ("app.cli.triage", "Say what is wrong with an endpoint, since when, what changed and what to do."),
    "requests": ("app.cli.requests", "Give the scoring requests to an endpoint, or their sums; --by, --follow."),
    "endpoint-logs": ("app.cli.endpoint_logs", "Print the log of a container behind an endpoint; --follow."),
    "test-call": (
        "app.cli.call_endpoint",
        "Call an endpoint with a payload, or deployments against each other; --yes.",
    ),
    "certificate": ("app.cli.certificate", "Say until when the certificate of an endpoint's host is good."),
    "watch": ("app.cli.watch", "Say when a run ends, an endpoint turns, the month passes a sum; --exec."),
    "open": ("app.cli.open", "Open an incident bundle, offline: the triage it was written from; --md."),
    "logs": ("app.cli.logs", "Print a log of a run: the one that matters first, or by name; --follow."),
    "compare": ("app.cli.compare", "What differs between 2 to 20 runs, or one and the last good."),
    "reproduce": ("app.cli.reproduce", "Write a run down so that it can be run again."),
    "submit": ("app.cli.submit", "Check the YAML of a job, by line; --check. Sends nothing."),
    "prices": ("app.cli.prices", "What machine sizes cost an hour by list price; refresh reads it from Azure."),
    "quota": ("app.cli.quota", "What is left of the quota, in this region or another; --request prints a request."),
    "fits": ("app.cli.fits", "Say whether machines of a size fit into the quota, or the cheapest that does."),
    "estimate": ("app.cli.estimate", "What nodes for some hours would cost by list price, before submitting."),
    "reconcile": ("app.cli.reconcile", "Hold the bill of machines against the estimates; the rest is unexplained."),
    "report": ("app.cli.report", "Write what a month cost, billed and estimated, as Markdown and CSV."),
    "workspaces": ("app.cli.workspaces", "List the workspaces the account sees."),
    "check-role": ("app.cli.check_role", "Check the JSON of a role definition, offline."),
    "run": ("app.cli.run", "Say everything the cache has about one run, as one JSON object."),
    "cache": ("app.cli.cache", "Look at the cache, take out what is old, pack it."),
    "views": ("app.cli.views", "List the saved views; amldeck runs --view NAME answers with one."),
    "completion": ("app.cli.completion", "Print the completion script of a shell."),
    "config": ("app.cli.config", "Look at the settings: path, what applies, what is wrong, schema."),
    "keys": ("app.cli.keys", "Print what every key does, and the ids to give others by."),
    "sign-in": ("app.cli.sign_in", "Sign in to Azure by name: device code, browser, certificate and others."),
    "sign-out": ("app.cli.sign_in", "Forget the sign-in, with its secrets and tokens."),
    "whoami": ("app.cli.sign_in", "Say who amldeck is in Azure, and where tokens are kept."),
    "doctor": ("app.cli.doctor", "Say what works here and what does not."),
    "emulator": ("app.cli.emulator", "Serve an invented workspace over loopback HTTP."),
}
"""Verbs that are no pane: the module whose `COMMAND`, or one of whose `COMMANDS`, each is, and its line in the help."""


NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What writing onto a full disk fails with."""


class SeenEnough(Exception):
    """Whoever read our answer closed the pipe."""


class Verbs(click.Group):
    """The verbs: one for each pane, and the others; each imported when it is needed."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb. Raises SeenEnough where click would exit with 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise SeenEnough from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the panes in the order of their digits, then the others."""
        from app.panes import PANES

        return [pane.name for pane in PANES] + list(_OTHERS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a verb; None when there is none of this name."""
        if cmd_name in _OTHERS:
            from importlib import import_module

            module = import_module(_OTHERS[cmd_name][0])
            return module.COMMANDS[cmd_name] if hasattr(module, "COMMANDS") else module.COMMAND
        from app.cli.panes import pane_command, pane_named

        pane = pane_named(cmd_name)
        return pane_command(pane) if pane is not None else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs with a line each, without importing what they do."""
        from app.cli.panes import summary
        from app.panes import PANES

        with formatter.section("Panes"):
            formatter.write_dl([(pane.name, summary(pane)) for pane in PANES])
        with formatter.section("Others"):
            formatter.write_dl([(name, line) for name, (_, line) in _OTHERS.items()])


def _version(context: click.Context, option: click.Parameter, value: bool) -> None:
    if value:
        from importlib.metadata import PackageNotFoundError, version

        try:
            click.echo(f"amldeck {version('amldeck')}")
        except PackageNotFoundError:
            click.echo("amldeck, from its sources")
        context.exit()


@click.group(
    cls=Verbs,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Say the version.")
@run_option
@shared_options
@click.pass_context
def amldeck(context: click.Context) -> None:
    """The terminal workbench for Azure Machine Learning. Without a verb it opens the deck."""
    if context.invoked_subcommand is None:
        from app.cli.deck import run_deck

        context.exit(run_deck(context))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code."""
    try:
        code: Any = amldeck.main(args=arguments, prog_name="amldeck", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except (SeenEnough, BrokenPipeError):
        _write_no_more()
        return 0
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        _write_no_more()
        click.echo(f"Error: What was asked for could not be written: {error.strerror}.", err=True)
        return 1


def _write_no_more() -> None:
    """Have the interpreter not flush into a closed pipe or onto a full disk again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
