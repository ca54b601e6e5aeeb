"""What had known holes is installed and asked for in versions without them; the audit says what it did not ask."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from tests.audit import verdict
from tests.figures import Figure

FLOORS = {
    "azure-core": "1.38.0",  # pickle in continuation tokens
    "azure-identity": "1.16.1",  # a race while reading tokens
    "azure-ai-ml": "1.35.2",  # downloads outside their folder
    "cryptography": "46.0.5",
    "requests": "2.32.4",  # .netrc given to another host
    "urllib3": "2.6.3",  # bombs in compressed and redirected bodies
    "pyyaml": "5.4",
    "keyring": "25.7",
}  # fmt: skip
PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())


def numbers(text: str) -> tuple[int, ...]:
    found = re.match(r"\d+(?:\.\d+)*", text)
    assert found is not None, text
    return tuple(map(int, found[0].split(".")))


def test_nothing_is_older_than_the_version_that_closed_its_holes(figure: Figure) -> None:
    older = [name for name, floor in FLOORS.items() if numbers(version(name)) < numbers(floor)]
    assert older == []
    figure("dependencies older than the fix of a known hole", f"{len(older)} of {len(FLOORS)}", "0", not older)


@pytest.mark.parametrize("name", FLOORS)
def test_an_installation_asks_for_no_older_one(name: str) -> None:
    asked = [line for line in PROJECT["project"]["dependencies"] if re.match(rf"{name}[>=]", line)]
    assert len(asked) == 1, asked
    assert numbers(re.split("[>=]=", asked[0])[1]) >= numbers(FLOORS[name])


def package(name: str, *holes: str, **more: str) -> dict[str, Any]:
    vulns = [{"id": hole, "fix_versions": ["2"]} for hole in holes]
    return {"name": name, "version": "1", "vulns": vulns, **more}


def test_holes_fail_and_are_named() -> None:
    code, lines = verdict([package("a", "CVE-1"), package("b")])
    assert (code, lines) == (1, ["Audited 2 of 2 packages: 1 known holes.", "a 1: CVE-1, fixed in 2"])


@pytest.mark.parametrize("packages", [None, [], [{"name": "a", "skip_reason": "not found"}], [package("amldeck")]])
def test_an_audit_that_asked_nobody_says_so_loudly(packages: Any) -> None:
    code, lines = verdict(packages)
    assert code == 0
    assert any(line.startswith("NOT AUDITED") for line in lines)


def test_what_was_not_audited_is_named_beside_what_was() -> None:
    code, lines = verdict([package("a"), {"name": "b", "skip_reason": "not found"}])
    assert (code, lines[-1]) == (0, "Not audited: b.")
