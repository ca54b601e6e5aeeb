"""The innermost useful sentence of an error, however deep a service wrapped it.

JSON in JSON in a string, innererror chains, details, HTML of nginx and IIS, XML of storage, the token endpoint, none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, cast

import msgspec

from services.redact import scrub

LONGEST = 600
"""Characters kept of a sentence; the rest is an ellipsis."""
DEEPEST = 16
"""Frames followed inwards; deeper ones are not worth a stack."""
READ_AT_MOST = 262_144


class Said(msgspec.Struct, frozen=True):
    """What an error body says: the sentence, Azure's code, and the title of an HTML page."""

    sentence: str = ""
    code: str | None = None
    title: str = ""


def explain(body: bytes) -> Said:
    """Return what an error body says. Never raises; an empty or unreadable body says nothing."""
    text = body[:READ_AT_MOST].decode("utf-8-sig", "replace").strip()
    if text in ("", "null"):
        return Said()
    if text[0] in '{["':
        return _of_json(text)
    if text[0] == "<":
        return _of_markup(text)
    return Said(sentence=tidy(text.split("\n")[0]))


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_TAIL = re.compile(
    r"\s*(?:Diagnostic information:|Trace ID:|Please provide below info when asking|"
    r"(?:For more details please go to|See) https?://\S+$|RequestId:|x-ms-request-id).*",
    re.IGNORECASE | re.DOTALL,
)


def tidy(text: str) -> str:
    """Return a text as one line of a sentence: no control characters, no secrets, no trailing ids, at most 600 long."""
    line = " ".join(_CONTROL.sub(" ", text[: LONGEST * 10]).split())
    line = scrub(_TAIL.sub("", line) or line)
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def _of_json(text: str) -> Said:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return Said(sentence=tidy(_cut_out(text)))
    found = list(_frames(document, 0))
    useful = [frame for frame in found if _is_useful(frame)] or [frame for frame in found if frame.sentence]
    code = next((frame.code for frame in found if frame.code), None)
    if not useful:
        return Said(code=code)
    return Said(sentence=tidy(useful[-1].sentence), code=code)


_MESSAGE = re.compile(r'"(?:message|Message|error_description)"\s*:\s*"((?:[^"\\]|\\.){3,2000})')


def _cut_out(text: str) -> str:
    found = _MESSAGE.search(text)
    return found[1].replace('\\"', '"').replace("\\r", " ").replace("\\n", " ") if found else ""


_GENERIC = re.compile(
    r"(?:an? )?(?:error|internal ?server ?error|bad ?request|not ?found|forbidden|conflict|unauthorized|"
    r"parserfailure|user ?error|one or more errors occurred|service invocation failed!?|an error (?:has )?occurred|"
    r"the request had some invalid properties|a semantic error occurred)[.!]?",
    re.IGNORECASE,
)


def _is_useful(frame: Said) -> bool:
    sentence = frame.sentence.strip()
    if sentence.startswith("Please provide below info") or sentence == frame.code:
        return False
    return bool(sentence) and not _GENERIC.fullmatch(sentence)


def _frames(document: object, depth: int) -> Iterator[Said]:
    """Yield the frames of an error, outermost first: the last useful one is the innermost."""
    if depth > DEEPEST:
        return
    if isinstance(document, str):
        yield from _frames_of_text(document, depth)
    elif isinstance(document, list):
        items = cast(list[Any], document)
        yield from _first_useful(items, depth)
    elif isinstance(document, dict):
        yield from _frames_of_object({str(k).lower(): v for k, v in cast(dict[Any, Any], document).items()}, depth)


def _frames_of_object(frame: dict[str, Any], depth: int) -> Iterator[Said]:
    error = frame.get("error", frame.get("odata.error"))
    if isinstance(error, str):
        yield Said(_first_line(frame.get("error_description", frame.get("message", error))), error)
        return
    message = frame.get("message", frame.get("errormessage"))
    if isinstance(message, dict):
        message = cast(dict[str, Any], message).get("value")
    code = _code(frame.get("code", frame.get("errorcode")))
    inner = list(_frames(message, depth + 1)) if isinstance(message, str) else []
    yield from (Said(found.sentence, found.code or code) for found in inner)
    if not inner and code:
        yield Said(code=code)
    for name in ("error", "odata.error", "innererror", "details"):
        if isinstance(value := frame.get(name), dict | list):
            yield from _frames(cast(object, value), depth + 1)


def _first_useful(items: list[Any], depth: int) -> Iterator[Said]:
    for item in items[:20]:
        found = list(_frames(item, depth + 1))
        if any(_is_useful(frame) for frame in found):
            yield from found
            return


def _frames_of_text(text: str, depth: int) -> Iterator[Said]:
    start = text.find("{")
    while 0 <= start < 4_000:
        try:
            inner = json.JSONDecoder().raw_decode(text, start)[0]
        except (ValueError, RecursionError):
            start = text.find("{", start + 1)
            continue
        found = list(_frames(inner, depth + 1))
        if any(_is_useful(frame) for frame in found):
            yield from found
            return
        break
    yield Said(text)


def _code(value: object) -> str | None:
    return str(value)[:100] if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else None


def _first_line(value: object) -> str:
    return str(value).split("\n")[0].split("Trace ID")[0]


_TITLE = re.compile(r"<(title|h1|h2)[^>]*>(.{1,300}?)</\1", re.IGNORECASE | re.DOTALL)
_XML_PART = re.compile(r"<(?P<name>Code|Message)>(?P<text>[^<]{1,2000})", re.IGNORECASE)
_TAG = re.compile(r"<[^>]{0,200}>")


def _of_markup(text: str) -> Said:
    parts = {found["name"].lower(): found["text"] for found in _XML_PART.finditer(text)}
    if "message" in parts:
        return Said(sentence=tidy(parts["message"]), code=parts.get("code"))
    found = _TITLE.search(text)
    title = tidy(_TAG.sub("", found[2])) if found else ""
    return Said(sentence=title, code=parts.get("code"), title=title)
