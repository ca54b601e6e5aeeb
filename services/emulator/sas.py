"""Links to blobs that need no token: signed, for reading, and over after eight hours."""

from __future__ import annotations

import base64
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

from services.emulator.dependent_documents import names_of
from services.emulator.dice import guid
from services.emulator.places import Place
from services.emulator.samples import TENANT
from services.emulator.ticks import HOUR, MINUTE, SECOND, parse_stamp, stamp

LASTS = 8 * HOUR
STORAGE = ".blob.core.windows.net"
CONTAINER = "azureml"


def sas_url(place: Place, path: str, now: int) -> str:
    """Return the link to a blob of the workspace's storage account, from ten minutes ago until in eight hours."""
    second = now // SECOND * SECOND
    start, end = _day(second - 10 * MINUTE), _day(second + LASTS)
    query = {
        "sv": "2019-07-07", "sr": "b", "sig": _signature(path, end), "skoid": guid("delegation", place.name),
        "sktid": TENANT, "skt": start, "ske": _day(second + 3 * LASTS), "sks": "b", "skv": "2019-07-07", "st": start,
        "se": end, "sp": "r",
    }  # fmt: skip
    written = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    return f"https://{account_of(place)}{STORAGE}/{CONTAINER}/{quote(path)}?{written}"


def account_of(place: Place) -> str:
    """Return the name of the storage account."""
    return names_of(place)["storage"]


def refusal_of(path: str, query: Any, now: int) -> str | None:
    """Return what is wrong with the link of a request, None when it may be read."""
    end, signature = str(query.get("se", "")), str(query.get("sig", ""))
    if not signature or signature != _signature(path, end):
        return "Signature did not match."
    until = parse_stamp(end)
    if until is None or until <= now:
        return (
            f"Signature not valid in the specified time frame: Start [{query.get('st')}] - Expiry [{end}] - "
            f"Current [{_day(now)}]"
        )
    return None


def _signature(path: str, end: str) -> str:
    return base64.b64encode(blake2b(f"{path}\n{end}".encode(), digest_size=32, key=b"emulated").digest()).decode()


def _day(at: int) -> str:
    return stamp(at // SECOND * SECOND, "Z")
