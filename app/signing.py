"""Signing in and out of a session: by the deck and by the command line alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from app.links import DEMO
from app.safekeeping import where_tokens_are
from app.session import Session
from app.sign_ins import Chosen, forget, link_of, place_of, remember
from services.records import Stop, never
from services.sign_in import DeviceCode, SignIn

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.identity import Identity


class WhoAmI(msgspec.Struct, frozen=True, kw_only=True):
    """Who a session is signed in as: `amldeck whoami`, and the deck's words after a sign-in."""

    method: str
    user: str | None
    tenant: str | None
    cloud: str
    name: str | None = None
    object_id: str | None = None
    application: bool = False
    guest: bool = False
    guest_of: str | None = None
    subscription: str | None = None
    expires: str | None = None
    """When the token ends, UTC; it is renewed by itself while the sign-in lasts."""
    tokens: str = ""
    """Where they are kept."""


def sign_in(
    session: Session,
    wanted: SignIn,
    prompt: Callable[[DeviceCode], None],
    *,
    secret: str = "",
    stop: Stop = never,
) -> WhoAmI:
    """Sign in, go on with it, and remember it for the next start. For a worker. Raises ServiceError.

    `secret` is what the user just typed; it is kept once it has proved right.
    """
    from services.signing import signed_in

    way = session.way
    made = signed_in(
        wanted,
        secret=(lambda _: secret) if secret else way.keeper.secret,
        prompt=prompt,
        transport=way.transport(),
        cache=way.keeper.cache(wanted),
        stop=stop,
    )
    if secret:
        way.keeper.keep_secret(wanted, secret)
    if made.record:
        way.keeper.keep_record(wanted, made.record)
    place, identity = place_of(session.account), made.identity
    way.go_on_with(link_of(made, place, way.transport()))
    if place != DEMO.cloud:
        remember(place, Chosen(sign_in=wanted, user=identity.user or "-", tenant=identity.tenant or "-"))
    return described(session, identity)


def sign_out(session: Session) -> Chosen | None:
    """Forget the sign-in of this place with its secrets and tokens; what was forgotten. Raises OSError."""
    gone = forget(place_of(session.account), session.way.profile)
    if gone is not None:
        session.way.keeper.forget(gone.sign_in)
    session.way.sign_out()
    return gone


def who_am_i(session: Session) -> WhoAmI:
    """Who is signed in, asking for a token when there is none. For a worker. Raises ServiceError."""
    return described(session, session.connect().identity())


def described(session: Session, identity: Identity) -> WhoAmI:
    """A sign-in in words."""
    way = session.way
    return WhoAmI(
        method=way.sign_in.method if way.sign_in else "the emulator's own",
        user=identity.user,
        tenant=identity.tenant,
        cloud=identity.cloud,
        name=identity.name,
        object_id=identity.object_id,
        application=identity.is_application,
        guest=identity.is_guest,
        guest_of=identity.home,
        subscription=session.workspace.subscription if session.workspace else None,
        expires=identity.expires.isoformat().replace("+00:00", "Z") if identity.expires else None,
        tokens=where_tokens_are(way.sign_in, way.keeper) if way.sign_in else "nowhere",
    )
