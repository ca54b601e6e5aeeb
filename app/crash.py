"""What is left of a crash: a short message, and the path of a private report without secrets or values."""

from __future__ import annotations

import os
import platform
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from services.secret_texts import scrub
from widgets.safe import Safe, safe


def report_text(error: BaseException) -> str:
    """The report: versions, and the traceback with its lines of code but without the values of variables."""
    from importlib.metadata import PackageNotFoundError, version

    versions: list[str] = []
    for name in ("amldeck", "textual", "azure-core"):
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            versions.append(f"{name} not installed")
    told = "".join(traceback.format_exception(error))
    clean = "\n".join(safe(scrub(line), 2000) for line in told.splitlines())
    head = [
        f"amldeck stopped at {datetime.now(UTC):%Y-%m-%d %H:%M:%S}Z",
        *versions,
        f"Python {platform.python_version()}",
    ]
    return "\n".join([*head, platform.platform(), "", clean, ""])


def write_report(error: BaseException, folder: Path | None) -> Path | None:
    """Write the report beside the cache, or to the temporary folder; None when neither can be written. Mode 0600."""
    name = f"crash-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}.txt"
    for place in (folder, Path(tempfile.gettempdir())):
        if place is None:
            continue
        try:
            handle = os.open(place / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(report_text(error))
        except OSError:
            continue
        return place / name
    return None


def report(error: BaseException, cache: Path | None) -> Safe:
    """Write the report, and give the message that says where it is. `cache` is the cache's file, if it has one."""
    return farewell(error, write_report(error, cache.parent if cache else None))


def farewell(error: BaseException, path: Path | None) -> Safe:
    """The message after a crash: what it was, where the report is. One or two lines."""
    what = safe(scrub(f"{type(error).__name__}: {error}"), 200)
    where = f"The report, without secrets, is in {safe(str(path))}." if path else "No report could be written."
    return Safe(f"amldeck stopped on an error of its own: {what}\n{where}\nThe cache is intact; start again to go on.")
