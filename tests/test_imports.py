"""What start-up may load: the truth at run time, where import-linter sees the source."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.terminal.harness import REPOSITORY, Terminal
from tests.terminal.prepared import STOP_AT_THE_COMMAND, keep_screen, screen_of

ISLANDS = ("widgets", "cache", "services")
FIRST_PAINT = {"app", "app.launch", "app.start", "app.terminal", "app.first_paint"}

# Imports modules one after the other and prints, for every top-level name that came with one, which it was.
PROBE = """
import sys
for module in sys.argv[1:]:
    before = {name.partition(".")[0] for name in sys.modules}
    __import__(module)
    for root in {name.partition(".")[0] for name in sys.modules} - before:
        print(root, module)
"""

needs_the_deck = pytest.mark.skipif(find_spec("app.deck") is None, reason="app.deck is not written yet")


def brought_by(*modules: str) -> dict[str, str]:
    """Top-level names that a fresh interpreter loads with some modules, each with the module that brought it."""
    command = [sys.executable, "-c", PROBE, *modules]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return dict(line.split() for line in done.stdout.splitlines())


def forbidden(names: set[str], modules: list[str]) -> dict[str, str]:
    return {name: module for name, module in brought_by(*modules).items() if name in names}


def modules_of(island: str) -> list[str]:
    files = [path.relative_to(REPOSITORY).with_suffix("") for path in (REPOSITORY / island).rglob("*.py")]
    return sorted(".".join(file.parts).removesuffix(".__init__") for file in files if file.name != "__main__")


@pytest.mark.pty
def test_the_first_paint_loads_sys_os_termios_and_sqlite3_and_nothing_else(tmp_path: Path) -> None:
    keep_screen(tmp_path, screen_of("calm-fox-930"))
    loaded = tmp_path / "loaded"
    command = [sys.executable, "-c", STOP_AT_THE_COMMAND, "--cache", tmp_path]
    with Terminal(command, env={"LOADED": str(loaded), "STOP_AT": "signal"}) as terminal:
        terminal.wait_for("calm-fox-930")
        terminal.wait_until(lambda: loaded.exists() and loaded.read_text() != "")
    bare = subprocess.run(
        [sys.executable, "-c", "import sys, os, termios, sqlite3; print(*sys.modules)"],
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    assert set(loaded.read_text().split()) - set(bare.split()) - FIRST_PAINT == set()


@needs_the_deck
def test_the_deck_starts_without_azure_keyring_sqlite_utils_and_yaml() -> None:
    heavy = {"azure", "msal", "keyring", "sqlite_utils", "yaml", "requests", "msrest", "cryptography", "pydash"}
    assert forbidden(heavy, ["app.deck"]) == {}


@pytest.mark.parametrize("island", ISLANDS)
def test_an_island_loads_nothing_of_another(island: str) -> None:
    assert forbidden({"app", *ISLANDS} - {island}, modules_of(island)) == {}


def test_the_cache_loads_neither_the_screen_nor_azure() -> None:
    assert forbidden({"textual", "rich", "azure", "requests"}, modules_of("cache")) == {}


def test_services_load_azure_only_when_called() -> None:
    assert forbidden({"textual", "rich", "azure", "msal", "keyring"}, modules_of("services")) == {}


def test_no_command_loads_textual_but_the_one_that_opens_the_deck() -> None:
    commands = sorted(f"app.cli.{path.stem}" for path in (REPOSITORY / "app/cli").glob("*.py"))
    later = ["app.completing", "app.exporting", "app.opening", "app.refresh", "app.session", "app.settings"]
    found = [one for one in commands if one not in ("app.cli.deck", "app.cli.__init__")]
    assert len(found) > 20
    assert forbidden({"textual", "rich"}, ["app.__main__", *found, *later]) == {}


@pytest.mark.parametrize("words", [["--version"], ["runs", "--help"], ["amldeck", "r"]])
def test_what_a_shell_asks_at_every_tab_is_answered_without_textual(words: list[str]) -> None:
    # A completion ends the interpreter itself.
    ask = "import sys, app.__main__ as it\ntry: it.main(sys.argv[1:])\nfinally: assert 'textual' not in sys.modules"
    completes = words[0] == "amldeck"
    asked = {"_AMLDECK_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words), "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-c", ask, *([] if completes else words)],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=120, env={**os.environ, **(asked if completes else {})},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "plain,runs" in done.stdout or not completes
