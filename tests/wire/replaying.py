"""A recorded answer through its reader, over the real connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from services.calls import Call
from services.connection import Connection
from services.limits import Limits
from services.records import Page
from tests.services.answering import Asked, Azure, Given, as_json
from tests.wire.readers import reader_of, ref_in
from tests.wire.recordings import BY_NAME, Recording


def replayed(recording: Recording) -> tuple[Page[Any], Azure]:
    """The first page that its reader makes of a recorded answer, and what the reader asked."""
    found = reader_of(recording.method, recording.path)
    assert found is not None
    reader, names = found
    workspace = ref_in(names).id.lower()

    def answering(asked: Asked) -> Given:
        if asked.path.lower() == workspace and reader.name != "workspace":
            return as_json({"location": "eastus"})
        return Given(recording.raw, recording.status, recording.headers)

    azure = Azure(answering)
    made = reader.read(azure.connection, ref_in(names), names)
    return (next(made) if isinstance(made, Iterator) else made), azure


def page_of(name: str) -> Page[Any]:
    """The page of one recording; the test is skipped where another set of recordings lies."""
    if name not in BY_NAME:
        pytest.skip(f"{name} is not among these recordings")
    return replayed(BY_NAME[name])[0]


def record_of(name: str) -> Any:
    """The one record of a recording."""
    (record,) = page_of(name).records
    return record


def refused(recording: Recording) -> None:
    """Send the request that was refused, as it was. Raises the ServiceError it is told as."""
    given = Given(recording.raw, recording.status, recording.headers)
    azure = Azure(lambda _: given, unlocked=recording.path, limits=Limits(retries=0))
    host = str(recording.meta["host"])
    if host.endswith(".blob.core.windows.net"):
        call = Call(url=f"https://{host}{recording.path}", method=recording.method, audience="none")
    else:
        call = Call(url=f"https://{known(host)}{recording.path}", method=recording.method)
    send(azure.connection, call)


def known(host: str) -> str:
    """Some answers were recorded in rings of Azure that have other host names."""
    return host if host == "management.azure.com" or host.endswith(".api.azureml.ms") else "eastus.api.azureml.ms"


def send(connection: Connection, call: Call) -> None:
    if call.method == "GET":
        connection.read(call)
    else:
        connection.write(call)
