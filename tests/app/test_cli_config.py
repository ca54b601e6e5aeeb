"""`amldeck config` and `-P`: what the settings are, whether they are right, and which profile is meant."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from app import start
from app.__main__ import main
from app.settings import load_settings, vault_folder
from tests.app.commanding import Command, Said, leave_runs

CANARY = "canary-0b1f-in-the-file"
GOOD = 'theme = "dark"\nprofile = "work"\n[profiles.work]\nworkspace = "ml-prod"\n[profiles.gov]\ncloud = "usgov"\n'


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path / "config"))
    (tmp_path / "config").mkdir()
    return tmp_path / "config" / "config.toml"


def _said(capsys: pytest.CaptureFixture[str], *arguments: str) -> Said:
    code = main(arguments)
    return Said(code, *capsys.readouterr())


def test_the_path_is_printed_and_the_vault_lies_beside(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _said(capsys, "config", "path") == (0, f"{file}\n", "")
    assert vault_folder() == file.parent / "vault"


def test_settings_that_are_right_end_with_0(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(GOOD)
    assert _said(capsys, "config", "validate") == (0, "", f"{file}: nothing is wrong\n")


def test_no_file_is_right_too(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _said(capsys, "config", "validate") == (0, "", f"{file} does not exist, so defaults apply\n")


def test_every_problem_is_said_and_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.toml"
    hostile = "\\u001b]0;x\\u0007"
    other.write_text(f'theme = "pink"\nclient_secret = "{CANARY}"\n[profiles.x]\ncloud = "{hostile}"\n')
    said = _said(capsys, "config", "validate", str(other))
    assert (said.code, said.out, len(said.err.splitlines())) == (2, "", 4)
    assert all(line.startswith(str(other)) for line in said.err.splitlines())
    assert CANARY not in said.err
    assert "\x1b" not in said.err


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = _said(capsys, "config", "validate", str(tmp_path / "none.toml"))
    assert said.code == 2
    assert "There is no file" in said.err


def test_what_is_shown_is_valid_and_names_the_profile_of_the_command_line(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(GOOD)
    assert 'profile = "work"\n' in _said(capsys, "config", "show").out
    shown = _said(capsys, "-P", "gov", "config", "show")
    assert (shown.code, shown.err) == (0, "")
    assert 'profile = "gov"\n' in shown.out
    monkeypatch.setattr("sys.stdin", io.StringIO(shown.out))
    assert _said(capsys, "config", "validate", "-") == (0, "", "the input: nothing is wrong\n")


def test_no_secret_of_the_file_is_shown(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(f'token = "{CANARY}"\nworkspace = "password={CANARY}"\n[profiles.a]\nsecret = "{CANARY}"\n')
    said = _said(capsys, "config", "show")
    assert said.code == 0
    assert CANARY not in said.out + said.err
    assert said.err.count("secret") >= 3


def test_the_schema_is_json_and_the_example_is_right(
    file: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "profiles" in json.loads(_said(capsys, "config", "schema").out)["$defs"]["Settings"]["properties"]
    file.write_text(_said(capsys, "config", "example").out)
    assert load_settings(file).problems == ()
    assert _said(capsys, "config", "validate").code == 0


@pytest.mark.parametrize("arguments", [("-P", "nope", "runs"), ("runs", "--profile", "nope"), ("--profile=nope",)])
def test_an_unknown_profile_is_wrong_usage_and_names_the_known(
    arguments: tuple[str, ...], file: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file.write_text(GOOD)
    said = _said(capsys, *arguments, "--offline", "--cache", str(tmp_path / "cache"))
    assert (said.code, said.out) == (2, "")
    assert "There is no profile 'nope'. There are gov, work." in said.err


def test_a_profile_chooses_the_workspace_and_an_option_comes_before_it(
    file: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    leave_runs(tmp_path / "cache")
    file.write_text('workspace = "ml-prod"\n[profiles.elsewhere]\nworkspace = "ml-gone"\n[profiles.plain]\n')
    command = Command(tmp_path / "cache", capsys)
    assert command("runs", "--offline", "-P", "plain", "--json").code == 0
    said = command("runs", "--offline", "-P", "elsewhere", "--json")
    assert (said.code, "There is no workspace 'ml-gone'" in said.err) == (2, True)
    assert command("runs", "--offline", "-P", "elsewhere", "-w", "ml-prod", "--json").code == 0


def test_the_demo_has_none_of_the_workspaces_of_the_settings(
    file: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file.write_text('workspace = "my-own"\n')
    said = Command(tmp_path / "cache", capsys)("quotas", "--demo", "--json")
    assert said.code == 0, said.err


@pytest.mark.parametrize(
    ("arguments", "is_deck", "is_painted"),
    [
        ("", True, True),
        ("-P work", True, False),
        ("--profile=work", True, False),
        ("--profile work -w ml-prod", True, True),
        ("runs -P work", False, False),
    ],
)
def test_the_deck_opens_with_a_profile_and_paints_no_screen_that_may_be_another_ones(
    arguments: str, is_deck: bool, is_painted: bool
) -> None:
    given = arguments.split()
    assert start.opens_deck(given) is is_deck
    assert start.painted_folder(given) == (start.cache_folder(given) if is_painted else "")
