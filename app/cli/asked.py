"""What every command may be asked, before its verb or after it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from app.start import cache_folder_for

F = TypeVar("F", bound=Callable[..., Any])


class Asked:
    """The options every command shares, filled from both sides of the verb."""

    def __init__(self) -> None:
        self.demo = False
        self.emulator = ""
        self.offline = False
        self.workspace = ""
        self.profile = ""
        self.run = ""
        self.cache = ""
        self.fresh = False

    @property
    def folder(self) -> Path:
        """The folder of the cache this command line means."""
        return Path(cache_folder_for(self.cache, self.emulator, is_demo=self.demo))

    def check(self) -> None:
        """Raise click.UsageError for options that contradict each other."""
        if self.demo and self.emulator:
            raise click.UsageError("--demo and --emulator are two different workspaces: choose one.")
        if self.offline and self.fresh:
            raise click.UsageError("--fresh reads from Azure and --offline never does: choose one.")


def asked_of(context: click.Context) -> Asked:
    """What was asked so far on this command line."""
    return context.find_root().ensure_object(Asked)


def _keep(context: click.Context, option: click.Parameter, value: Any) -> None:
    if value and option.name:
        setattr(asked_of(context), option.name, value)


_OPTIONS: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (("--demo",), {"is_flag": True, "help": "An invented workspace: no account, no network."}),
    (("--emulator",), {"metavar": "URL", "help": "The workspace of an `amldeck emulator` on this machine."}),
    (("--offline",), {"is_flag": True, "help": "Never touch the network: answer from the cache."}),
    (
        ("-w", "--workspace"),
        {"metavar": "TEXT", "help": "Name, group/name, subscription/group/name, ARM id or studio address."},
    ),
    (("-P", "--profile"), {"metavar": "NAME", "help": "The profile of the settings to sign in with."}),
    (("--cache",), {"metavar": "DIR", "help": "Keep the cache in this folder."}),
    (("--fresh",), {"is_flag": True, "help": "Read from Azure first, and fail when that fails."}),
)


def shared_options(command: F) -> F:
    """Let a command take the shared options; what is given ends up in `asked_of(context)`."""
    for names, settings in reversed(_OPTIONS):
        command = click.option(*names, **settings, callback=_keep, expose_value=False)(command)
    return command


def run_option(command: F) -> F:
    """Let a command that opens the deck take the run to open."""
    said = "Open the deck on this run: its name or id."
    return click.option("--run", metavar="NAME", callback=_keep, expose_value=False, help=said)(command)
