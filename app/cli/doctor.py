"""`amldeck doctor`: what works here and what does not, each line with what to do about it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Literal, NamedTuple

import click

from app.cli import screen
from app.cli.asked import shared_options
from app.cli.errand import Errand, opened
from app.settings import settings_path
from cache.lock import has_wal_reset_bug
from services.errors import ServiceError
from services.keyrings import find_keyring
from widgets import format as fmt
from widgets.safe import safe

Mark = Literal["ok", "note", "bad"]

SKEW = 60.0
"""Seconds the clocks may differ: tokens are refused from five minutes on."""
_SIGNS: dict[Mark, tuple[str, str]] = {"ok": ("✓", "v"), "note": ("▲", "!"), "bad": ("✗", "x")}
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy")
_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
_PACKAGES = ("amldeck", "textual", "azure-core", "azure-identity", "azure-ai-ml", "msgspec")


class Finding(NamedTuple):
    """One line: what was looked at, how it is, and the particulars."""

    mark: Mark
    name: str
    text: str


@click.command("doctor")
@shared_options
@click.pass_context
def command(context: click.Context) -> None:
    """Say what works here and what does not: versions, paths, terminal, sign-in, network, cache.

    Ends with 1 when something is broken. With --offline the network is left alone.
    """
    with opened(context) as errand:
        findings = [*versions(), *places(errand), *terminal(), *network(), *keyring(), *sign_in(errand), *cache(errand)]
    is_plain = not screen.takes_unicode() or errand.settings.is_ascii
    for finding in findings:
        click.echo(f"{_SIGNS[finding.mark][is_plain]} {finding.name:<12} {safe(finding.text, 500)}")
    context.exit(1 if any(finding.mark == "bad" for finding in findings) else 0)


def versions() -> Iterator[Finding]:
    """What runs here."""
    found: list[str] = []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{name} not installed")
    yield Finding("ok", "versions", ", ".join(found))
    yield Finding("ok", "python", f"{platform.python_version()} on {platform.platform()} ({sys.executable})")
    has_bug = has_wal_reset_bug(sqlite3.sqlite_version_info)
    note = ", which can lose pages when two programs write; amldeck writes one at a time" if has_bug else ""
    yield Finding("ok", "sqlite", f"{sqlite3.sqlite_version}{note}")


def places(errand: Errand) -> Iterator[Finding]:
    """Where things are kept."""
    path = settings_path()
    yield Finding("ok", "settings", f"{path}{'' if path.exists() else ' (none, defaults apply)'}")
    for problem in errand.settings.problems:
        yield Finding("bad", "settings", problem)


def terminal() -> Iterator[Finding]:
    """What the terminal can do."""
    size = shutil.get_terminal_size()
    names = ("TERM", "COLORTERM", "NO_COLOR", "TMUX", "SSH_CONNECTION", "TEXTUAL_DISABLE_KITTY_KEY")
    known = ", ".join(f"{name}={os.environ[name]}" for name in names if os.environ.get(name))
    kind = "a terminal" if screen.is_terminal() else "no terminal"
    text = f"stdout is {kind}, {size.columns}x{size.lines}, {sys.stdout.encoding}; {known or 'nothing said about it'}"
    yield Finding("ok" if screen.takes_unicode() else "note", "terminal", text)


def network() -> Iterator[Finding]:
    """Proxies and certificates that calls go through."""
    proxies = ", ".join(f"{name}={_bare(os.environ[name])}" for name in _PROXIES if os.environ.get(name))
    yield Finding("ok", "proxy", proxies or "none set")
    for name in _BUNDLES:
        path = os.environ.get(name)
        if path:
            mark: Mark = "ok" if os.path.exists(path) else "bad"
            yield Finding(mark, "certificates", f"{name}={path}{'' if mark == 'ok' else ' does not exist'}")


def keyring() -> Iterator[Finding]:
    """Where secrets are kept, asked without prompting anybody: it takes 5 seconds at most."""
    found = find_keyring()
    yield Finding("ok" if found.is_open else "note", "keyring", found.sentence)


def sign_in(errand: Errand) -> Iterator[Finding]:
    """Who is signed in, whether Azure answers, and how far its clock is from ours: one call."""
    session = errand.session
    if not session.is_online:
        yield Finding("note", "azure", "not asked, because of --offline")
        return
    try:
        connection = session.connect()
        answer = connection.read(connection.arm("/subscriptions", "2022-12-01"))
    except ServiceError as error:
        yield Finding("bad", "azure", str(error))
        return
    yield Finding("ok", "sign-in", f"{session.account.user}, tenant {session.account.tenant}")
    yield Finding("ok", "azure", f"{connection.cloud.arm} answers ({answer.status})")
    yield clock(answer.headers.get("date"), session.now())


def clock(said: str | None, now: datetime) -> Finding:
    """How far the service's clock is from ours."""
    try:
        ahead = (now - parsedate_to_datetime(said or "")).total_seconds()
    except (ValueError, TypeError):
        return Finding("note", "clock", "the answer names no time to compare with")
    if abs(ahead) <= SKEW:
        return Finding("ok", "clock", f"{abs(ahead):.0f} s from Azure's")
    way = "ahead of" if ahead > 0 else "behind"
    return Finding("bad", "clock", f"{fmt.duration(abs(ahead))} {way} Azure's: set it, or tokens will be refused")


def cache(errand: Errand) -> Iterator[Finding]:
    """Where the cache is, how large, and in which state."""
    store, asked = errand.session.store, errand.asked
    if store.path is None:
        yield Finding("bad", "cache", f"{asked.folder}: in memory only")
    else:
        state = "only read" if store.is_read_only else "of an older amldeck" if store.needs_migration else "writable"
        text = f"{store.path}, {fmt.size(store.size_bytes())}, {state}"
        yield Finding("note" if state != "writable" else "ok", "cache", text)
    for note in store.notes:
        yield Finding("note", "cache", note)
    workspace = errand.session.workspace
    if workspace is not None:
        states = [state for state in errand.states() if state.last_ok is not None and not state.is_derived]
        yield Finding("ok", "workspace", f"{workspace.name}, {len(states)} sources cached")


def _bare(address: str) -> str:
    """An address without the user and password that proxies are given in it."""
    scheme, separator, rest = address.rpartition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"


COMMAND = command
