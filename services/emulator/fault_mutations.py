"""Answers that are not what they should be: what proxies, bugs and attackers make of a JSON document, by a seed."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any, cast

import msgspec

from services.emulator.answers import Json

DEEP = 100_000
"""Levels of nesting: more than any stack takes."""


def malformed(body: bytes, seed: int) -> bytes:
    """Return a body spoilt in the way number `seed`: the same body and seed give the same bytes."""
    dice = random.Random(seed)
    if dice.random() < 0.4:
        return dice.choice(_WHOLES)(body, dice)
    try:
        document = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return _cut(body, dice)
    # Few changes: an answer that is wrong everywhere is refused at its first mistake.
    for _ in range(dice.randint(1, 3)):
        document = _changed(document, dice)
    return msgspec.json.encode(document)


def _cut(body: bytes, dice: random.Random) -> bytes:
    return body[: dice.randrange(len(body) + 1)]


def _flipped(body: bytes, dice: random.Random) -> bytes:
    spoilt = bytearray(body or b"{}")
    for _ in range(dice.randint(1, 8)):
        spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
    return bytes(spoilt)


def _deep(body: bytes, dice: random.Random) -> bytes:
    opening = dice.choice((b"[", b'{"value":'))
    return b'{"value":' + opening * DEEP


def _other(body: bytes, dice: random.Random) -> bytes:
    return dice.choice((b"", b" ", b"null", b"true", b"42", b'"text"', b"[]", b"[null]", b"{}", b'{"value":null}',
                        b'{"value":{}}', b'{"value":[null,1,"a",[]]}', b"NaN", b"undefined"))  # fmt: skip


def _framed(body: bytes, dice: random.Random) -> bytes:
    return dice.choice((b"\xef\xbb\xbf" + body, b")]}'\n" + body, body + body, body + b"\0", b"callback(" + body + b")",
                        body.decode("utf-8", "replace").encode("utf-16"), body.replace(b'"', b"'")))  # fmt: skip


_WHOLES: tuple[Callable[[bytes, random.Random], bytes], ...] = (_cut, _flipped, _deep, _other, _framed)

_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 2**63 - 1, 1.5e308, "", "text", "2026-13-45T99:99:99Z", "-P1D", "\ud7ff\x1b[2J", [], [None],
    {}, {"value": None}, [[]], "9" * 400, "x" * 5_000,
)  # fmt: skip


def _changed(document: Any, dice: random.Random) -> Any:
    """Return the document with one place in it changed: another value, gone, doubled, or null."""
    places = list(_places(document))
    if not places:
        return copy.deepcopy(dice.choice(_VALUES))
    holder, key = dice.choice(places)
    match dice.randrange(4):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, list):
            cast(list[Any], holder).insert(key, holder[key])
        case 2:
            holder[key] = None
        case _:
            holder[key] = copy.deepcopy(dice.choice(_VALUES))
    return document


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return every place of a document, as the block or list that holds it and its name or number."""
    found: list[tuple[Any, Any]] = []
    todo: list[Any] = [value] if isinstance(value, dict | list) else []
    while todo:
        block = todo.pop()
        keys: list[Any] = list(cast(Json, block)) if isinstance(block, dict) else list(range(len(block)))
        found += [(block, key) for key in keys]
        todo += [block[key] for key in keys if isinstance(block[key], dict | list)]
    return found
