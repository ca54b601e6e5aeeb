"""Which names promise a secret: of fields, of environment variables, of `name=value` pairs in a text."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_ALWAYS = frozenset(
    {"password", "passwd", "pwd", "passphrase", "secret", "secrets", "passwords", "apikey", "accesskey", "accountkey",
     "sharedaccesskey", "connectionstring", "connstr", "sastoken", "authtoken", "accesstoken", "privatekey"}
)  # fmt: skip
"""Words that make a name a secret wherever they stand."""
_JOINED = re.compile(
    r"(?:password|passwd|passphrase|connectionstring|accountkey|accesskey|apikey|privatekey|instrumentationkey|"
    r"clientsecret|sharedaccesssignature|sastoken|accesstoken|refreshtoken|secretkey)"
)
"""The same where a name is written in one piece."""
_KEY_OF = frozenset(
    {"primary", "secondary", "account", "access", "api", "shared", "storage", "private", "instrumentation", "secret",
     "subscription", "master", "signing", "admin", "app", "application", "function", "host", "auth", "registry",
     "encryption", "client", "sas", "service", "endpoint", "ingestion", "license", "management", "root", "session",
     "insights"}
)  # fmt: skip
"""What stands before "key" when it is a secret: primaryKey, but not partitionKey."""
_NOT_TOKEN_OF = frozenset(
    {"continuation", "skip", "page", "next", "eos", "bos", "pad", "unk", "sep", "cls", "mask", "stop", "special", "max",
     "min", "num", "n", "per", "total", "prompt", "completion", "output", "input", "delimiter", "start", "end", "image",
     "add", "new", "first", "last", "decoder", "forced", "additional", "by", "cancellation", "sync", "marker", "list",
     "begin", "sos", "separator", "padding", "unknown", "query", "nextpage", "delta", "context", "word", "out"}
)  # fmt: skip
"""What stands before "token" when it is none: a page's, a language model's."""
_ABOUT = frozenset(
    {"name", "names", "uri", "url", "id", "ids", "type", "types", "version", "expiry", "expires", "expiration",
     "expired", "time", "utc", "on", "date", "count", "enabled", "disabled", "status", "length", "size", "kind", "ref",
     "reference",
     "path", "file", "policy", "provider", "days", "minutes", "seconds", "percent", "algorithm", "rotation", "format",
     "encoding", "endpoint", "audience", "scope", "vault", "public", "required", "used", "usage", "limit", "state",
     "identifier", "hash", "thumbprint", "mode", "authority", "issuer", "at", "details", "auth", "allowed",
     "parallelism",
     "source", "store", "scopes", "ttl", "timeout", "refresh", "created", "updated", "last", "prefix", "idx", "index"}
)  # fmt: skip
"""A name that ends so talks about a secret, and is none: secretName, tokenExpiryTimeUtc."""
_ALONE = frozenset({("authorization",), ("sig",), ("signature",), ("sas",), ("credential",)})
_ENV_WORDS = frozenset(
    {"KEY", "KEYS", "SECRET", "SECRETS", "TOKEN", "TOKENS", "PASSWORD", "PASSWD", "PASS", "PWD", "PAT", "CREDENTIAL",
     "CREDENTIALS", "SAS", "APIKEY", "PASSPHRASE", "CONNSTR", "AUTHKEY", "CREDS"}
)  # fmt: skip
_SCREAMING = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case, whether camelCase, snake_case, kebab-case or dotted."""
    return tuple(word.lower() for word in _WORDS.findall(name))


@lru_cache(maxsize=8192)
def is_secret_name(name: str) -> bool:
    """Return whether a field of this name holds a secret. Long names are judged by their end."""
    tail = name[-120:]
    words = words_of(tail)
    if len(words) == 0 or words[-1] in _ABOUT or "public" in words:
        return False
    if _SCREAMING.fullmatch(tail) and ("_" in tail or len(words) == 1):
        return is_secret_variable(tail)
    if any(word in _ALWAYS for word in words) or _JOINED.search("".join(words)):
        return True
    before = words[-2] if len(words) > 1 else ""
    if words[-1] == "key":
        return before in _KEY_OF
    if words[-1] == "token":
        return before not in _NOT_TOKEN_OF
    return _is_rest(words, before)


def _is_rest(words: tuple[str, ...], before: str) -> bool:
    if words[-1] == "tokens":
        return before in {"access", "auth", "api", "bearer", "refresh", "sas"}
    if words[-1] == "string":
        return before in {"connection", "conn"}
    return words in _ALONE


@lru_cache(maxsize=8192)
def is_secret_variable(name: str) -> bool:
    """Return whether an environment variable of this name looks like a secret. Wider than for fields, on purpose."""
    words = name[-120:].replace("-", "_").upper().split("_")
    if len(words) == 1:
        words = [word.upper() for word in words_of(name[-120:])]
    if not words or words[-1].lower() in _ABOUT or "PUBLIC" in words:
        return False
    if words[0] in ("MAX", "MIN", "NUM") or (len(words) > 1 and words[-2].lower() in _NOT_TOKEN_OF - {"app", "host"}):
        return False
    return any(word in _ENV_WORDS for word in words) or _JOINED.search("".join(words).lower()) is not None


def is_strong_name(name: str) -> bool:
    """Return whether even a number under this name is a secret: a password may be one, a token count is not."""
    return any(word in {"password", "passwd", "pwd", "passphrase", "secret", "pass"} for word in words_of(name[-120:]))


def is_holder_name(name: str) -> bool:
    """Return whether an object under this name may wrap a secret ({"type": "SecureString", "value": …})."""
    return is_strong_name(name) or words_of(name[-120:])[-1:] in (("key",), ("token",), ("string",), ("secrets",))
