"""How deep a JSON document is nested, without parsing it."""

from __future__ import annotations

_KEPT = b'"[]{}'
_TABLE = bytes.maketrans(b"{}", b"[]")
_DROPPED = bytes(set(range(256)) - set(_KEPT))


def is_too_deep(document: bytes, limit: int) -> bool:
    """Return whether a JSON document has more than `limit` levels. What is no JSON at all is not too deep.

    Strips the strings, keeps the brackets, and takes away innermost pairs, level by level: no recursion to exhaust.
    """
    if document.count(b"[") + document.count(b"{") <= limit:
        return False
    bare = document.replace(b"\\\\", b"").replace(b'\\"', b"").translate(_TABLE, _DROPPED)
    brackets = b"".join(bare.split(b'"')[::2])
    for _ in range(limit):
        if not brackets:
            return False
        smaller = brackets.replace(b"[]", b"")
        if len(smaller) == len(brackets):
            break
        brackets = smaller
    return brackets.count(b"[") > limit or b"[]" in brackets
