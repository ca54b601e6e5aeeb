"""Whether a JSON document may hold a secret, told from its bytes: nearly all hold none, and then nothing is decoded.

Each mark is searched for as plain bytes, and only what stands around a find is looked at more closely. Wrong only
towards yes: whatever is found here is judged again, value by value, by whoever takes the secret out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.secret_names import is_holder_name, is_secret_name, is_secret_variable

_NAMES = (
    b"key", b"secret", b"token", b"pass", b"pwd", b"cred", b"conn", b"authorization", b"sas", b"_pat", b"sig",
)  # fmt: skip
"""What every name of a secret holds somewhere, in lower case."""

_EMPTY = rb'(?!null|true|false|\\*"\\*"|\\*"\[redacted\]|\{\}|\[\]|[{\[]\\*"\\*")'
_AFTER_FIELD = re.compile(rb'[^"\\]{0,120}"\s*+:\s*+' + _EMPTY + rb"(?P<value>.)", re.DOTALL)
_AFTER_VALUE = re.compile(rb'[^"\\]{0,120}"\s*+[,}\]]')
_AFTER_WORD = re.compile(
    rb"[\w.\-]{0,60}+(?:\s*+=|(?:\\+\"|')\s*+(?:[,}]|:\s*+" + _EMPTY + rb"(?!\d))|:(?!//)|(?P<blank>\s+[^\s\-]))"
)
"""After a name inside a text: an equals sign, a quote of a quoted JSON, a colon; a blank after an option."""
_NAME_BEFORE = re.compile(rb"[\w.\-]{0,80}\Z")
_PAIR_BEFORE = re.compile(rb'"(?:name|key)"\s*+:\s*+\Z')
_ENVIRONMENT = re.compile(
    rb'"(?:environment_?variables|env|env_?vars|environ|environment|variables|secrets)"\s*+:\s*+\{\s*+"'
)

_TEXTS: tuple[tuple[bytes, bytes, int, re.Pattern[bytes]], ...] = (
    (b"=", b"sig=", 0, re.compile(rb"sig=")),
    (b"%", b"sig%", 0, re.compile(rb"sig%(?:25)?3d")),
    (b"-", b"-----begin", 0, re.compile(rb"-----begin ")),
    (b".", b"eyj", 0, re.compile(rb"eyj[a-z0-9_-]{5,1500}+\.[a-z0-9_-]{5,}")),
    (b" ", b"bearer", 0, re.compile(rb"bearer\s+\S{8}")),
    (b" ", b"authorization", 0, re.compile(rb"authorization[\\\"']*\s*[:=]\s*[\\\"']*basic ")),
    (b"@", b"http", 0, re.compile(rb"https?://(?:[^\s/:@\"'<>]*:[^\s/@\"'<>]+|[^\s/:@\"'<>]{24,})@")),
    (b"=", b"==", 86, re.compile(rb"[a-z0-9+/\\]{86}==")),
    (b"_", b"ghp_", 0, re.compile(rb"ghp_[a-z0-9]{20}")),
    (b"_", b"github_pat_", 0, re.compile(rb"github_pat_[a-z0-9_]{20}")),
    (b"_", b"hf_", 0, re.compile(rb"hf_[a-z0-9]{20}")),
    (b"-", b"sk-", 0, re.compile(rb"sk-[a-z0-9_-]{20}")),
    (b"-", b"glpat-", 0, re.compile(rb"glpat-[a-z0-9_-]{16}")),
    (b"-", b"xox", 0, re.compile(rb"xox[abprs]-[a-z0-9-]{10}")),
    (b"a", b"akia", 0, re.compile(rb"akia[0-9a-z]{16}")),
)
"""A byte without which there is no mark (quickest to search), a mark in lower case, how far before it the look begins,
and what must stand there."""

_ESCAPE = re.compile(rb"\\u00([2-7][0-9a-f])", re.IGNORECASE)


def _unescaped(found: re.Match[bytes]) -> bytes:
    plain = bytes((int(found[1], 16),))
    return b"\\" + plain if plain in (b'"', b"\\") else plain


def needs_look(document: bytes) -> tuple[bool, bool]:
    """Return whether the fields of a document, and whether its texts, have to be looked at for secrets."""
    plain = _ESCAPE.sub(_unescaped, document) if b"\\u00" in document else document
    lowered = plain.lower()
    in_fields = in_texts = False
    for mark in _NAMES:
        if mark not in lowered:
            continue
        for at in _finds(lowered, mark):
            in_fields = in_fields or _is_secret_field(plain, lowered, mark, at)
            in_texts = in_texts or _is_secret_word(plain, lowered, mark, at)
        if in_fields and in_texts:
            return True, True
    return in_fields or in_texts, in_texts or has_secret_text(lowered)


def has_secret_text(lowered: bytes) -> bool:
    """Return whether a text in lower case may hold a secret that shows by its own form."""
    return any(
        pattern.match(lowered, max(0, at - before)) is not None
        for byte, mark, before, pattern in _TEXTS
        if byte in lowered
        for at in _finds(lowered, mark)
    )


def has_named_secret(text: str) -> bool:
    """Return whether a text may hold a secret as `name=value` or as a field of JSON in it."""
    plain = text.encode("utf-8", "replace").replace(b'"', b'\\"')
    lowered = plain.lower()
    return any(_is_secret_word(plain, lowered, mark, at) for mark in _NAMES for at in _finds(lowered, mark))


def _finds(lowered: bytes, mark: bytes) -> Iterator[int]:
    at = lowered.find(mark)
    while at >= 0:
        yield at
        at = lowered.find(mark, at + 1)


def _is_secret_field(plain: bytes, lowered: bytes, mark: bytes, at: int) -> bool:
    """Return whether the find is in a field's name, or in the name of a {"name": …, "value": …} pair, of a secret."""
    rest = at + len(mark)
    field = _AFTER_FIELD.match(lowered, rest)
    if field is None and _AFTER_VALUE.match(lowered, rest) is None:
        return False
    start = plain.rfind(b'"', 0, at) + 1
    name = plain[start : plain.find(b'"', rest)].decode("utf-8", "replace")
    if field is None:
        is_pair = name.startswith("--") or _PAIR_BEFORE.search(lowered, max(0, start - 40), start - 1) is not None
        return is_pair and (is_secret_name(name) or is_secret_variable(name))
    if field["value"] == b"{" and not is_holder_name(name):
        return False
    return is_secret_name(name) or (is_secret_variable(name) and _ENVIRONMENT.search(lowered) is not None)


def _is_secret_word(plain: bytes, lowered: bytes, mark: bytes, at: int) -> bool:
    """Return whether the find is in a name inside a text that a secret may follow."""
    found = _AFTER_WORD.match(lowered, at + len(mark))
    before = _NAME_BEFORE.search(plain, max(0, at - 80), at) if found else None
    if found is None or before is None:
        return False
    end = at + len(mark)
    while end < found.end() and (plain[end : end + 1].isalnum() or plain[end : end + 1] in b"_.-"):
        end += 1
    name = plain[before.start() : end].decode("utf-8", "replace")
    if found["blank"] is not None and not name.startswith("--"):
        return False
    return is_secret_name(name) or is_secret_variable(name)
