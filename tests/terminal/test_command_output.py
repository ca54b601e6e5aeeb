"""Attacks in every field, through every command that answers: into a terminal as a table, as CSV and as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from app.panes import PANES
from tests.figures import Figure
from tests.terminal.demo import SLOW
from tests.terminal.harness import WIDE, Terminal
from tests.terminal.leaks import OURS, controls
from tests.terminal.poison import TOKEN, poisoned

pytestmark = [pytest.mark.pty, pytest.mark.slow]

ROWS = 12
CASES = 2_000

# One process for all commands: what is measured is what they write.
_ALL = """
import json, sys
from app.__main__ import main
for arguments in json.loads(sys.argv[1]):
    print("exit", main(arguments))
"""


def test_no_command_writes_a_control_of_a_field(tmp_path: Path, figure: Figure) -> None:
    poison = poisoned(tmp_path, ROWS, has_long=False)
    forms = [f"--{form}" for form in ("table", "csv", "json")]
    lines = [[pane.name, form, "--offline", "--demo", "--cache", str(tmp_path), "--limit", "0"]
             for pane in PANES for form in forms]  # fmt: skip
    lines += [["workspaces", *more, "--offline", "--demo", "--cache", str(tmp_path)] for more in ([], ["--json"])]
    with Terminal([sys.executable, "-c", _ALL, json.dumps(lines)], WIDE, cwd=tmp_path) as terminal:
        assert terminal.wait_end(2 * SLOW) == 0, terminal.lines[-5:]
        output = terminal.output.decode("utf-8", "replace")
    assert output.count("exit 0") == len(lines), output[-2_000:]
    seen = {found.group() for found in TOKEN.finditer(output)} & set(poison.given)
    passed = [text for mark in seen if controls(text := poison.given[mark]) and text in output]
    found = [*controls(OURS.sub("", output).replace("\n", "")), *map(ascii, passed)]
    assert found == []
    figure("command line: foreign control bytes", f"{len(found)} in {len(seen):,} fields, {len(lines)} commands",
           f"0 in {CASES:,} fields", len(seen) >= CASES)  # fmt: skip
