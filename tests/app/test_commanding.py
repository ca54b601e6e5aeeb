"""Commands of the settings: run without a shell, with the row as JSON, and nothing of the row is ever a command."""

import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.commanding import MOST_OUTPUT, Given, NotRunnable, arguments, environment, missing_program, run
from services.records import WorkspaceRef
from services.run import Run

PROD = WorkspaceRef("1111", "rg-ml", "ml-prod")
HOSTILE = "x; touch pwned $(touch pwned) `touch pwned` | cat\n'\" \u202e\x1b[2J"


@dataclass(frozen=True)
class Configured:
    run: tuple[str, ...]
    name: str = "say"
    title: str = ""
    panes: tuple[str, ...] = ()
    about: str = ""
    confirm: bool = True


def given(name: str = "calm-fox") -> Given:
    run = Run(id="abc-1", name=name, status="Failed", tags={"team": HOSTILE})
    return Given("runs", run, f"{PROD.id}/jobs/abc-1", PROD)


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_placeholders_are_filled_inside_their_own_argument() -> None:
    command = Configured(("tool", "--run={id}", "{name}", "{workspace}/{resource_group}", "plain"))
    assert arguments(command, given(HOSTILE)) == ["tool", "--run=abc-1", HOSTILE, "ml-prod/rg-ml", "plain"]


def test_the_program_is_never_taken_from_a_row() -> None:
    assert arguments(Configured(("{name}",)), given())[0] == "{name}"


@pytest.mark.parametrize("name", ["--delete-everything", "-rf"])
def test_a_name_does_not_become_an_option(name: str) -> None:
    with pytest.raises(NotRunnable, match="begins with a dash"):
        arguments(Configured(("tool", "{name}")), given(name))
    assert arguments(Configured(("tool", "--name={name}")), given(name))[1] == f"--name={name}"


def test_a_placeholder_the_row_does_not_have_is_a_sentence() -> None:
    with pytest.raises(NotRunnable, match=r"asks for \{price\}"):
        arguments(Configured(("tool", "{price}")), given())


def test_a_zero_byte_is_refused() -> None:
    with pytest.raises(NotRunnable, match="zero byte"):
        arguments(Configured(("tool", "{name}")), given("a\0b"))


def test_the_program_reads_the_row_as_json(tmp_path: Path) -> None:
    out = tmp_path / "row.json"
    code = f"import sys, pathlib; pathlib.Path({str(out)!r}).write_bytes(sys.stdin.buffer.read())"
    ran = run(python(code), given(HOSTILE).document())
    assert ran.code == 0
    row = json.loads(out.read_bytes())
    assert row["pane"] == "runs"
    assert row["record"]["name"] == HOSTILE
    assert row["record"]["tags"] == {"team": HOSTILE}
    assert (row["workspace"], row["subscription"], row["resource_group"]) == ("ml-prod", "1111", "rg-ml")
    assert row["arm_id"].endswith("/jobs/abc-1")


def test_no_shell_sees_an_argument(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = arguments(Configured((sys.executable, "-c", "import sys; print(repr(sys.argv[1:]))", "{name}")),
                      given(HOSTILE))  # fmt: skip
    assert run(words, b"{}").output.strip() == repr([HOSTILE])
    assert not (tmp_path / "pwned").exists()


def test_it_runs_in_the_folder_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(python("import os; print(os.getcwd())"), b"").output.strip() == os.path.realpath(tmp_path)


def test_no_secret_of_the_environment_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AZURE_CLIENT_SECRET", "AMLDECK_TOKEN", "AWS_SECRET_ACCESS_KEY", "DATABASE_URL"):
        monkeypatch.setenv(name, "canary")
    ran = run(python("import os; print(dict(os.environ))"), b"")
    assert "canary" not in ran.output
    assert "PATH" in ran.output
    assert environment({"LC_ALL": "C", "HOME": "/h", "AZURE_CONFIG_DIR": "/z"}) == {"LC_ALL": "C", "HOME": "/h"}


def test_what_takes_too_long_is_ended_with_all_it_started() -> None:
    code = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE); "
    code += "print('begun', flush=True); import time; time.sleep(600)"
    began = time.monotonic()
    ran = run(python(code), b"", deadline=1.0)
    assert ran.code is None
    assert "begun" in ran.output
    assert time.monotonic() - began < 10


def test_more_output_than_is_kept_is_cut_and_said_so() -> None:
    ran = run(python("import sys; sys.stdout.write('w' * (3 << 20))"), b"")
    assert ran.code == 0
    assert len(ran.output) == MOST_OUTPUT
    assert ran.is_cut


def test_a_program_that_reads_nothing_does_not_hold_it_up() -> None:
    assert run(python("print('done')"), b"x" * (4 << 20)).output == "done\n"


def test_errors_are_shown_with_the_exit_code() -> None:
    ran = run(python("import sys; print('no luck', file=sys.stderr); sys.exit(3)"), b"")
    assert (ran.code, ran.output) == (3, "no luck\n")


def test_a_program_that_is_missing_is_said_before_and_when_it_is_started() -> None:
    assert missing_program(Configured(("no-such-program-here",))) == (
        "There is no program 'no-such-program-here' on the PATH."
    )
    assert missing_program(Configured((sys.executable,))) is None
    with pytest.raises(NotRunnable, match="could not be started"):
        run(["/no/such/program"], b"")
