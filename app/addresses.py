"""The addresses of a row: what `y` and `Y` copy, where `o` and `O` lead. Made of safe text, to our own hosts only."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from app.machine_rows import ComputeRow
from cache.origins import Origin
from services.clouds import CHINA, PUBLIC, US_GOV, Cloud
from services.records import WorkspaceRef
from widgets.choices import Choice
from widgets.lines import fit_line, line_text, say
from widgets.pane import Look, Pane, Span
from widgets.safe import Safe, plain, safe

CLOUDS: dict[str, Cloud] = {"public": PUBLIC, "usgov": US_GOV, "china": CHINA}
LONGEST = 8_000
"""Characters of one address or command that are copied."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """A row with what its addresses are made of."""

    pane: Pane[Any]
    record: Any
    workspace: WorkspaceRef | None
    cloud: Cloud = PUBLIC

    def name(self) -> Safe:
        """What `y` copies: the row's id or name."""
        reference = self.pane.reference
        return safe(reference.copy(self.record), LONGEST) if reference else safe(getattr(self.record, "id", ""))

    def request(self) -> Safe | None:
        """What to send to an administrator for this row; None where nothing is missing."""
        reference = self.pane.reference
        found = reference.request(self.record) if reference and reference.request else None
        return safe(found, LONGEST) if found else None

    def arm_id(self) -> Safe | None:
        """The ARM id; None for what has none."""
        reference = self.pane.reference
        if reference is None or reference.arm_id is None or self.workspace is None:
            return None
        found = reference.arm_id(self.record, self.workspace.id)
        return safe(found, LONGEST) if found else None

    def studio(self) -> Safe | None:
        """The page in the studio; None when it has none."""
        reference = self.pane.reference
        if reference is None or reference.studio is None or self.workspace is None:
            return None
        path = reference.studio(self.record, self.workspace.id)
        return safe(f"https://{self.cloud.studio}{_path(path)}", LONGEST) if path else None

    def portal(self) -> Safe | None:
        """The page in the portal; None without an ARM id."""
        found = self.arm_id()
        return safe(f"https://{self.cloud.portal}/#@/resource{_path(found)}", LONGEST) if found else None

    def az(self) -> Safe | None:
        """The `az` command that shows the same; None when there is none."""
        reference = self.pane.reference
        if reference is None or reference.az is None or self.workspace is None:
            return None
        found = reference.az(self.record, self.workspace)
        return safe(found, LONGEST) if found else None


def _path(text: str) -> str:
    """A path and query that nothing foreign breaks out of: it begins with a slash and holds address characters only."""
    return "/" + quote(text.lstrip("/"), safe="/?=&:@!$'()*+,;%-._~#")


def rest_call(origin: Origin, cloud: Cloud = PUBLIC) -> Safe | None:
    """The `az rest` command that asks the same again; None for rows made here. A POST needs its body."""
    parts = urlsplit(origin.route)
    if parts.scheme != "https" or not parts.hostname:
        return None
    version = f"?api-version={quote(origin.api_version)}" if origin.api_version else ""
    command = [
        "az",
        "rest",
        "--method",
        origin.method.lower(),
        "--url",
        f"https://{parts.hostname}{_path(parts.path)}{version}",
    ]
    # `az rest` knows whose token to send for ARM alone.
    if parts.hostname != cloud.arm:
        command += ["--resource", f"https://{cloud.arm}"]
    return safe(shlex.join(command), LONGEST)


def copies(row: Addressed, look: Look, origin: Origin | None) -> list[tuple[Safe, Safe]]:
    """Everything of a row that can be copied: a name for it, and the text."""
    found: list[tuple[Safe, Safe | None]] = [
        (plain("request"), row.request()),
        (plain("name or id"), row.name()),
        (plain("ARM id"), row.arm_id()),
        (plain("studio link"), row.studio()),
        (plain("portal link"), row.portal()),
        (plain("az command"), row.az()),
        (plain("REST call"), rest_call(origin, row.cloud) if origin is not None else None),
    ]
    if isinstance(row.record, ComputeRow):
        links = row.record.applications.items()
        found += [(Safe(f"{safe(name, 12)} link"), safe(link, LONGEST)) for name, link in links if link]
    for column in row.pane.columns:
        text = safe(line_text(column.cell(row.record, look)).strip(), LONGEST)
        if text and text != "–":
            found.append((Safe(f"cell {column.title}"), text))
    return [(name, text) for name, text in found if text]


def copy_choices(found: list[tuple[Safe, Safe]]) -> list[Choice]:
    """The copy menu: names left, what would be copied beside them; ids are positions in the list."""
    return [
        Choice(str(index), (*fit_line(say(name, "muted"), 18), Span(text))) for index, (name, text) in enumerate(found)
    ]


def has_browser(environ: Mapping[str, str] | None = None) -> bool:
    """Whether a browser could open on the screen the user sits at: not over ssh, and not without a display."""
    known = os.environ if environ is None else environ
    if known.get("SSH_CONNECTION") or known.get("SSH_TTY"):
        return False
    return sys.platform in ("darwin", "win32") or bool(
        known.get("DISPLAY") or known.get("WAYLAND_DISPLAY") or known.get("WSL_DISTRO_NAME")
    )


def open_in_browser(link: Safe) -> bool:
    """Open a link with the user's browser; False when there is none. May take a second: for a worker."""
    import webbrowser

    if not link.startswith("https://"):
        return False
    try:
        return webbrowser.open(link)
    except webbrowser.Error:
        return False
