"""`amldeck config`: where the settings are, whether they are right, what applies, and their schema."""

from __future__ import annotations

import json
import sys
from importlib import resources
from pathlib import Path

import click
import msgspec

from app.cli.asked import asked_of
from app.cli.chosen import profile_asked
from app.settings import Settings, load_settings, read_settings, settings_path
from app.settings.schema import settings_schema
from app.settings.writing import as_toml
from widgets.safe import safe

WRONG = 2


@click.group("config")
def command() -> None:
    """Look at the settings: a small TOML file with profiles, and no secret in it."""


@command.command("validate")
@click.argument("file", required=False)
@click.pass_context
def validate(context: click.Context, file: str | None) -> None:
    """Say everything that is wrong with FILE, by default the settings; - reads the standard input.

    Ends with 0 when nothing is, and with 2 otherwise.
    """
    path = Path(file) if file else settings_path()
    if file not in (None, "-") and not path.exists():
        raise click.UsageError(f"There is no file {safe(path, 500)}.")
    settings = read_settings(sys.stdin.read(), "the input") if file == "-" else load_settings(path)
    for problem in settings.problems:
        click.echo(safe(problem, 1000), err=True)
    if settings.problems:
        context.exit(WRONG)
    name = "the input" if file == "-" else f"{path}"
    missing = "" if file == "-" or path.exists() else " does not exist, so defaults apply"
    click.echo(f"{safe(name, 500)}{missing or ': nothing is wrong'}", err=True)


@command.command("schema")
def schema() -> None:
    """Print the JSON Schema of the settings, for an editor."""
    click.echo(json.dumps(settings_schema(), indent=2))


@command.command("path")
def path() -> None:
    """Print the path of the settings, whether they exist or not."""
    click.echo(safe(settings_path(), 4000))


@command.command("show")
@click.pass_context
def show(context: click.Context) -> None:
    """Print what applies, as TOML with every default: -P before `config` chooses the profile."""
    settings = load_settings()
    for problem in settings.problems:
        click.echo(safe(f"amldeck: {problem}", 1000), err=True)
    chosen = profile_asked(asked_of(context), settings)
    click.echo(as_toml(_with_profile(settings, chosen.name)), nl=False)


@command.command("example")
def example() -> None:
    """Print a file with every setting explained, to begin with."""
    click.echo(resources.files("app.settings").joinpath("example.toml").read_text(encoding="utf-8"), nl=False)


def _with_profile(settings: Settings, name: str) -> Settings:
    return msgspec.structs.replace(settings, profile=name or None)


COMMAND = command
