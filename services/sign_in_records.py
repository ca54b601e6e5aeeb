"""Who has signed in, by sign-in name: azure-identity's AuthenticationRecord, in which there is no secret.

Without it a token cache is of no use to a credential: it says whose tokens to look for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from services.clouds import CHINA, PUBLIC, US_GOV
from services.private_files import FolderLock, NotPrivate, move_aside, read_private, write_private

NAME = "sign-ins.json"

_OLDER = ("login.windows.net", "sts.windows.net", "login.usgovcloudapi.net", "login.chinacloudapi.cn")
"""Names of the same hosts that older answers issue tokens under."""
_LOGIN_HOSTS = frozenset((*(cloud.login for cloud in (PUBLIC, US_GOV, CHINA)), *_OLDER))


class SignInRecords:
    """The records of one folder. Safe to use from any thread and process; a broken file is moved aside and told."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self.problems: list[str] = []
        self._lock = FolderLock(folder / "sign-ins.lock")

    def names(self) -> list[str]:
        """Return the names there are records for, sorted. Raises Busy or OSError."""
        return sorted(self._read())

    def get(self, name: str) -> Any:
        """Return the AuthenticationRecord of a sign-in; None when there is none. Raises Busy or OSError.

        One that names a login host of no Azure cloud counts as none: a credential would send its user there.
        """
        text = self._read().get(name)
        if text is None:
            return None
        try:
            record = record_of(text)
        except (ValueError, KeyError, AttributeError, TypeError):
            return None
        return record if record.authority in _LOGIN_HOSTS else None

    def put(self, name: str, record: Any) -> None:
        """Keep an AuthenticationRecord. Raises Busy or OSError."""
        with self._lock.held():
            self._write({**self._read(), name: record.serialize()})

    def remove(self, name: str) -> None:
        """Forget a record, if there is one. Raises Busy or OSError."""
        with self._lock.held():
            kept = self._read()
            if kept.pop(name, None) is not None:
                self._write(kept)

    def _write(self, kept: dict[str, str]) -> None:
        write_private(self.path, msgspec.json.format(msgspec.json.encode(kept)))

    def _read(self) -> dict[str, str]:
        with self._lock.held():
            try:
                content = read_private(self.path)
                return msgspec.json.decode(content, type=dict[str, str]) if content is not None else {}
            except NotPrivate as error:
                what = error.what
            except msgspec.MsgspecError:
                what = f"{self.path} cannot be read as JSON"
            target = move_aside(self.path, "damaged")
            self.problems.append(f"The file of sign-ins {what}. It was moved to {target.name}: sign in again.")
            return {}


def record_of(text: str) -> Any:
    """Return the AuthenticationRecord that was serialized as `text`. Raises ValueError and others for other texts."""
    from azure.identity import AuthenticationRecord

    return AuthenticationRecord.deserialize(text)
