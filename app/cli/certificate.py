"""`amldeck certificate ENDPOINT`: until when the certificate of its scoring host is good, without a screen."""

from __future__ import annotations

import sys

import click
import msgspec

from app.cli.asked import shared_options, suggested
from app.cli.endpoint_named import endpoint_named
from app.cli.errand import QueryFailed, choose_workspace, opened
from services.certificates import Certificate, read_certificate
from services.errors import ServiceError
from widgets.safe import safe

UNHEALTHY = 4
SOON_DAYS = 30
"""Days before its end from which on a certificate is worth somebody's time."""


@click.command("certificate")
@click.argument("endpoint", shell_complete=suggested("endpoints"))
@click.option("--json", "is_json", is_flag=True, help="One object.")
@shared_options
@click.pass_context
def COMMAND(context: click.Context, endpoint: str, is_json: bool) -> None:
    """Say until when the certificate of ENDPOINT's scoring host is good, for which names, and who vouches for it.

    Connects to the host and sends nothing but a greeting. Ends with 4 when it is not trusted or ends within 30 days.
    """
    with opened(context) as errand:
        choose_workspace(errand)
        session, name = errand.session, endpoint_named(errand, endpoint)
        if session.mode != "azure":
            raise QueryFailed("Only the hosts of real endpoints can be asked: this is the demo, or offline.")
        seen = session.store.get("endpoints", session.scope, name)
        try:
            found = read_certificate((seen.record.scoring_uri if seen is not None else None) or "")
        except ServiceError as error:
            raise QueryFailed(safe(str(error), 600)) from error
        days = (found.ends - session.now()).total_seconds() / 86_400
        _show(found, days, is_json=is_json)
        context.exit(0 if found.is_trusted and days > SOON_DAYS else UNHEALTHY)


def _show(found: Certificate, days: float, *, is_json: bool) -> None:
    if is_json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
        return
    left = f"{days:,.0f} days left" if days >= 0 else f"ended {-days:,.0f} days ago"
    trust = "trusted here" if found.is_trusted else f"not trusted here: {safe(found.why_not, 200)}"
    lines = {
        "host": f"{safe(found.host, 200)}:{found.port}", "ends": f"{found.ends:%Y-%m-%d %H:%MZ}, {left}",
        "begins": f"{found.starts:%Y-%m-%d %H:%MZ}", "subject": safe(found.subject, 400),
        "issuer": safe(found.issuer, 400), "names": ", ".join(safe(one, 100) for one in found.names) or "–",
        "trust": trust,
    }  # fmt: skip
    sys.stdout.write("".join(f"{label:<8} {text}\n" for label, text in lines.items()))
