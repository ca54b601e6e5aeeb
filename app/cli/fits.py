"""`amldeck fits`: whether so many machines fit into the quota, or the cheapest size that does what is needed."""

from __future__ import annotations

import click

from app.cells import number, value
from app.cli.answer import refreshed, write
from app.cli.asked import shared_options
from app.cli.errand import QueryFailed, narrate_ages, narrate_problems, opened, say
from app.fitting import Option, Wanted, options
from app.panes.sizes import SIZES
from services.fit import Need
from widgets import format as fmt
from widgets.pane import Cell, Column, Look, Pane, Span
from widgets.safe import safe

NOT_WELL = 4
"""Exit code where nothing fits."""
MOST = 15
"""Lines of a table."""


def _cost(option: Option, look: Look) -> Cell:
    return (Span(fmt.money(option.per_hour, is_estimate=not look.is_ascii)),)


def _answer(option: Option, look: Look) -> Cell:
    return (Span(safe(option.answer), "text" if option.answer == "fits" else "warn"),)


OPTIONS: Pane[Option] = Pane(
    name="fits", title="Fits", digit="", record=Option, table="", noun="sizes", sources=(), order="", in_tabs=False,
    empty="No size does.",
    columns=(
        Column("fit", _answer, 12, "answer", rank=1),
        Column("size", value("name"), 26, "name", grows=True, rank=1),
        Column("cores", number("each_cores"), 5, "each_cores", is_right=True, rank=2),
        Column("GB", value("each_memory_gb"), 6, "each_memory_gb", is_right=True, rank=2),
        Column("gpus", number("each_gpus"), 4, "each_gpus", is_right=True, rank=2),
        Column("$/h for all", _cost, 11, "per_hour", is_right=True, rank=1),
        Column("most", number("most"), 5, "most", is_right=True, rank=2),
        Column("why", value("why", "muted"), 40, "why", rank=3),
    ),
    help="Whether machines fit into the quota.",
)  # fmt: skip
"""Not in PANES: the deck has this in Sizes."""


@click.command("fits")
@click.argument("size", required=False, default="")
@click.argument("count", type=click.IntRange(min=1), required=False, default=1)
@click.option("--low-priority", "is_low", is_flag=True, help="Machines that may be taken away.")
@click.option("--deployment", "is_deployment", is_flag=True, help="Behind a managed online endpoint: a fifth more.")
@click.option("--cores", type=click.IntRange(min=0), default=0, help="Cores it has to have at least.")
@click.option("--memory", type=click.FloatRange(min=0), default=0.0, help="Gigabytes it has to have at least.")
@click.option("--gpus", type=click.IntRange(min=0), default=0, help="GPUs it has to have at least.")
@click.option("--machines", type=click.IntRange(min=1), default=None, help="How many, where no size is named.")
@click.option("--json", "form", flag_value="json", help="A list of objects, keys are field names.")
@click.option("--table", "form", flag_value="table", default="table", help="Text (the default).")
@shared_options
@click.pass_context
def command(
    context: click.Context, size: str, count: int, is_low: bool, is_deployment: bool, cores: int, memory: float,
    gpus: int, machines: int | None, form: str,
) -> None:  # fmt: skip
    """Say whether COUNT machines of SIZE fit into what is left of the quota: `amldeck fits Standard_NC6s_v3 4`.

    Without a SIZE, name what a machine has to have: `amldeck fits --cores 16 --memory 64 --gpus 1`. The cheapest that
    fits comes first, by list prices. Exits with 4 when nothing fits.
    """
    if not size and not (cores or memory or gpus):
        raise click.UsageError("Name a size (Standard_NC6s_v3 4), or what it has to have: --cores, --memory, --gpus.")
    wanted = Wanted(count=machines or count, is_low=is_low, is_deployment=is_deployment)
    with opened(context) as errand:
        _, states = refreshed(errand, SIZES)
        narrate_problems(errand, states)
        found = options(errand.session, wanted, size, Need(cores=cores, memory_gb=memory, gpus=gpus))
        if not found:
            named = f"lists no size {safe(size, 60)}" if size else "has no size with all of that"
            raise QueryFailed(f"The region {named}; `amldeck sizes` lists them.")
        if form == "json" or not size:
            write(OPTIONS, found if form == "json" else found[:MOST], form, errand.look())
        else:
            click.echo(sentence(found[0]))
        if form != "json" and len(found) > MOST:
            say(f"The first {MOST} of {len(found)}; --json gives all.")
        narrate_ages(errand, states)
    if not any(one.answer in ("fits", "unknown") for one in found):
        context.exit(NOT_WELL)


def sentence(one: Option) -> str:
    """`4 x Standard_NC6s_v3 does not fit: 18 of 24 cores needed are left, 3 at most. $12.24/h by list price`."""
    most = f", {one.most:,} at most" if one.most is not None and one.answer != "fits" else ""
    cost = f"{fmt.money(one.per_hour)}/h" if one.per_hour is not None else "no price"
    return (
        f"{one.count} x {safe(one.name, 60)}: {one.answer}. {safe(one.why, 200)}{most}. {cost}: {safe(one.priced, 300)}"
    )


COMMAND = command
