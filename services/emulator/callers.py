"""Who asks: the person or the application that a request's token names."""

from __future__ import annotations

import msgspec

from services.clouds import PUBLIC
from services.emulator.answers import Request
from services.emulator.samples import PEOPLE, PEOPLE_IDS, UPNS
from services.identity import identity_of


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
    found = identity_of(request.headers.get("authorization", "").partition(" ")[2], 0, PUBLIC)
    if found.object_id is None:
        return FIRST
    for number, known in enumerate(PEOPLE_IDS):
        if known.lower() == found.object_id.lower():
            return Caller(id=known, name=UPNS[number], title=PEOPLE[number])
    name = found.user or found.object_id
    return Caller(id=found.object_id, name=name, title=found.name or name, is_app=found.is_application)
