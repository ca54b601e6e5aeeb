"""Every recorded answer of Azure goes through the reader it belongs to, over the real connection."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest

from services.errors import (
    Conflict,
    Forbidden,
    NotFound,
    NotSignedIn,
    PrivateOnly,
    Refused,
    ServiceBroken,
    ServiceError,
    Throttled,
    Unreachable,
)
from tests.wire.readers import Reader, at, reader_of
from tests.wire.recordings import ALL, FEWEST, FOLDER, IS_REQUIRED, Recording
from tests.wire.replaying import refused, replayed

REFUSED = [one for one in ALL if one.status >= 400]
READ = [one for one in ALL if one.status < 400 and reader_of(one.method, one.path) and not one.is_empty]
UNREAD = [one for one in ALL if one not in REFUSED and one not in READ]

KINDS: dict[int, tuple[type[ServiceError], ...]] = {
    401: (NotSignedIn,),
    403: (Forbidden, PrivateOnly),
    404: (NotFound,),
    407: (Unreachable,),
    408: (Unreachable,),
    409: (Conflict,),
    410: (NotFound,),
    412: (Conflict,),
    423: (Conflict,),
    429: (Throttled,),
}
SECRET = re.compile(
    rb'[?&;]sig=(?!(?:\[|%5B)?redacted)[^&"\\\s]|(?:AccountKey|SharedAccessKey)=(?!\[?redacted)\w|"eyJ[\w-]{20}',
    re.IGNORECASE,
)
RUNS = ("run", "runs", "children", "details", "rundata", "run index", "job", "jobs")
STAND_INS = {("status", name): "Unknown" for name in RUNS}
STAND_INS |= {("kind", name): "unknown" for name in ("compute", "one compute")}
"""What is shown where Azure says nothing and a record needs a word."""
ELSEWHERE = re.compile(
    r"/mlflow/v\d|/registries/|/(?:cancel|listKeys|token|skus|getLogs|start|stop|restart|diagnose)$|/managedNetwork/outboundRules$",
    re.IGNORECASE,
)
"""Other services and actions that end like a kind with a reader."""


FRAMES = re.compile(r"</?(?:html|head|body|h\d|title|hr|center)|\{\s*\"|\\r|\\n|stack ?trace", re.IGNORECASE)
"""What no sentence for a person holds."""


def named(recordings: list[Recording]) -> list[Any]:
    return [pytest.param(one, id=one.name) for one in recordings]


def test_the_recordings_are_there() -> None:
    if IS_REQUIRED:
        assert len(ALL) >= FEWEST, f"{FOLDER} holds {len(ALL)} files, fewer than {FEWEST}"
    elif not ALL:
        pytest.skip(f"no recorded answers in {FOLDER}; set AMLDECK_WIRE to where they lie")


@pytest.mark.parametrize("recording", named(READ))
def test_a_recorded_answer_becomes_records(recording: Recording, record_property: Any) -> None:
    reader = (reader_of(recording.method, recording.path) or (None,))[0]
    assert reader is not None
    record_property("recording", recording.name)
    record_property("reader", reader.name)
    page, azure = replayed(recording)
    record_property("outcome", f"{len(page.records)} records, {len(page.set_aside)} set aside")

    items = at(recording.body, reader.items) if reader.items else [recording.body]
    foreign = [item for item in items if reader.name == "run index" and item.get("type") != "runs"]
    assert len(page.records) == len(items) - len(foreign)
    assert len(page.set_aside) == len(foreign), page.set_aside
    assert len(page.documents) == len(page.records)
    if not reader.is_alias:
        assert plain(azure.asked[-1].path) == plain(recording.path)
    for item, record in zip([one for one in items if one not in foreign], page.records, strict=True):
        assert_is_shown(item, record, reader)
    for document in page.documents:
        json.loads(document)
        assert not SECRET.search(document)


def plain(path: str) -> str:
    """A path as ARM compares it."""
    return re.sub("/+", "/", unquote(path).rstrip("/")).lower()


def assert_is_shown(item: Any, record: Any, reader: Reader) -> None:
    assert record.id
    for field, path in reader.verbatim.items():
        given = at(item, path)
        if not given and (field, reader.name) in STAND_INS:
            given = STAND_INS[field, reader.name]
        assert getattr(record, field) == (None if given == "" else given), field
    for name, value in msgspec.structs.asdict(record).items():
        if isinstance(value, datetime):
            assert value.utcoffset() == timedelta(0), name


@pytest.mark.parametrize("recording", named(REFUSED))
def test_a_recorded_refusal_becomes_a_sentence(recording: Recording, record_property: Any) -> None:
    record_property("recording", recording.name)
    record_property("reader", "errors")
    with pytest.raises(ServiceError) as caught:
        refused(recording)
    error = caught.value
    record_property("outcome", f"{type(error).__name__}: {str(error)[:90]}")
    assert isinstance(error, KINDS.get(recording.status, (ServiceBroken if recording.status >= 500 else Refused,)))
    assert error.status == recording.status
    assert len(error.what) > 5
    assert "\n" not in str(error)
    assert not FRAMES.search(str(error))


@pytest.mark.parametrize("recording", named(UNREAD))
def test_a_kind_that_has_no_reader_yet_is_listed(recording: Recording, record_property: Any) -> None:
    record_property("recording", recording.name)
    record_property("reader", "no reader yet")
    record_property("outcome", f"{recording.method} {recording.status}" if recording.method else "documentation")
    assert recording.is_empty or not reader_of(recording.method, recording.path)


@pytest.mark.skipif(not ALL, reason=f"no recorded answers in {FOLDER}")
def test_no_answer_of_a_kind_with_a_reader_is_left_out() -> None:
    kinds = re.compile(
        r".*/(?:jobs|computes|listNodes|usages|onlineEndpoints(?:/[^/]+/deployments)?|models(?:/[^/]+/versions)?|runs|"
        r"children|details|rundata|entities|lastvalues|workspaces|eventtypes/management/values|costmanagement/query)"
        r"(?:/[^/]+)?",
        re.IGNORECASE,
    )
    read = [one for one in UNREAD if one.method != "DELETE" and not one.is_empty and kinds.fullmatch(one.path)]
    assert [one.name for one in read if not ELSEWHERE.search(one.path)] == []
