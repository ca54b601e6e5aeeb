"""From an answer to a page of records: split, redact, parse; what cannot be read is set aside and its page goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import msgspec

from services.calls import Answer, route, subject
from services.errors import Malformed
from services.mending import mend
from services.records import Basis, Page, Provenance, SetAside
from services.redact import redact, scrub

T = TypeVar("T")

LONGEST_REASON = 300
NAMES = ("name", "id", "runId", "run_id", "displayName", "eventDataId", "nodeId")
"""Where an item that cannot be read may still say who it is."""
TOTALS = ("totalCount", "totalRecords", "count")

_RAW_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_RAW_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_ANYTHING = msgspec.json.Decoder()


def provenance(answer: Answer, basis: Basis = "measured") -> Provenance:
    """Return where an answer came from, without the query of its URL."""
    return Provenance(
        route=route(answer.call),
        api_version=answer.call.api_version,
        fetched_at=answer.fetched_at,
        basis=basis,
        method=answer.call.method,
    )


def read_page(
    answer: Answer,
    parse: Callable[[bytes], T],
    *,
    items: str = "value",
    name: Sequence[str] = NAMES,
    total: str | Sequence[str] | None = None,
    basis: Basis = "measured",
    is_last: bool | None = None,
    is_optional: bool = False,
) -> Page[T]:
    """Return a page of records from the list named `items` (dots reach inwards: `properties.rows`; empty: a bare list).

    `parse` gets one redacted item; what it raises sets that item aside, with its own name and the reason. An answer
    whose frame is no JSON, or which has no such list, raises Malformed; an empty answer or a null list: an empty page.
    `total` names the field that counts all; `is_last` is the answer's own unless given; with `is_optional` an answer
    without the list is an empty page.
    """
    frame, raw_items = _split(answer, items, is_optional=is_optional)
    records, documents, aside = _read_items(raw_items, parse, name)
    totals = TOTALS if total is None else (total,) if isinstance(total, str) else total
    return Page(
        records=tuple(records),
        documents=tuple(documents),
        provenance=provenance(answer, basis),
        set_aside=tuple(aside),
        total=_total(frame, totals),
        is_last=answer.is_last if is_last is None else is_last,
    )


def read_named(answer: Answer, parse: Callable[[bytes], T], *, items: Sequence[str]) -> Page[T]:
    """Return a page of the values of an object whose names are ids: the first there is of `items`. Else as a page."""
    frame = _frame(answer, answer.body)
    found = next((frame[name] for name in items if name in frame), msgspec.Raw(b"{}"))
    records, documents, aside = _read_items(list(_frame(answer, bytes(found)).values()), parse, NAMES)
    return Page(tuple(records), tuple(documents), provenance(answer), tuple(aside), is_last=True)


def names_of(answer: Answer, items: Sequence[str]) -> tuple[str, ...]:
    """Return the names in the first there is of these objects; none where it is null or missing. Raises Malformed."""
    frame = _frame(answer, answer.body)
    found = next((bytes(frame[name]) for name in items if name in frame), b"null")
    return () if found.strip() == b"null" else tuple(_frame(answer, found))


def _read_items(
    raw_items: Sequence[msgspec.Raw], parse: Callable[[bytes], T], name: Sequence[str]
) -> tuple[list[T], list[bytes], list[SetAside]]:
    records: list[T] = []
    documents: list[bytes] = []
    aside: list[SetAside] = []
    for raw in raw_items:
        document = bytes(raw)
        try:
            document, record = _parsed(document, parse)
        except Exception as error:  # noqa: BLE001  the one place where any failure of an item is only its own
            aside.append(SetAside(item=_name(document, name), reason=_reason(error)))
            continue
        records.append(record)
        documents.append(document)
    return records, documents, aside


def read_item(
    answer: Answer, parse: Callable[[bytes], T], *, name: Sequence[str] = NAMES, basis: Basis = "measured"
) -> Page[T]:
    """Return the page of the one record an answer is. Raises Malformed when it is no JSON object.

    An object that `parse` refuses is set aside, as in a listing.
    """
    _frame(answer, answer.body)
    try:
        document, record = _parsed(answer.body, parse)
    except Exception as error:  # noqa: BLE001  as in read_page
        aside = SetAside(item=_name(answer.body, name), reason=_reason(error))
        return Page((), (), provenance(answer, basis), (aside,), is_last=True)
    return Page((record,), (document,), provenance(answer, basis), is_last=True)


def _parsed(raw: bytes, parse: Callable[[bytes], T]) -> tuple[bytes, T]:
    """Return the redacted document and its record; a document that is not quite JSON is mended first."""
    try:
        document = redact(raw)
        return document, parse(document)
    except (msgspec.DecodeError, UnicodeError) as error:
        if isinstance(error, msgspec.ValidationError):
            raise
        document = redact(mend(raw))
        return document, parse(document)


def _split(answer: Answer, items: str, *, is_optional: bool) -> tuple[dict[str, msgspec.Raw], list[msgspec.Raw]]:
    if not answer.body.strip():
        return {}, []
    if not items:
        return {}, _list(answer, answer.body, items)
    frame = _frame(answer, answer.body)
    inner = frame
    *path, last = items.split(".")
    for step in path:
        inner = _frame(answer, bytes(inner.get(step, b"{}")))
    if last not in inner and is_optional:
        return frame, []
    if last not in inner:
        raise Malformed(f"The answer has no list named {items}", on=subject(answer.call))
    return frame, _list(answer, bytes(inner[last]), items)


def _frame(answer: Answer, document: bytes) -> dict[str, msgspec.Raw]:
    return cast(dict[str, msgspec.Raw], _decoded(answer, document, _RAW_OBJECT, "a JSON object"))


def _list(answer: Answer, document: bytes, items: str) -> list[msgspec.Raw]:
    if document.strip() == b"null":
        return []
    what = f"a list named {items}" if items else "a JSON list"
    return cast(list[msgspec.Raw], _decoded(answer, document, _RAW_LIST, what))


def _decoded(answer: Answer, document: bytes, decoder: Any, what: str) -> Any:
    try:
        return decoder.decode(document)
    except msgspec.ValidationError as error:
        raise Malformed(f"The answer is not {what}", on=subject(answer.call)) from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return _mended(answer, document, decoder, what, error)


def _mended(answer: Answer, document: bytes, decoder: Any, what: str, error: Exception) -> Any:
    try:
        return decoder.decode(mend(document))
    except (ValueError, RecursionError, msgspec.MsgspecError):
        raise _no_json(answer, what) from error


def _no_json(answer: Answer, what: str) -> Malformed:
    if answer.body.lstrip()[:1] == b"<":
        return Malformed(
            "A web page came instead of data",
            on=subject(answer.call),
            do="a proxy or a sign-in page may be answering in Azure's place",
        )
    return Malformed(f"The answer is not {what}", on=subject(answer.call))


def _total(frame: dict[str, msgspec.Raw], names: Sequence[str]) -> int | None:
    for name in names:
        if name in frame:
            try:
                return msgspec.json.decode(frame[name], type=int)
            except msgspec.MsgspecError:
                continue
    return None


def _name(document: bytes, names: Sequence[str]) -> str:
    try:
        fields = _RAW_OBJECT.decode(document)
        found = next((fields[name] for name in names if name in fields), b"")
        return scrub(str(_ANYTHING.decode(found)))[:200] if found else ""
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""


def _reason(error: Exception) -> str:
    said = " ".join(scrub(str(error)).split())[:LONGEST_REASON]
    return said if isinstance(error, msgspec.MsgspecError | ValueError) and said else f"{type(error).__name__}: {said}"
