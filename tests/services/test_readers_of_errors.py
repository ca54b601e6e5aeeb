"""The sentence and the code of an error in a record, however it is wrapped."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.reasons import NO_REASON, reason_of

EXIT = "Execution failed. User process 'python' exited with status code 1. Please check log file 'std_log.txt'. Error: "
TRACEBACK = (
    'Traceback (most recent call last):\n  File "train.py", line 3, in <module>\n    main()\nValueError: NaN in X\n'
)


def said(message: str) -> str | None:
    return reason_of({"error": {"code": "UserError", "message": message}}).sentence


def test_the_last_line_of_a_traceback_is_the_error() -> None:
    assert said(EXIT + TRACEBACK) == "ValueError: NaN in X"


def test_the_words_around_a_log_are_left_out() -> None:
    assert said(EXIT + "KeyError: \"['a'] not in index\"") == "KeyError: \"['a'] not in index\""


def test_json_in_json_in_text_is_unwrapped() -> None:
    inner = json.dumps({"error": {"code": "Inner", "message": "The disk is full."}})
    outer = json.dumps({"error": {"code": "Outer", "message": f"Call failed: {inner}"}})
    reason = reason_of(f"Setup failed: {outer}")
    assert (reason.sentence, reason.code) == ("The disk is full.", "Outer/Inner")


def test_codes_are_told_from_the_outside_in() -> None:
    chain = {
        "code": "UserError",
        "message": "No.",
        "innerError": {"code": "BadArgument", "innerError": {"code": "Quota"}},
    }
    reason = reason_of({"error": chain, "componentName": "Execution"})
    assert (reason.sentence, reason.code, reason.component) == ("No.", "UserError/BadArgument/Quota", "Execution")


def test_a_format_is_filled_where_there_is_no_message() -> None:
    error = {"messageFormat": "{what} is not {how}.", "messageParameters": {"what": "Compute", "how": "ready"}}
    assert reason_of({"error": error}).sentence == "Compute is not ready."


def test_totals_alone_are_a_sentence() -> None:
    totals = json.dumps({"totalChildRuns": 10, "userErrorChildRuns": 2, "systemErrorChildRuns": 1})
    assert reason_of({"error": {"messageFormat": totals}}).sentence == "3 of 10 child runs failed."


@pytest.mark.parametrize("nothing", [None, "", {}, [], [None], {"code": None, "message": None}, {"error": {}}, 7, True])
def test_nothing_is_no_reason(nothing: Any) -> None:
    assert reason_of(nothing) == NO_REASON


@pytest.mark.parametrize("odd", ["{", "{{{", '{"a": ' * 300, "}", '{"error": "x"}', "Missing {name} of {thing}"])
def test_braces_that_are_no_json_are_text(odd: str) -> None:
    assert said(odd) == odd.strip()
