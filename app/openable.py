"""What `o` opens of a row: its page in the studio, and what an instance serves: Jupyter, JupyterLab, VS Code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from app.addresses import LONGEST, Addressed
from app.machine_rows import ComputeRow
from services.clouds import Cloud
from services.ssh import ssh_command
from widgets.bar import NO_TEXT
from widgets.choices import Choice
from widgets.lines import say
from widgets.pane import Span
from widgets.safe import Safe, plain, safe

_ADDRESS = re.compile(r"https://[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+")
_UP = ("running", "jobrunning")


class Opening(NamedTuple):
    """One thing that opens: `text` is its address, or with `is_command` what a terminal is given.

    `why_not` says why it is not opened from here; then it can be copied all the same.
    """

    name: Safe
    text: Safe
    is_command: bool = False
    why_not: Safe = NO_TEXT
    note: Safe = NO_TEXT


def openings(row: Addressed) -> list[Opening]:
    """Everything of a row that opens, its page in the studio first."""
    studio = row.studio()
    found = [Opening(plain("Studio"), studio)] if studio is not None else []
    return [*found, *_served(row.record, row.cloud)] if isinstance(row.record, ComputeRow) else found


def _served(compute: ComputeRow, cloud: Cloud) -> Iterator[Opening]:
    is_up = (compute.state or "").lower() in _UP
    note = NO_TEXT if is_up else plain("  It answers once the instance runs.")
    for name, address in compute.applications.items():
        if address:
            why_not = NO_TEXT if is_of_azure(address, cloud) else plain("not at an address of Azure's own: copied")
            yield Opening(safe(name, 24), safe(address, LONGEST), why_not=why_not, note=note)
    command = ssh_command(compute.ssh_user, compute.ssh_address, compute.ssh_port)
    if command and (compute.ssh_access or "").lower() == "enabled":
        yield Opening(plain("ssh"), safe(command, LONGEST), is_command=True, note=note)


def is_of_azure(address: str, cloud: Cloud) -> bool:
    """Whether an address is https, plain, and on a host below the cloud's own name for instances, at the usual port."""
    if _ADDRESS.fullmatch(address) is None:
        return False
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    is_bare = parts.username is None and parts.password is None and port in (None, 443)
    return is_bare and (parts.hostname or "").endswith(cloud.instance_suffix)


def opening_choices(found: list[Opening]) -> list[Choice]:
    """The list of what opens, each with its whole address as a note; ids are positions in the list."""
    return [
        Choice(str(at), say(one.name), (Span(_does(one), "muted"),), words=one.text, note=Safe(f"{one.text}{one.note}"))
        for at, one in enumerate(found)
    ]


def _does(one: Opening) -> Safe:
    return one.why_not or (plain("copied, for a terminal") if one.is_command else plain("in the browser"))
