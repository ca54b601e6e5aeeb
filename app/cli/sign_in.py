"""`amldeck sign-in`, `sign-out` and `whoami`: who amldeck is in Azure, chosen by name and never guessed."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

import click
import msgspec

from app.cli.asked import asked_of, shared_options
from app.cli.chosen import profile_asked
from app.cli.errand import QueryFailed, TryAgain, open_asked, say
from app.safekeeping import AZ_KEEPS, is_lost_at_the_end
from app.session import Session
from app.settings import load_settings
from app.sign_ins import sign_in_of
from app.signing import WhoAmI, who_am_i
from app.signing import sign_in as sign_in_to
from app.signing import sign_out as sign_out_of
from services.clouds import CLOUDS
from services.errors import NotSignedIn, ServiceError, Unreachable
from services.offers import offers
from services.sign_in import METHODS, PERSONAL, SECRETIVE, DeviceCode, Method, SignIn, check
from widgets import format as fmt
from widgets.safe import safe

_FACTS = (
    ("user", "user"),
    ("name", "name"),
    ("method", "method"),
    ("tenant", "tenant"),
    ("cloud", "cloud"),
    ("subscription", "subscription"),
    ("guest_of", "guest of"),
    ("expires", "token until"),
    ("tokens", "tokens"),
)
_METHODS: dict[str, Method] = {method.replace(" ", "-"): method for method in METHODS}


@click.command("sign-in")
@click.option("--method", type=click.Choice(list(_METHODS)), help="How; without it the one that fits here best.")
@click.option("--tenant", default="", help="Id or domain of the tenant.")
@click.option("--cloud", type=click.Choice(list(CLOUDS)), default=None, help="One of Azure's clouds.")
@click.option("--client-id", default="", help="The application, for a certificate, a secret or an identity.")
@click.option("--certificate", default="", metavar="PATH", help="A PEM or PFX file with its key.")
@click.option("--secret-stdin", is_flag=True, help="Read the secret, or the passphrase, from standard input.")
@shared_options
@click.pass_context
def sign_in(
    context: click.Context, method: str | None, tenant: str, cloud: str | None, client_id: str, certificate: str,
    secret_stdin: bool,
) -> None:  # fmt: skip
    """Sign in to Azure, and go on with it from now on.

    A secret is asked for without being shown, or read from standard input; it is never an argument.
    """
    before = sign_in_of(profile_asked(asked_of(context), load_settings()))
    fits = before.method if before.name else offers(os.environ, sys.platform)[0].method
    wanted = SignIn(
        method=_METHODS[method] if method else fits, tenant=tenant or before.tenant, cloud=cloud or before.cloud,
        client_id=client_id or before.client_id, certificate=certificate or before.certificate, name=before.name,
    )  # fmt: skip
    try:
        check(wanted)
    except NotSignedIn as error:
        raise click.UsageError(safe(str(error), 500)) from error
    session = _session(context)
    try:
        secret = _secret(wanted, is_piped=secret_stdin)
        made = _attempt(session, wanted, secret)
        is_lost = bool(secret or made.method in PERSONAL) and is_lost_at_the_end(wanted, session.way.keeper)
    finally:
        session.close()
    tenant_words = f", tenant {made.tenant}" if made.tenant else ""
    click.echo(safe(f"Signed in as {made.user or 'an account that does not say its name'}{tenant_words}.", 500))
    if is_lost:
        kept = "secret was" if secret else "tokens were"
        say(f"Its {kept} in memory only, as no keyring is open, and ended with this command: sign in inside the deck "
            "to go on with it; `amldeck doctor` says which keyrings there are.")  # fmt: skip
    elif made.tokens and made.tokens != AZ_KEEPS:
        say(f"Tokens: {made.tokens}.")


def _session(context: click.Context) -> Session:
    asked = asked_of(context)
    if asked.offline:
        raise click.UsageError("Signing in needs the network, and --offline never touches it.")
    return open_asked(asked)


def _secret(wanted: SignIn, *, is_piped: bool) -> str:
    """The secret, from standard input or a hidden prompt; empty where none is wanted. Raises UsageError."""
    if is_piped:
        given = sys.stdin.readline().rstrip("\r\n")
        if not given and wanted.method in SECRETIVE:
            raise click.UsageError("Nothing came from standard input: the first line of it has to be the secret.")
        return given
    if wanted.method in SECRETIVE and not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask for the secret on: pipe it in, with --secret-stdin.")
    if wanted.method in SECRETIVE:
        return click.prompt("Client secret", hide_input=True, err=True)
    return ""


def _attempt(session: Session, wanted: SignIn, secret: str) -> WhoAmI:
    if wanted.method == "browser":
        say("The sign-in page opens in your browser; ctrl+c gives up.")
    try:
        return sign_in_to(session, wanted, _show, secret=secret)
    except ServiceError as error:
        raise _failure(error) from error


def _show(code: DeviceCode) -> None:
    from time import time

    left = fmt.duration(max(0.0, code.expires - time()))
    say(f"Open {code.url} in any browser and type the code {code.code}. It is good for {left}; ctrl+c gives up.")


def _failure(error: ServiceError) -> click.ClickException:
    is_later = isinstance(error, Unreachable) or error.retry_after is not None
    return (TryAgain if is_later else QueryFailed)(safe(str(error), 1000))


@click.command("sign-out")
@shared_options
@click.pass_context
def sign_out(context: click.Context) -> None:
    """Forget the sign-in that was made here, with its secrets and tokens. What is cached of Azure stays."""
    session = open_asked(asked_of(context))
    try:
        gone = sign_out_of(session)
    except (OSError, ServiceError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise QueryFailed(safe(f"Not all of the sign-in could be forgotten: {why}", 1000)) from error
    finally:
        session.close()
    if gone is None:
        click.echo("Nobody had signed in here; az, where it is used, has its own `az logout`.")
        return
    click.echo(safe(f"Signed out {gone.user}.", 500))
    if gone.sign_in.method == "azure cli":
        say("az itself is still signed in; `az logout` ends that.")


@click.command("whoami")
@click.option("--json", "is_json", is_flag=True, help="One object, keys as in the text.")
@shared_options
@click.pass_context
def whoami(context: click.Context, is_json: bool) -> None:
    """Say who amldeck is in Azure: account, method, tenant, cloud, and where tokens are kept."""
    session = _session(context)
    try:
        found = who_am_i(session)
    except ServiceError as error:
        raise _failure(error) from error
    finally:
        with suppress(ServiceError):
            session.close()
    if is_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
        return
    for field, label in _FACTS:
        value = getattr(found, field)
        click.echo(f"{label:<13}{safe(value, 500) if value else '–'}")


COMMANDS = {"sign-in": sign_in, "sign-out": sign_out, "whoami": whoami}
