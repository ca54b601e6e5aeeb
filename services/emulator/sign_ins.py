"""Who can sign in to the emulated tenant: nine people and two applications, some of them with a difficulty."""

from __future__ import annotations

import msgspec

from services.emulator.dice import guid
from services.emulator.samples import PEOPLE, PEOPLE_IDS, PIPELINE_APP, TENANT, UPNS

DEVELOPER_APP = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
"""The application people sign in with when a program names none of its own."""
PARTNER_TENANT = guid("tenant", "partner")
OLD_APP = guid("application", "nightly-report")
MACHINE = guid("managed identity", "ml-prod")
SECRET = "emulated-client-secret"
"""The secret of the application that starts what is scheduled."""
OLD_SECRET = "emulated-expired-secret"
SUBJECT = "system:serviceaccount:ml:training"
"""The federated identity that the application trusts, as a Kubernetes service account."""

TENANTS = (TENANT, "example.com", "example.onmicrosoft.com", "common", "organizations")


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody a token can be for. `trouble` is the AADSTS code each sign-in ends with, None when it works."""

    upn: str = ""
    name: str = ""
    object_id: str = ""
    client_id: str = DEVELOPER_APP
    home: str = ""
    """A guest's own tenant."""
    is_application: bool = False
    trouble: int | None = None


GUEST, NEEDS_MFA, DISABLED = UPNS[6], UPNS[7], UPNS[8]
_TROUBLE = {NEEDS_MFA: 50076, DISABLED: 50057}


def person(number: int, client_id: str = DEVELOPER_APP) -> Account:
    """Return person `number`, from 1: the 7th is a guest, the 8th needs a second factor, the 9th is disabled."""
    upn = UPNS[number - 1]
    return Account(
        upn=upn, name=PEOPLE[number - 1], object_id=PEOPLE_IDS[number - 1], client_id=client_id or DEVELOPER_APP,
        home=PARTNER_TENANT if upn == GUEST else "", trouble=_TROUBLE.get(upn),
    )  # fmt: skip


def person_named(upn: str, client_id: str = DEVELOPER_APP) -> Account | None:
    """Return a person by name, in any case; None for nobody of this tenant."""
    found = next((number for number, known in enumerate(UPNS, 1) if known.lower() == upn.lower()), None)
    return person(found, client_id) if found else None


def application(client_id: str) -> Account | None:
    """Return an application by its id; None for one the tenant does not know."""
    if client_id not in (PIPELINE_APP, OLD_APP):
        return None
    return Account(object_id=guid("principal", client_id), client_id=client_id, is_application=True)


def machine(client_id: str) -> Account | None:
    """Return the managed identity of the machine; None when another one is asked for by its client id."""
    if client_id and client_id != MACHINE:
        return None
    return Account(object_id=guid("principal", MACHINE), client_id=MACHINE, is_application=True)
