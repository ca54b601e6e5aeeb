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
        self.scenario = ""
        self.runs: int | None = None
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
        return Path(cache_folder_for(self.cache, self.emulator, is_demo=self.demo, scenario=self.scenario))

    def check(self) -> None:
        """Raise click.UsageError for options that contradict each other."""
        if self.demo and self.emulator:
            raise click.UsageError("--demo and --emulator are two different workspaces: choose one.")
        if self.scenario and not self.demo:
            raise click.UsageError("A scenario is played in the demo alone: add --demo.")
        if self.runs is not None and not self.demo:
            raise click.UsageError("The demo alone has as many runs as asked for: add --demo.")
        if self.offline and self.fresh:
            raise click.UsageError("--fresh reads from Azure and --offline never does: choose one.")


def asked_of(context: click.Context) -> Asked:
    """What was asked so far on this command line."""
    return context.find_root().ensure_object(Asked)


def _keep(context: click.Context, option: click.Parameter, value: Any) -> None:
    if value not in (None, "") and value is not False and option.name:
        setattr(asked_of(context), option.name, value)


def suggested(what: str) -> Callable[[click.Context, click.Parameter, str], list[Any]]:
    """A function of `app.cli.suggest`, imported when a shell asks: the deck's start knows nothing of it."""

    def suggest(context: click.Context, parameter: click.Parameter, word: str) -> list[Any]:
        from app.cli import suggest

        return getattr(suggest, what)(context, parameter, word)

    return suggest


class ScenarioType(click.ParamType[str]):
    """The name of something that goes wrong in the demo."""

    name = "scenario"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name as it is listed."""
        from services.emulator.scenarios import SCENARIOS

        if value not in SCENARIOS:
            self.fail(f"{value!r} is no scenario. There are {', '.join(SCENARIOS)}.", param, ctx)
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        """Return the names that begin like this."""
        from click.shell_completion import CompletionItem

        from services.emulator.scenarios import SCENARIOS

        return [
            CompletionItem(one.name, help=one.title) for one in SCENARIOS.values() if one.name.startswith(incomplete)
        ]


_OPTIONS: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (("--demo",), {"is_flag": True, "help": "An invented workspace: no account, no network."}),
    (
        ("--scenario",),
        {
            "type": ScenarioType(),
            "metavar": "NAME",
            "help": "What goes wrong in the demo; `amldeck demo --list-scenarios` names them.",
        },
    ),
    (
        ("--demo-runs", "runs"),
        {"type": click.IntRange(min=0), "metavar": "NUMBER", "help": "How many runs the demo has."},
    ),
    (("--emulator",), {"metavar": "URL", "help": "The workspace of an `amldeck emulator` on this machine."}),
    (("--offline",), {"is_flag": True, "help": "Never touch the network: answer from the cache."}),
    (
        ("-w", "--workspace"),
        {
            "metavar": "TEXT",
            "help": "Name, group/name, subscription/group/name, ARM id or studio address.",
            "shell_complete": suggested("workspaces"),
        },
    ),
    (
        ("-P", "--profile"),
        {
            "metavar": "NAME",
            "help": "The profile of the settings to sign in with.",
            "shell_complete": suggested("profiles"),
        },
    ),
    (("--cache",), {"metavar": "DIR", "help": "Keep the cache in this folder."}),
    (("--fresh",), {"is_flag": True, "help": "Read from Azure first, and fail when that fails."}),
)


def shared_options(command: F) -> F:
    """Let a command take the shared options; what is given ends up in `asked_of(context)`."""
    for names, settings in reversed(_OPTIONS):
        command = click.option(*names, **settings, callback=_keep, expose_value=False)(command)
    return command


def runs_option(help: str) -> Callable[[F], F]:
    """Let the command of the demo itself say how many runs it has by a shorter name."""
    return click.option("--runs", "runs", type=click.IntRange(min=0), metavar="NUMBER", callback=_keep,
                        expose_value=False, help=help)  # fmt: skip


def run_option(command: F) -> F:
    """Let a command that opens the deck take the run to open."""
    said = "Open the deck on this run: its name or id."
    return click.option("--run", metavar="NAME", callback=_keep, expose_value=False, help=said)(command)
