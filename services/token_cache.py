"""A token cache for azure-identity that keeps its tokens in the token file, when there is one.

azure-identity takes a cache of our own only through `_cache` and `_cae_cache`, which are not promised to anybody:
`tests/services/test_token_cache.py` pins that the installed one reads from and writes to them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from services.private_files import Busy
from services.token_file import TokenFile

States = dict[str, dict[str, dict[str, Any]]]
"""What msal keeps: entries by their key, by kind."""


class Shelf:
    """Where token caches keep their tokens: a file, or nowhere but in memory. `problem` says what went wrong last."""

    def __init__(self, file: TokenFile | None = None) -> None:
        self.file = file
        self.problem = ""


class _Kept:
    """The part of a TokenCache that is ours. Threads take the cache's own lock first and the file's second, always."""

    if TYPE_CHECKING:  # of msal.SerializableTokenCache, the other base
        _lock: Any
        has_state_changed: bool
        serialize: Callable[[], str]
        deserialize: Callable[[str | None], None]

    def __init__(self, shelf: Shelf, name: str) -> None:
        super().__init__()
        self._shelf = shelf
        self._name = name
        self._seen: object = None
        self._depth = 0

    def __repr__(self) -> str:
        return f"TokenCache({self._name!r})"

    def add(self, event: Any, **more: Any) -> None:
        """Keep what a sign-in brought: one write for all of it."""
        above: Any = super()
        self._change(lambda: above.add(event, **more))

    def modify(self, credential_type: str, old_entry: Any, new_key_value_pairs: Any = None) -> None:
        """Change, add or drop one entry."""
        above: Any = super()
        self._change(lambda: above.modify(credential_type, old_entry, new_key_value_pairs))

    def save(self) -> None:
        """Write what was kept in memory only, if there is a file now."""
        self._change(lambda: None)

    def search(self, credential_type: str, **query: Any) -> Any:
        """Return the entries that match, with what other processes have kept meanwhile."""
        above: Any = super()
        with self._lock:
            self.refresh()
        return above.search(credential_type, **query)

    def refresh(self) -> None:
        """Take over what the file holds, if it was written since it was last looked at."""
        file = self._shelf.file
        if file is None or self._depth or file.stamp() == self._seen:
            return
        seen = file.stamp()
        try:
            self._take_over(file.read(), seen)
        except (OSError, Busy) as error:
            self._shelf.problem = f"The token file cannot be read: {_said(error)}. Tokens are in memory only."

    def forget(self, account: str = "") -> None:
        """Drop the tokens of one account (its home account id), or all: in memory and in the file.

        Raises Busy or OSError when the file still holds them.
        """
        with self._lock:
            self.deserialize(_without(self.serialize(), account))
            self._seen = None
            file = self._shelf.file
            if file is None:
                return
            with file.changing() as states:
                if self._name in states:
                    states[self._name] = _without(states[self._name], account)
                    if not account:
                        del states[self._name]

    def _change(self, work: Callable[[], None]) -> None:
        with self._lock:
            file = self._shelf.file
            if file is None or self._depth:
                work()
                return
            self._depth += 1
            try:
                self._change_file(file, work)
            finally:
                self._depth -= 1

    def _change_file(self, file: TokenFile, work: Callable[[], None]) -> None:
        is_done = False
        try:
            with file.changing() as states:
                self._take_over(states, file.stamp())
                work()
                is_done = True
                if self.has_state_changed:
                    states[self._name] = self.serialize()
            self._seen = None  # somebody may have written since: the next search looks
            self._shelf.problem = ""
        except (OSError, Busy) as error:
            if not is_done:
                work()
            self.has_state_changed = True
            self._shelf.problem = f"Tokens cannot be written: {_said(error)}. They are in memory only."

    def _take_over(self, states: dict[str, str], seen: object) -> None:
        """Have the tokens of the file, and those of ours that were never written."""
        if seen == self._seen and not self.has_state_changed:
            return
        kept = _decoded(states.get(self._name, ""))
        is_unsaved = self.has_state_changed
        if is_unsaved:
            for kind, entries in _decoded(self.serialize()).items():
                kept.setdefault(kind, {}).update(entries)
        self.deserialize(json.dumps(kept))
        self.has_state_changed = is_unsaved
        self._seen = seen


def _decoded(state: str) -> States:
    return json.loads(state) if state else {}


def _said(error: Exception) -> str:
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error).rstrip(".")


@lru_cache(maxsize=1)
def token_cache_type() -> Callable[[Shelf, str], Any]:
    """Return the class of our token caches: msal's, and ours before it. Imports msal."""
    msal: Any = import_module("msal")  # it has no types

    return type("TokenCache", (_Kept, msal.SerializableTokenCache), {})


def _without(state: str, account: str) -> str:
    """The state of a token cache without the tokens of one account; of every account for none."""
    kept = {
        kind: {key: entry for key, entry in entries.items() if entry.get("home_account_id") != account}
        for kind, entries in _decoded(state).items()
        if account
    }
    return json.dumps({kind: entries for kind, entries in kept.items() if entries})
