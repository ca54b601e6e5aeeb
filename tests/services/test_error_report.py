"""The whole of an error, from the frames Azure wraps it in, and what is known about it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.emulator.failures import error_of
from services.error_report import ErrorReport, error_report
from services.known_causes import known_cause


def document(error: Any, **more: Any) -> bytes:
    return json.dumps({"runId": "r", "status": "Failed", "error": error, **more}).encode()


def emulated(failure: str) -> ErrorReport:
    error = error_of(failure, run_id="r", experiment="fraud", compute="gpu-a100", region="westeurope", ended=10**16)
    report = error_report(document(error))
    assert report is not None
    return report


def test_the_innermost_sentence_comes_with_its_frames_ids_and_component() -> None:
    report = emulated("cuda_oom")
    assert report.sentence is not None
    assert "CUDA out of memory" in report.sentence
    codes = [frame.code for frame in report.frames]
    assert codes == ["UserError", "UserExecution", "JobProcessFailed", "CudaOutOfMemory"]
    assert (report.component, report.location, report.exit_code) == ("execution-worker", "westeurope", 137)
    assert report.operation
    assert report.log == "user_logs/std_log_process_1.txt"


def test_a_traceback_is_kept_as_the_script_wrote_it() -> None:
    report = emulated("traceback")
    assert report.traceback is not None
    assert report.traceback.splitlines()[-1].startswith("KeyError")
    assert report.exit_code == 1


def test_json_inside_a_message_is_one_more_frame() -> None:
    report = emulated("all_trials")
    assert [frame.message for frame in report.frames][-1] in ("CUDA out of memory on rank 0, exit 137", None)
    assert "CUDA out of memory" in report.text


def test_a_run_that_went_well_has_no_report_and_one_with_warnings_has() -> None:
    assert error_report(document(None)) is None
    told = error_report(document(None, warnings=[{"source": None, "message": "values were sampled"}]))
    assert told is not None
    assert told.warnings == ("values were sampled",)


def test_automl_errors_are_found_in_an_arm_job() -> None:
    errors = json.dumps({"error": {"code": "UserError", "message": "The label column holds 1 class"}})
    job = {"name": "j", "properties": {"jobType": "AutoML", "properties": {"errors": errors}}}
    report = error_report(json.dumps(job).encode())
    assert report is not None
    assert report.sentence == "The label column holds 1 class"


@pytest.mark.parametrize(
    ("failure", "cause"),
    [
        ("cuda_oom", "GPU had less memory"),
        ("preempted", "taken back"),
        ("killed", "more memory than its container"),
        ("quota", "quota"),
        ("image_build", "image of the environment"),
        ("data_missing", "was not found where"),
        ("nan", "NaN"),
        ("disk_full", "disk of the node"),
        ("heartbeat", "node was lost"),
        ("automl_json", "one class"),
        ("flow_lines", "fewer calls"),
        ("traceback", "script itself"),
    ],
)
def test_what_is_known_about_an_error_is_told(failure: str, cause: str) -> None:
    found = known_cause(emulated(failure))
    assert found is not None
    assert cause in found.cause
    assert found.steps


def test_what_is_not_known_is_not_guessed() -> None:
    assert known_cause(ErrorReport(sentence="Something new happened", codes=("UserError", "Novel"))) is None
