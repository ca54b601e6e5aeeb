"""A shell asks what a word could become: panes, fields, values seen, runs; nothing that a shell would act on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from services.deployments import Deployment
from services.endpoints import Endpoint
from tests.app.commanding import REPOSITORY, a_run, cached, leave_runs, put

WITHOUT = """
import sys
from app.start import main
try:
    main()
except SystemExit:
    print(*sorted({name.partition(".")[0] for name in sys.modules} & {"azure", "requests", "keyring"}), file=sys.stderr)
"""


def asked(folder: Path, *words: str) -> tuple[list[str], str]:
    """What bash is offered for the last word, and what heavy packages that took."""
    line = ["amldeck", "--cache", str(folder), *words]
    env = {"_AMLDECK_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(line), "COMP_CWORD": str(len(line) - 1),
           "AMLDECK_CONFIG": str(folder / "none"), "PATH": "/usr/bin:/bin", "HOME": str(folder)}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], env=env, cwd=REPOSITORY, capture_output=True, text=True, timeout=60
    )
    return [text.partition(",")[2] for text in done.stdout.split()], done.stderr.strip()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    leave_runs(folder)
    with cached(folder) as session:
        put(session, "runs", a_run("brave-$(reboot)", id="brave-;x", user="`id`"), a_run("bravo", user="ana"))
        put(session, "endpoints", Endpoint(id="fraud-score", name="fraud-score"), Endpoint(id="churn", name="churn"))
        put(session, "deployments", Deployment(id="fraud-score/blue", name="blue", endpoint="fraud-score"),
            Deployment(id="churn/black", name="black", endpoint="churn"))  # fmt: skip
    return folder


def test_verbs_fields_and_values_are_offered_without_loading_azure(filled: Path) -> None:
    assert asked(filled, "ru") == (["runs", "run"], "")
    assert asked(filled, "runs", "stat") == (["status:"], "")
    assert asked(filled, "runs", "status:f") == (["status:Failed"], "")


def test_runs_and_columns_are_offered_by_their_beginning(filled: Path) -> None:
    assert asked(filled, "run", "calm")[0] == ["calm-fox"]
    assert asked(filled, "runs", "--columns", "name,dura")[0] == ["name,duration"]


def test_endpoints_and_the_deployments_behind_them_are_offered(filled: Path) -> None:
    assert asked(filled, "requests", "fr")[0] == ["fraud-score"]
    assert asked(filled, "endpoint-logs", "fraud-score", "bl")[0] == ["blue"]


def test_a_name_that_a_shell_would_act_on_is_not_offered(filled: Path) -> None:
    assert sorted(asked(filled, "run", "brav")[0]) == ["brave-elk", "bravo"]
    assert asked(filled, "runs", "user:")[0] == ["user:ana"]


def test_without_a_cache_nothing_is_offered_and_none_is_made(tmp_path: Path) -> None:
    assert asked(tmp_path / "none", "run", "x") == ([], "")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_gets_a_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    from app.__main__ import main

    assert main(["completion", shell]) == 0
    assert "_AMLDECK_COMPLETE" in capsys.readouterr().out
