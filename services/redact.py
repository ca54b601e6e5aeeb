"""Secrets out, before anything is stored: neither cache, raw view, export nor bundle can leak what is not there.

A clean document comes back as the very same bytes, and quickly: most are decided by a few searches for words.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, cast

import msgspec

from services.secret_names import is_secret_name, is_secret_variable, is_strong_name
from services.secret_scan import needs_look
from services.secret_texts import SHORTEST, scrub

REDACTED = "[redacted]"

_DEEPEST = 200
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def redact(document: bytes) -> bytes:
    """Return a JSON document without the secrets in it; one that has none comes back as the same bytes.

    Keys, tokens, passwords, SAS signatures, connection strings, PEM blocks, JWTs, and environment values that look like
    one become "[redacted]". Raises msgspec.DecodeError or RecursionError for what is no JSON and might hold a secret.
    """
    needs_walk, reads_text = needs_look(document)
    if not (needs_walk or reads_text):
        return document
    decoded = _DECODER.decode(document)
    walker = _Walker(reads_text)
    clean = walker.value(decoded, 0)
    if walker.has_changed or _has_twins(document, decoded):
        return _ENCODER.encode(clean)
    return document


_MEMBER = re.compile(rb'"\s*:')


def _has_twins(document: bytes, decoded: object) -> bool:
    """Return whether an object may name a field twice: the decoder saw only the last, the bytes hold both."""
    return len(_MEMBER.findall(document)) > _members(decoded) + document.count(b'\\":')


def _members(value: object) -> int:
    if isinstance(value, dict):
        fields = cast(dict[str, Any], value)
        return len(fields) + sum(_members(item) for item in fields.values())
    if isinstance(value, list):
        return sum(_members(item) for item in cast(list[Any], value))
    return 0


class _Walker:
    """Walks a decoded document once and remembers whether anything had to go."""

    def __init__(self, reads_text: bool) -> None:
        self.has_changed = False
        self._reads_text = reads_text

    def value(self, value: Any, depth: int) -> Any:
        if isinstance(value, str):
            return self._text(value, depth) if self._reads_text else value
        if depth > _DEEPEST:
            raise RecursionError("nested too deep to look for secrets")
        if isinstance(value, dict):
            return self._object(cast(dict[str, Any], value), depth)
        if isinstance(value, list):
            return self._list(cast(list[Any], value), depth)
        return value

    def _list(self, items: list[Any], depth: int) -> list[Any]:
        """Return a list; after an item like "--password" the next one is its value."""
        options = [isinstance(item, str) and item[:2] == "--" and is_secret_name(item) for item in items]
        if not any(options):
            return [self.value(item, depth + 1) for item in items]
        follows = [False, *options[:-1]]
        return [
            self._hidden("secret", item, depth) if is_value else self.value(item, depth + 1)
            for item, is_value in zip(items, follows, strict=True)
        ]

    def _object(self, fields: dict[str, Any], depth: int) -> dict[str, Any]:
        is_pair = "value" in fields and _names_secret(fields)
        return {
            self._key(name, depth): self._hidden(name, item, depth)
            if is_secret_name(name) or (is_pair and name == "value")
            else self._variables(cast(dict[str, Any], item), depth)
            if isinstance(item, dict) and _is_environment(name)
            else item
            if item is None or isinstance(item, bool | int | Decimal)
            else self.value(item, depth + 1)
            for name, item in fields.items()
        }

    def _key(self, name: str, depth: int) -> str:
        return self._text(name, depth + 1) if self._reads_text and len(name) > 12 else name

    def _variables(self, variables: dict[str, Any], depth: int) -> dict[str, Any]:
        return {
            self._key(name, depth): self._hidden(name, item, depth)
            if is_secret_variable(name)
            else self._hidden(name, item, depth)
            if is_secret_name(name)
            else self.value(item, depth + 1)
            for name, item in variables.items()
        }

    def _hidden(self, name: str, value: Any, depth: int) -> Any:
        """Return what may stand under a name that promises a secret."""
        if isinstance(value, str):
            return self._gone() if _is_telling(name, value) else value
        if isinstance(value, list):
            return [self._hidden(name, item, depth + 1) for item in cast(list[Any], value)]
        if isinstance(value, dict):
            fields = {**cast(dict[str, Any], value)}
            for key in ("value", "defaultValue"):
                if isinstance(fields.get(key), str | int):
                    fields[key] = self._hidden(name, fields[key], depth + 1)
            return self.value(fields, depth + 1)
        if isinstance(value, int | Decimal) and not isinstance(value, bool) and is_strong_name(name):
            return self._gone()
        return value

    def _gone(self) -> str:
        self.has_changed = True
        return REDACTED

    def _text(self, text: str, depth: int) -> str:
        clean = self._nested(text, depth) if text[:1] in ("{", "[") and len(text) > 8 else scrub(text)
        if clean != text:
            self.has_changed = True
        return clean

    def _nested(self, text: str, depth: int) -> str:
        """Return a text that is itself a JSON document, redacted as one."""
        try:
            inner = _DECODER.decode(text)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return scrub(text)
        walker = _Walker(reads_text=True)
        clean = walker.value(inner, depth + 1)
        return _ENCODER.encode(clean).decode() if walker.has_changed else text


def _names_secret(fields: dict[str, Any]) -> bool:
    """Return whether an object is a pair like {"name": "API_KEY", "value": …}."""
    named = fields.get("name", fields.get("key"))
    return isinstance(named, str) and (is_secret_name(named) or (is_secret_variable(named) and named.isupper()))


_ENVIRONMENTS = frozenset({"environmentvariables", "env", "envvars", "environ", "environment", "variables", "secrets"})


def _is_environment(name: str) -> bool:
    return name.replace("_", "").lower() in _ENVIRONMENTS


_HARMLESS = re.compile(r"\s*|true|false|none|null|\d{1,9}(?:\.\d+)?|\[redacted\]", re.IGNORECASE)
_MASKED = re.compile(r"\*+|x{3,}", re.IGNORECASE)


def _is_telling(name: str, value: str) -> bool:
    """Return whether a text under a secret's name gives something away: not if empty, masked, short, or a count."""
    if _MASKED.fullmatch(value) or value == REDACTED:
        return False
    if is_strong_name(name):
        return bool(value.strip())
    return len(value) >= SHORTEST and _HARMLESS.fullmatch(value) is None


__all__ = ["REDACTED", "redact", "scrub"]
