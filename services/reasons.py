"""Why something failed, in one sentence: out of the frames that run history, ARM and AutoML wrap errors in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, cast

import msgspec

LONGEST = 2_000
"""Characters kept of a sentence; the whole text stays in the document."""
DEEPEST = 12

_INNER = ("error", "errors", "innererror", "inner_error", "run_error", "exception")
_EXCEPTION = re.compile(r"^[A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit|Warning|Iteration)\b.*$", re.MULTILINE)
_WRAPPED = re.compile(r"^\s*Execution failed\. User process .*?\bError: (?=\S)", re.DOTALL)
"""What run history puts in front of the last lines of a user's log."""
_MESSAGE_LINE = re.compile(r"^\s*Message:\s*(.+)$", re.MULTILINE)
_REASON_LINE = re.compile(r"^Reason:\s*(.+)$", re.MULTILINE)


class Reason(msgspec.Struct, frozen=True):
    """What an error says. `code` is the chain of codes, outermost first, joined by a slash as the run index does."""

    sentence: str | None = None
    code: str | None = None
    component: str | None = None


NO_REASON = Reason()


def reason_of(error: object) -> Reason:
    """Return the innermost sentence, the codes and the component of an error as any Azure service writes it.

    Takes the decoded JSON of the error, or its text; the text may hold JSON inside. Empty frames are no error.
    """
    if isinstance(error, str):
        none: list[str] = []
        codes = next((found for one in _documents(error) if (found := _codes(one))), none)
        return Reason(sentence(error), "/".join(codes) or None)
    if isinstance(error, list):
        reasons = [reason_of(one) for one in cast("list[object]", error)]
        return next((one for one in reasons if one != NO_REASON), NO_REASON)
    if not isinstance(error, dict):
        return NO_REASON
    frame = cast("dict[str, Any]", error)
    said = _sentence(frame)
    count = _totals(frame)
    if count:
        said = f"{count}: {said}" if said else f"{count}."
    code = _text(frame.get("errorCodeHierarchy")) or "/".join(_codes(frame)) or None
    return Reason(said, code, _text(frame.get("componentName")) if said or code else None)


def sentence(text: str) -> str | None:
    """Return what a message means to a person: unwrapped from JSON, stack traces and service frames; None if empty."""
    return _unwrap(text, DEEPEST)


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _unwrap(text: str, depth: int) -> str | None:
    for document in _documents(text) if depth else ():
        found = _sentence(document, depth - 1)
        if found:
            return found
    if "Traceback (most recent call last)" in text:
        raised = _EXCEPTION.findall(text.rpartition("Traceback (most recent call last)")[2])
        text = raised[-1] if raised else text
    text = _WRAPPED.sub("", text)
    line = _MESSAGE_LINE.search(text) or _REASON_LINE.search(text)
    if line:
        text = line[1]
    text = " ".join(text.split())
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    return text[:LONGEST] or None


def _documents(text: str) -> list[dict[str, Any]]:
    """Return the JSON objects written inside a text, in order; braces that are no JSON are passed over."""
    found: list[dict[str, Any]] = []
    decoder = json.JSONDecoder(strict=False)
    at, tries = text.find("{"), 0
    while at >= 0 and tries < 20:
        tries += 1
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            found.append(value)
        at = text.find("{", end)
    return [document for document in found if document]


def _below(frame: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the frames inside a frame: inner errors, whatever the service calls them."""
    for name, value in frame.items():
        if name.lower() not in _INNER:
            continue
        for one in cast("list[object]", value) if isinstance(value, list) else [cast("object", value)]:
            if isinstance(one, dict):
                yield cast("dict[str, Any]", one)


def _details(frame: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in ("details", "errorDetails"):
        given = frame.get(name)
        for one in cast("list[object]", given) if isinstance(given, list) else []:
            if isinstance(one, dict):
                yield cast("dict[str, Any]", one)


def _sentence(frame: dict[str, Any], depth: int = DEEPEST) -> str | None:
    """Return the sentence of the innermost frame that has one: inner errors first, then details, then this frame."""
    for inner in _below(frame) if depth else ():
        if found := _sentence(inner, depth - 1):
            return found
    for detail in _details(frame) if depth else ():
        found = _sentence(detail, depth - 1)
        if found and " " in found:
            return found
    for name in ("message", "Message"):
        text = frame.get(name)
        if isinstance(text, str) and (found := _unwrap(text, depth)):
            return found
    return _filled(frame, depth)


def _filled(frame: dict[str, Any], depth: int) -> str | None:
    """Return messageFormat with its parameters filled in; None where it is a document without a sentence."""
    text = frame.get("messageFormat")
    if not isinstance(text, str):
        return None
    documents = _documents(text)
    if documents:
        return next((found for one in documents if (found := _sentence(one, depth - 1))), None) if depth else None
    given = frame.get("messageParameters")
    for name, value in cast("dict[str, object]", given).items() if isinstance(given, dict) else ():
        text = text.replace(f"{{{name}}}", str(value))
    return _unwrap(text, 0)


def _codes(frame: dict[str, Any], depth: int = DEEPEST) -> list[str]:
    """Return the codes from this frame inwards, also of the frames written as JSON inside a message."""
    code = frame.get("code") or frame.get("Code") or frame.get("exception_class")
    codes = [str(code)] if isinstance(code, str | int) else []
    text = frame.get("message")
    inside = _documents(text) if isinstance(text, str) and "{" in text else []
    for inner in [*_below(frame), *inside] if depth else ():
        if found := _codes(inner, depth - 1):
            return codes + [one for one in found if one not in codes]
    return codes


def _totals(frame: dict[str, Any]) -> str | None:
    """Return `1 of 3 child runs failed` where messageFormat is a document with such totals (prompt flow batch runs)."""
    for inner in (frame, *_below(frame)):
        text = inner.get("messageFormat")
        for document in _documents(text) if isinstance(text, str) else []:
            total = document.get("totalChildRuns")
            counts = (document.get(name) for name in ("userErrorChildRuns", "systemErrorChildRuns"))
            failed = sum(count for count in counts if isinstance(count, int))
            if isinstance(total, int) and failed:
                return f"{failed} of {total} child runs failed"
    return None
