"""Who asks: the person or the application that a request's token names."""

from __future__ import annotations

import msgspec

from services.emulator.answers import Request
from services.emulator.samples import PEOPLE, PEOPLE_IDS, UPNS
from services.principal import principal_of


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who a request comes from. `name` is a person's user name, or the id of an application."""

    id: str
    name: str
    title: str
    is_app: bool = False


FIRST = Caller(id=PEOPLE_IDS[0], name=UPNS[0], title=PEOPLE[0])
"""Whom a token that cannot be read stands for."""


def caller_of(request: Request) -> Caller:
    """Return who asks, by the claims of the token; the first person when the token says nothing."""
    found = principal_of(request.headers.get("authorization", "").partition(" ")[2])
    if found is None:
        return FIRST
    for number, known in enumerate(PEOPLE_IDS):
        if known.lower() == found.id:
            return Caller(id=known, name=UPNS[number], title=PEOPLE[number])
    return Caller(
        id=found.id, name=found.login or found.id, title=found.name or found.login or found.id, is_app=found.is_app
    )
