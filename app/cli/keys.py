"""`amldeck keys`: every action and every key of the deck, as the settings have them, or as a preset does."""

from __future__ import annotations

import json
from typing import NamedTuple

import click

from app.cli.asked import shared_options
from app.key_map import KEYS, MOVE_WORDS, WORDS, KeyMap, key_map, key_text
from app.key_presets import PRESETS
from app.keys import ACTIONS, BY_ID, GROUPS
from app.run_parts import BY_PART
from app.settings import load_settings
from widgets.safe import Safe, plain, safe

MOVE, INTO, SIDES = plain("Move"), plain("Look into the run"), plain("Within a run and a document")


class Bound(NamedTuple):
    """One line of the table."""

    id: str
    group: Safe
    keys: tuple[str, ...]
    about: Safe


@click.command("keys")
@click.option("--json", "is_json", is_flag=True, help="A list of objects: id, group, keys, about.")
@click.option("--preset", type=click.Choice(list(PRESETS)), help="The keys of a preset, not those of the settings.")
@shared_options
def command(is_json: bool, preset: str | None) -> None:
    """Print what every key does: what is written as [keys] in the settings has the ids of this list."""
    settings = load_settings()
    keys = key_map(preset) if preset else key_map(settings.key_map, settings.keys)
    for problem in () if preset else settings.problems:
        click.echo(safe(f"amldeck: {problem}", 1000), err=True)
    found = table(keys)
    if is_json:
        objects = [{"id": one.id, "group": one.group, "keys": list(one.keys), "about": one.about} for one in found]
        click.echo(safe(json.dumps(objects, ensure_ascii=False), 100_000))
        return
    click.echo(f"key_map = {keys.preset}", err=True)
    for one in found:
        click.echo(f"{one.id:<16} {key_text(one.keys) or plain('–'):<22} {one.about}")


def table(keys: KeyMap) -> list[Bound]:
    """Every action and move, in the order of the help."""
    order = list(GROUPS)
    actions = sorted(ACTIONS, key=lambda action: order.index(action.group))
    found = [
        Bound(action.id, GROUPS[action.group], action.keys if action.is_typed else keys.of(action.id), action.about)
        for action in actions
    ]
    return [*found, *(Bound(id, _group(id), keys.of(id), WORDS[id]) for id in KEYS if id not in BY_ID)]


def _group(id: str) -> Safe:
    return MOVE if id in MOVE_WORDS else INTO if id in BY_PART else SIDES


COMMAND = command
