"""An error as a whole: its frames from the outside in, who said it, the ids to quote, and what it left behind."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, cast

import msgspec

from services.parsing import moment
from services.reasons import reason_of, sentence
from services.wire import as_dict, text_at

DEEPEST = 12
LONGEST = 4_000
"""Characters kept of a frame's message."""

_EXIT = re.compile(
    r"(?:exit(?:ed)?(?: with)?(?: status)?(?: code)?|status code|exit code)[ :=]+(?:code )?(-?\d{1,3})\b", re.IGNORECASE
)
_LOG = re.compile(r"(?:azureml-logs|user_logs|system_logs|logs)/[\w./-]+\.(?:txt|log)")


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One layer of an error; an outer one only repeats or wraps the one inside it."""

    code: str | None = None
    message: str | None = None
    target: str | None = None


class ErrorReport(msgspec.Struct, frozen=True, kw_only=True):
    """What run history holds about why a run failed. `None` and empty mean that it does not say."""

    sentence: str | None = None
    """The innermost sentence."""
    codes: tuple[str, ...] = ()
    """Outermost first."""
    frames: tuple[Frame, ...] = ()
    """Outermost first."""
    component: str | None = None
    location: str | None = None
    at: datetime | None = None
    operation: str | None = None
    request: str | None = None
    """The ids support asks for."""
    exit_code: int | None = None
    log: str | None = None
    """The log file it points to."""
    link: str | None = None
    traceback: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All its words, for looking up what is known about it."""
        said = [self.sentence or "", *self.codes, *(frame.message or "" for frame in self.frames), self.traceback or ""]
        return "\n".join(said)


def error_report(document: bytes) -> ErrorReport | None:
    """Return the report inside a document of run history or an ARM job; None when it says nothing went wrong.

    The document was redacted when it was read. Raises msgspec.MsgspecError when it is no JSON object.
    """
    given = msgspec.json.decode(document, type=dict[str, Any])
    run = as_dict(given.get("runMetadata")) or given
    warnings = tuple(_warnings(run.get("warnings")))
    outer = run.get("error") or as_dict(as_dict(run.get("properties")).get("properties")).get("errors")
    if not outer:
        outer = as_dict(run.get("properties")).get("errors")
    said = reason_of(outer)
    if said.sentence is None and said.code is None and not warnings:
        return None
    return _report(outer, said.sentence, tuple((said.code or "").split("/")) if said.code else (), warnings)


def _report(outer: object, said: str | None, codes: tuple[str, ...], warnings: tuple[str, ...]) -> ErrorReport:
    root = as_dict(outer)
    ids, inner = as_dict(root.get("correlation")), as_dict(root.get("error"))
    frames = tuple(_frames(inner or root or outer))
    words = "\n".join(frame.message or "" for frame in frames)
    return ErrorReport(
        sentence=said,
        codes=codes,
        frames=frames,
        component=text_at(root, "componentName"),
        location=text_at(root, "location") or text_at(root, "environment"),
        at=moment(text_at(root, "time")),
        operation=text_at(ids, "operation"),
        request=text_at(ids, "request"),
        exit_code=_exit_code(inner, words),
        log=found[0] if (found := _LOG.search(words)) else None,
        link=text_at(inner, "detailsUri"),
        traceback=_traceback(inner),
        warnings=warnings,
    )


def _frames(error: object, depth: int = DEEPEST) -> Iterator[Frame]:
    """Yield the frames from the outside in: inner errors, then JSON written into a message."""
    if isinstance(error, str):
        yield Frame(message=error[:LONGEST].strip() or None)
        return
    frame = as_dict(error)
    message = frame.get("message")
    text = message[:LONGEST].strip() if isinstance(message, str) else ""
    code = frame.get("code")
    if text or code:
        yield Frame(code=str(code) if code else None, message=text or None, target=text_at(frame, "target"))
    inner = frame.get("innerError") or frame.get("innererror") or frame.get("error")
    if depth and isinstance(inner, dict):
        yield from _frames(cast("dict[str, Any]", inner), depth - 1)
    elif depth and (inside := _json_in(text)):
        yield from _frames(as_dict(inside.get("error")) or inside, depth - 1)


def _json_in(text: str) -> dict[str, Any]:
    at = text.find("{")
    try:
        return as_dict(json.JSONDecoder(strict=False).raw_decode(text, at)[0]) if at >= 0 else {}
    except (ValueError, RecursionError):
        return {}


def _exit_code(inner: Mapping[str, Any], words: str) -> int | None:
    given = text_at(as_dict(inner.get("messageParameters")), "exitCode") or text_at(
        as_dict(inner.get("messageParameters")), "status"
    )
    found = given if given and given.lstrip("-").isdigit() else None
    if found is None and (match := _EXIT.search(words)):
        found = match[1]
    return int(found) if found is not None else None


def _traceback(inner: Mapping[str, Any]) -> str | None:
    """Return the stack of the user's own script, where the error brought one."""
    stack = text_at(as_dict(inner.get("debugInfo")), "stackTrace")
    if stack:
        return stack.strip()
    more = inner.get("additionalInfo")
    for one in cast("list[object]", more) if isinstance(more, list) else []:
        if stack := text_at(as_dict(as_dict(one).get("info")), "traceback"):
            return stack.strip()
    return None


def _warnings(given: object) -> Iterator[str]:
    for one in cast("list[object]", given) if isinstance(given, list) else []:
        text = one if isinstance(one, str) else text_at(as_dict(one), "message")
        if text and (said := sentence(text)):
            yield said
