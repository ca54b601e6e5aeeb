"""`amldeck prices`: what is known of the prices of machine sizes; `amldeck prices refresh` reads them."""

from __future__ import annotations

import click

from app.cells import ago, value
from app.cli.answer import write
from app.cli.asked import shared_options
from app.cli.chosen import workspace_asked
from app.cli.errand import DEADLINE, Errand, TryAgain, choose_workspace, opened, say, trouble
from app.estimating import catch_up
from app.pricing import COSTED, IN_USE, MADE_OF, PRICED, KnownPrice, known_prices
from widgets import format as fmt
from widgets.pane import Column, Pane, Span
from widgets.safe import Safe

REFRESH = "refresh"

PRICES: Pane[KnownPrice] = Pane(
    name="prices",
    title="Prices",
    digit="",
    record=KnownPrice,
    table="prices",
    noun="prices",
    sources=(),
    order="sku",
    in_tabs=False,
    empty="No price is known.",
    columns=(
        Column("size", value("sku"), 24, "sku", grows=True, rank=1),
        Column("region", value("region", "muted"), 18, "region", rank=2),
        Column("system", value("os", "muted"), 7, "os", rank=3),
        Column("priority", value("priority", "muted"), 12, "priority", rank=2),
        Column("an hour", lambda one, look: (Span(Safe(f"{one.price.amount:f}")),), 9, "price", is_right=True, rank=1),
        Column("in", lambda one, look: fmt.words(one.price.currency, "muted"), 4, rank=1),
        Column("since", lambda one, look: (Span(_day(one), "muted"),), 10, "effective", rank=4),
        Column("from", value("source", "muted"), 8, "source", rank=3),
        Column("read", ago("read"), 5, "read", is_right=True, rank=2),
    ),
    help="What an hour of a machine size costs by list price.",
)
"""Not in PANES: the deck shows prices beside what costs them."""


def _day(one: KnownPrice) -> Safe:
    return Safe(f"{one.effective:%Y-%m-%d}") if one.effective is not None else Safe("–")


@click.command("prices")
@click.argument("words", metavar="[refresh] [SKU]...", nargs=-1)
@click.option("--json", "form", flag_value="json", help="A list of objects, keys are field names.")
@click.option("--csv", "form", flag_value="csv", help="Comma-separated, a column for each field.")
@click.option("--table", "form", flag_value="table", default="table", help="Aligned columns (the default).")
@shared_options
@click.pass_context
def command(context: click.Context, words: tuple[str, ...], form: str) -> None:
    """What an hour of a machine size costs by list price, with the age of each price.

    `amldeck prices refresh` reads the sizes that deployments and computes of the workspace have, or those named, from
    prices.azure.com, which is open to everybody: nobody signs in there. Until then the few prices that amldeck brings
    along are known. List prices hold no discount: all that is made of them is an estimate.
    """
    is_refresh, skus = words[:1] == (REFRESH,), words[1:] if words[:1] == (REFRESH,) else words
    with opened(context) as errand:
        if is_refresh and not errand.session.is_online:
            raise click.UsageError("--offline never touches the network: there is nothing to refresh.")
        if is_refresh or _names_a_workspace(errand):
            choose_workspace(errand)
        if is_refresh:
            _refresh(errand, skus)
        found = known_prices(errand.session.store, errand.session.scope, skus)
        known = {one.sku.lower() for one in found}
        sizes = f"{len(known)} size{'' if len(known) == 1 else 's'}"
        say(f"{len(found)} list prices of {sizes}, without discounts")
        if missing := [sku for sku in skus if sku.lower() not in known]:
            hint = "" if is_refresh else " `amldeck prices refresh` asks Azure."
            say(f"No price is known of {', '.join(missing)}.{hint}")
        write(PRICES, found, form, errand.look())


def _names_a_workspace(errand: Errand) -> bool:
    """Whether there is a workspace to look at without asking Azure which: what amldeck brings along needs none."""
    session = errand.session
    asked = workspace_asked(errand.asked, errand.settings)
    return bool(asked) or session.workspace is not None or session.default_workspace is not None


def _refresh(errand: Errand, skus: tuple[str, ...]) -> None:
    """Read the prices, then make what is made of them again. Raises click exceptions."""
    refresher, key = errand.refresher, " ".join(skus) or IN_USE
    errand.refresh(MADE_OF)
    refresher.look_up("prices", key, force=True)
    is_done = refresher.wait_for("prices", key, DEADLINE)
    problem = refresher.lookup_state("prices", key).problem
    if problem is not None:
        raise trouble(problem)
    if not is_done:
        raise TryAgain(f"The prices were not read in {DEADLINE:.0f} s.")
    refresher.touch((*PRICED, *COSTED))
    catch_up(errand.session.store, errand.session.scope, errand.session.now())
    errand.refresh(PRICED)


COMMAND = command
