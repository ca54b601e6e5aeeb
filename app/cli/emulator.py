"""`amldeck emulator`: an invented workspace over loopback HTTP, for other terminals, other clients and tests."""

from __future__ import annotations

import click

from app.cli.asked import ScenarioType
from app.cli.errand import say
from app.opening import RUNS, SEED
from services.emulator.faults import Fault, Faults

PORT = 8765


class FaultType(click.ParamType[Fault]):
    """`STATUS[:SECONDS][@PART]`: 503, 429:30, 403@costmanagement."""

    name = "fault"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Fault:
        """Return the fault a text means."""
        what, _, match = value.partition("@")
        status, _, wait = what.partition(":")
        if not (status.isdecimal() and 400 <= int(status) <= 599):
            self.fail(f"{value!r} is no fault: write a status, as in 503, 429:30 or 403@costmanagement", param, ctx)
        try:
            return Fault(status=int(status), match=match, retry_after=float(wait) if wait else None)
        except ValueError:
            self.fail(f"{wait!r} is no number of seconds to retry after", param, ctx)


@click.command("emulator")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 takes any free port.")
@click.option("--runs", type=click.IntRange(min=0), default=RUNS, show_default=True, help="How many runs there are.")
@click.option("--seed", type=int, default=SEED, show_default=True, help="Another seed is another world.")
@click.option("--scenario", type=ScenarioType(), metavar="NAME",
              help="What goes wrong in it; `amldeck demo --list-scenarios` names them.")  # fmt: skip
@click.option("--latency", type=click.FloatRange(min=0), default=0.0, help="Seconds before every answer.")
@click.option("--fault", "faults", type=FaultType(), multiple=True, metavar="STATUS[:SECONDS][@PART]",
              help="Answer requests that contain PART with STATUS (and Retry-After: SECONDS).")  # fmt: skip
def command(port: int, runs: int, seed: int, scenario: str | None, latency: float, faults: tuple[Fault, ...]) -> None:
    """Serve an invented workspace on 127.0.0.1 until interrupted; open it with `amldeck --emulator URL`.

    Faults can be set and lifted meanwhile by POST /emulator/faults.
    """
    from services.emulator.serve import serve
    from services.emulator.world import World

    given = Faults(*faults, latency=latency)
    try:
        server = serve(World(seed=seed, runs=runs, faults=given, scenario=scenario or ""), port, given)
    except OSError as error:
        raise click.ClickException(f"Port {port} cannot be used: {error.strerror}.") from error
    with server:
        click.echo(f"http://127.0.0.1:{server.server_address[1]}")
        say(f"{runs:,} runs, seed {seed}. Ends with ctrl+c.")
        try:
            server.serve_forever()
        finally:
            given.release()


COMMAND = command
