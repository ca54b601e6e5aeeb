"""Saving what a run left: which files go where, one after the other, with progress, until done or stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

from app.downloading import DownloadFailed, download
from app.safe_paths import Place, places
from app.session import Session
from services.artifacts import Artifact, artifact_link
from services.errors import ServiceError
from services.run import Run
from widgets import format as fmt
from widgets.safe import Safe, safe


class Saving:
    """One save. `run` on a thread; the rest may be read and `stop` called on any."""

    def __init__(self, session: Session, run: Run, artifacts: Sequence[Artifact], folder: Path) -> None:
        self._session = session
        self._run = run
        self._stop = threading.Event()
        self._began = time.monotonic()
        self._sizes = {one.path: one.size for one in artifacts}
        self.folder = folder
        self.places: list[Place] = places(folder, [one.path for one in artifacts])
        self.may_replace = False
        self._number, self._bytes, self._done = 0, (0, 0), 0

    @property
    def fit(self) -> list[Place]:
        """Those that may be written somewhere."""
        return [place for place in self.places if place.problem is None]

    @property
    def there(self) -> int:
        """How many of them are there already."""
        return sum(place.exists for place in self.fit)

    @property
    def size(self) -> int | None:
        """Bytes of all of them; None while one is not known."""
        sizes = [self._sizes[place.path] for place in self.fit]
        return sum(size or 0 for size in sizes) if None not in sizes else None

    @property
    def said(self) -> Safe:
        """How far it is: `saving 2 / 8  45 % of 310 MB  12 MB/s`."""
        done, size = self._bytes
        share = f"  {100 * done // size} % of {fmt.size(size)}" if size else ""
        rate = (self._done + done) / max(0.1, time.monotonic() - self._began)
        return Safe(f"saving {self._number} / {len(self.fit)}{share}  {fmt.size(int(rate))}/s")

    def stop(self) -> None:
        """Save no more; what came of the file that is being saved is kept as a part."""
        self._stop.set()

    def run(self) -> Safe:
        """Save all of them and say how it went. On a thread."""
        saved = skipped = size = 0
        problems = [f"{safe(place.path, 80)}: {place.problem}" for place in self.places if place.problem is not None]
        for number, place in enumerate(self.fit, 1):
            if self._stop.is_set():
                break
            self._number, self._bytes = number, (0, 0)
            if place.exists and not self.may_replace:
                skipped += 1
                continue
            try:
                size += self._one(place)
                saved += 1
            except (ServiceError, DownloadFailed) as error:
                problems.append(str(error))
                if isinstance(error, ServiceError):
                    break
        return self._summary(saved, skipped, size, problems)

    def _one(self, place: Place) -> int:
        connection, workspace = self._session.connect(), self._session.workspace
        assert workspace is not None
        link = artifact_link(connection, workspace, self._run.experiment or "", self._run.id, place.path)
        # Looked at once more: somebody may have put a link there meanwhile.
        fresh = places(self.folder, [place.path])[0]
        done = download(
            connection, link, fresh, may_replace=self.may_replace, progress=self._told, stop=self._stop.is_set
        )
        self._done += done.size
        return done.size

    def _told(self, done: int, size: int) -> None:
        self._bytes = (done, size)

    def _summary(self, saved: int, skipped: int, size: int, problems: list[str]) -> Safe:
        files = f"{saved:,} file{'' if saved == 1 else 's'}"
        parts = [f"{files} ({fmt.size(size)}) saved below {self.folder}"]
        if skipped:
            parts.append(f"{skipped:,} that were there left as they are")
        if self._stop.is_set():
            parts.append("stopped, what came is kept as a part")
        if problems:
            more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
            parts.append(f"not saved: {problems[0]}{more}")
        return safe("; ".join(parts), 600)
