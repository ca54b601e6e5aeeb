"""Secrets inside texts: signatures in URLs, connection strings, keys, tokens, command lines."""

from __future__ import annotations

import re
from collections.abc import Callable

from services.secret_names import is_secret_name, is_secret_variable
from services.secret_scan import has_named_secret, has_secret_text

HIDDEN = "[redacted]"
SHORTEST = 8
"""Characters below which no text can hold a name and a secret."""

_PEM = re.compile(
    r"-----BEGIN (?!PUBLIC KEY|CERTIFICATE REQUEST)([A-Z0-9 ]{3,40})-----.*?(?:-----END \1-----|\Z)", re.DOTALL
)
_SIGNATURE = re.compile(
    r"(?:(?<![A-Za-z])|(?<=%[0-9A-Fa-f]{2}))(sig(?:=|%3D|%253D))[A-Za-z0-9%+/=_\-.~]{6,}", re.IGNORECASE
)
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{5,1500}+\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)*")
_BEARER = re.compile(r"\b(bearer\s+)(?![A-Za-z]?[a-z]+\b(?![-._~+/=\w]))[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_BASIC = re.compile(r"(authorization['\"]?\s*[:=]\s*['\"]?basic\s+)[A-Za-z0-9+/=]{6,}", re.IGNORECASE)
_ACCOUNT_KEY = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{86}==(?![A-Za-z0-9+/=])")
_WELL_KNOWN = re.compile(
    r"(?<![A-Za-z0-9])(?:ghp_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|hf_[A-Za-z0-9]{20,}|"
    r"sk-[A-Za-z0-9_-]{20,}|AKIA[0-9A-Z]{16}|glpat-[A-Za-z0-9_-]{16,}|"
    r"xox[abprs]-[A-Za-z0-9-]{10,})"
)
_USER = re.compile(r"(https?://)([^\s/:@\"'<>]*:[^\s/@\"'<>]+|[^\s/:@\"'<>]{24,})@", re.IGNORECASE)

_PAIR = re.compile(
    r"(?<![\w.\-])(?P<name>[A-Za-z_][\w.\-]{1,80})(?P<is>\s*=\s*|['\"]\s*:\s*(?=['\"]))"
    r"(?P<value>\\?\"(?:[^\"\\]|\\.)*\\?\"|'[^']*'|[^\s;&,\"'<>()\[\]{}]+)"
)
_OPTION = re.compile(
    r"(?P<name>--[A-Za-z][\w\-]{1,60})(?P<is>[ =]\s*)(?P<value>\"[^\"]*\"|'[^']*'|[^\s\"'\-][^\s\"']*)"
)
_COLON = re.compile(
    r"(?<![\w.\-])(?P<name>[\w.\-]{0,60}?(?:password|passwd|pwd|secret|api_?-?key|access_?-?key|account_?-?key|"
    r"connection_?-?string)[\w\-]{0,20})(?P<is>\s*:\s+|:)(?P<value>[^\s;,\"'<>(){}\[\]]{4,})",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"['\"]?(?:\d{1,9}(?:\.\d+)?|true|false|none|null|redacted|\[redacted\]|\*+|"
    r"\$\{?\w+\}?|\{[\w. ]+\}|\$\{\{.*)['\"]?",
    re.IGNORECASE,
)
"""Numbers, flags, and what only points to a secret: $NAME, {name}."""


def scrub(text: str) -> str:
    """Return a text without the secrets in it; one without any comes back as it is."""
    if len(text) < SHORTEST or not (has_secret_text(text.lower().encode("utf-8", "replace")) or has_named_secret(text)):
        return text
    for pattern, change in _CHANGES:
        text = pattern.sub(change, text)
    return text


def _pair(found: re.Match[str]) -> str:
    name, value = found["name"].lstrip("-"), found["value"]
    if _HARMLESS.fullmatch(value) or not (is_secret_name(name) or (name.isupper() and is_secret_variable(name))):
        return found[0]
    quote = value[0] if value[0] in "\"'" else ""
    return f"{found['name']}{found['is']}{quote}{HIDDEN}{quote}"


def _colon(found: re.Match[str]) -> str:
    value = found["value"]
    is_secret = is_secret_name(found["name"]) and not _HARMLESS.fullmatch(value) and not value.startswith("//")
    return f"{found['name']}{found['is']}{HIDDEN}" if is_secret and not value.isalpha() else found[0]


_CHANGES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_PEM, HIDDEN),
    (_SIGNATURE, r"\1redacted"),
    (_JWT, HIDDEN),
    (_BASIC, rf"\1{HIDDEN}"),
    (_BEARER, rf"\1{HIDDEN}"),
    (_USER, rf"\1{HIDDEN}@"),
    (_ACCOUNT_KEY, HIDDEN),
    (_WELL_KNOWN, HIDDEN),
    (_OPTION, _pair),
    (_PAIR, _pair),
    (_COLON, _colon),
)
