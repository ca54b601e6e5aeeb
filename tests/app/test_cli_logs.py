"""`amldeck logs`: the same log without a screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.log_output import LogPrinter
from cache.log_search import finder
from cache.log_text import LogText
from services.emulator.serve import serving
from tests.app.commanding import Command
from tests.services.emulated import Emulated


@pytest.fixture(scope="module")
def emulated() -> Emulated:
    return Emulated()


@pytest.fixture(scope="module")
def url(emulated: Emulated) -> Iterator[str]:
    with serving(emulated.world) as address:
        yield address


@pytest.fixture
def amldeck(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> Command:
    return Command(tmp_path, capsysbinary)  # type: ignore[arg-type]


def failed_run(emulated: Emulated) -> str:
    for run in emulated.runs("geo", filter="Status eq 'Failed'", top=60):
        if run["runTypeV2"]["orchestrator"] == "Execution" and run["startTimeUtc"] and not run["parentRunId"]:
            return run["runId"]
    raise LookupError


def test_the_log_that_matters_first_is_printed_listed_searched_and_there_offline(
    amldeck: Command, emulated: Emulated, url: str
) -> None:
    run = failed_run(emulated)
    at = ("--emulator", url, "-w", "ml-prod")
    said = amldeck("logs", run, *at)
    assert said.code == 0, said.err
    assert b"user_logs/std_log.txt: it holds the traceback." in said.err
    assert b"exited with status code 1" in said.out.splitlines()[-1]
    assert b"sig=redacted" in said.out
    listed = amldeck("logs", run, "--list", *at).out.splitlines()
    assert listed[0].split()[0] == b"user_logs/std_log.txt"
    assert any(b"cs-capability.log" in line for line in listed)
    found = amldeck("logs", run, "--grep", "~^Traceback|CRITICAL", *at)
    assert [line.split()[0][:9] for line in found.out.splitlines()] == [b"Traceback", b"2026-11-2"]
    assert amldeck("logs", run, "--tail", "3", *at).out == b"\n".join(said.out.splitlines()[-3:]) + b"\n"
    followed = amldeck("logs", run, "cs-capability.log", "--follow", "--tail", "1", *at)
    assert followed.code == 0, "a run that has ended is followed to its end and no further"
    offline = amldeck("logs", run, "--offline", *at)
    assert (offline.code, offline.out) == (0, said.out)
    assert b"As of " in offline.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nobody_42",), 1, "nobody_42"),
        (("nobody_42", "--grep", "~("), 2, "without its"),
    ],
)
def test_what_cannot_be_answered_is_a_sentence_and_a_code(
    amldeck: Command, url: str, arguments: tuple[str, ...], code: int, words: str
) -> None:
    said = amldeck("logs", *arguments, "--emulator", url, "-w", "ml-prod")
    assert said.code == code
    assert words.encode() in said.err
    assert said.out == b""


def test_control_characters_are_made_visible_unless_the_bytes_are_asked_for(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"\x1b[32mDone.\x1b[0m\n10%\r100%\nother\n")
    text = LogText(path)
    LogPrinter(text, None, is_raw=False).go_on()
    assert capsysbinary.readouterr().out.decode() == "␛[32mDone.␛[0m\n… 100%\nother\n"
    LogPrinter(text, finder("e"), is_raw=False).begin_at_end(1)
    assert capsysbinary.readouterr().out == b"other\n"
    LogPrinter(text, None, is_raw=True).go_on()
    assert capsysbinary.readouterr().out == path.read_bytes()
    text.close()
