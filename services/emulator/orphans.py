"""What the deleted workspace ml-poc left behind, as data: nobody uses it, and it goes on billing."""

from __future__ import annotations

import msgspec

from services.emulator.dependent_documents import KINDS, near
from services.emulator.places import PLACES, Place
from services.emulator.ticks import DAY, stamp

DELETED_DAYS = 58
"""How long ago ml-poc was made; it lived for two weeks."""


class Orphan(msgspec.Struct, frozen=True, kw_only=True):
    """One resource beside a workspace. `daily` is what it is billed a day, in US dollars."""

    what: str
    name: str
    service: str
    meter: str
    daily: float


ORPHANS: dict[str, tuple[Orphan, ...]] = {
    "ml-prod": (
        Orphan(what="storage", name="mlpocstorage4f1c2a9be", service="Storage", meter="Hot LRS Data Stored",
               daily=2.31),
        Orphan(what="vault", name="mlpockeyvault8d20c71aa", service="Key Vault", meter="Operations", daily=0.0012),
        Orphan(what="registry", name="mlpoccontainerreg5be90217", service="Container Registry",
               meter="Premium Registry Unit", daily=1.667),
        Orphan(what="insights", name="mlpocinsights91d3f0c44", service="Log Analytics", meter="Data Ingestion",
               daily=0.04),
    ),
}  # fmt: skip
"""What lies in the resource group of a workspace and belongs to none."""


def orphans_in(subscription: str) -> list[tuple[Place, Orphan, str]]:
    """Return what was left behind in a subscription, each with the workspace it lies beside and its ARM id."""
    return [
        (place, one, f"{near(place)}/{KINDS[one.what]}/{one.name}")
        for place in PLACES
        if place.subscription == subscription
        for one in ORPHANS.get(place.name, ())
    ]  # fmt: skip


def made_at(now: int) -> str:
    """Return when it was made."""
    return stamp(now // DAY * DAY - DELETED_DAYS * DAY + 371_120_000_000)
