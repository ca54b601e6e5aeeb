"""Why runs fail, in the words and the depth the service uses: nested innerErrors, JSON inside texts, tracebacks."""

from __future__ import annotations

import json
from typing import Any, cast

from services.emulator.dice import guid
from services.emulator.ticks import SECOND, clock_text, stamp

Json = dict[str, Any]

_TRACEBACK = (
    'Traceback (most recent call last):\n  File "train.py", line 214, in <module>\n    main(parse_args())\n'
    '  File "train.py", line 171, in main\n    loader = make_loader(args.train_data, args.batch_size)\n'
    '  File "/mnt/azureml/cr/j/exe/wd/data/loader.py", line 58, in make_loader\n    frame = frame[FEATURES]\n'
    "KeyError: \"['<column>'] not in index\"\n"
)
_OOM_LOG = (
    "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 1 has a total capacity of "
    "<memory> GiB of which 1.12 GiB is free."
)
_COLUMNS = {"fraud": "merchant_category_v2", "churn": "tenure_months", "price": "list_price", "geo": "tile_z14"}
_MEMORY = {"gpu-a100": "79.15"}


def error_of(
    failure: str, *, run_id: str, experiment: str, compute: str | None, region: str, ended: int
) -> Json | None:
    """Return the error of a failed run as run history holds it; None where it says nothing."""
    if failure in ("", "none"):
        return None
    message, codes, extra = _MESSAGES[failure]
    words = {
        "compute": compute or "serverless", "time": clock_text(ended - 4 * SECOND), "region": region,
        "column": _COLUMNS.get(experiment, "label"), "memory": _MEMORY.get(compute or "", "14.58"),
    }  # fmt: skip
    return {
        "error": {**_EMPTY, **_filled(extra, words), "message": _filled(message, words), "innerError": _nested(codes),
                  "code": "SystemError" if failure in _SYSTEM else "UserError"},
        "correlation": {"operation": guid("op", run_id).replace("-", ""), "request": guid("req", run_id)[:8] * 2},
        "environment": region, "location": region, "time": stamp(ended - SECOND // 3),
        "componentName": "hyperdrive" if failure == "all_trials" else "execution-worker",
    }  # fmt: skip


def _filled(given: Any, words: dict[str, str]) -> Any:
    """Return texts, and the texts inside lists and objects, with their `<words>` filled in."""
    if isinstance(given, dict):
        return {name: _filled(one, words) for name, one in cast(Json, given).items()}
    if isinstance(given, list):
        return [_filled(one, words) for one in cast("list[Any]", given)]
    if isinstance(given, str):
        for word, text in words.items():
            given = given.replace(f"<{word}>", text)
    return given


def _nested(codes: tuple[str, ...]) -> Json | None:
    inner: Json | None = None
    for code in reversed(codes):
        inner = {"code": code, "innerError": inner}
    return inner


_EMPTY: Json = {
    "code": "UserError", "severity": None, "message": "", "messageFormat": None, "messageParameters": None,
    "referenceCode": None, "detailsUri": None, "target": None, "details": [], "innerError": None, "debugInfo": None,
    "additionalInfo": None,
}  # fmt: skip

_SYSTEM = frozenset({"preempted", "heartbeat", "disk_full"})

_DATA_REPORT = json.dumps(
    {"NonCompliant": "DataAccessError(NotFound)", "Code": "ScriptExecution.StreamAccess.NotFound",
     "Target": "azureml://datastores/workspaceblobstore/paths/curated/2026/week-46/*.parquet",
     "error": {"code": "NotFound",
               "message": "The requested stream was not found. Please make sure the request uri is correct."}}
)  # fmt: skip

_AUTOML_REPORT = json.dumps(
    {"run_error": {"exception": {"message": "DataException: The label column 'churned' holds 1 class",
                                 "exception_class": "DataException"}}}
)  # fmt: skip

_MESSAGES: dict[str, tuple[str, tuple[str, ...], Json]] = {
    "cuda_oom": (
        "AzureMLCompute job failed.\nUserProcessExitedWithNonZeroExitCode: CUDA out of memory on rank 1, exit 137\n"
        f"\tReason: {_OOM_LOG}\n\tInfo: Failed to run the user script on node 1 of <compute>, see "
        "user_logs/std_log_process_1.txt",
        ("UserExecution", "JobProcessFailed", "CudaOutOfMemory"),
        {"messageFormat": "{errorMessage}", "messageParameters": {"exitCode": "137", "rank": "1"}},
    ),
    "preempted": (
        "Node of <compute> was preempted at <time>Z; the job ran on low-priority nodes and gave up after 2 retries",
        ("ComputeTarget", "NodePreempted"), {"target": "<compute>"},
    ),
    "traceback": (
        "Execution failed. User process '/azureml-envs/train/bin/python' exited with status code 1. Please check "
        "log file 'user_logs/std_log.txt' for details. Error: KeyError: \"['<column>'] not in index\"",
        ("UserExecution", "UserScriptError"),
        {"messageFormat": "Execution failed. User process '{process}' exited with status code {status}.",
         "messageParameters": {"process": "/azureml-envs/train/bin/python", "status": "1"},
         "debugInfo": {"type": "KeyError", "message": "\"['<column>'] not in index\"",
                       "stackTrace": _TRACEBACK,
                       "innerException": None, "data": None, "errorResponse": None},
         "additionalInfo": [{"type": "ScriptExecutionDetails",
                             "info": {"traceback": _TRACEBACK, "lineno": 58, "name": "make_loader"}}]},
    ),
    "data_missing": (
        f"Data access failed for input 'train_data': {_DATA_REPORT}", ("UserInput", "DataAccess", "NotFound"),
        {"target": "train_data", "detailsUri": "https://aka.ms/azureml-data-access"},
    ),
    "quota": (
        "The specified subscription has a total vCPU quota of 500 in <region> and cannot accommodate 8 more nodes of "
        "Standard_NC48ads_A100_v4, which need 384 vCPUs. Lower the node count or ask for more quota.",
        ("BadArgument", "ClusterCoreQuotaReached"), {"target": "<compute>"},
    ),
    "image_build": (
        "Image build failed. For more details, check log file azureml-logs/20_image_build_log.txt.",
        ("ImageBuildError", "ImageBuildFailure"), {"target": "fraud-train:41"},
    ),
    "killed": (
        "Execution failed. User process exited with status code 137 (Killed). The container used more than its "
        "memory limit of 32 GiB",
        ("UserExecution", "OutOfMemory"), {},
    ),
    "nan": (
        "Execution failed. User process exited with status code 1. Error: ValueError: loss is NaN, stopping: "
        "lower the learning rate or turn on gradient clipping",
        ("UserExecution", "UserScriptError", "NotANumber"), {},
    ),
    "disk_full": (
        "[Errno 28] No space left on device: '/mnt/azureml/cr/j/cap/data-capability/wd/checkpoints/step_4000.pt'",
        ("ComputeTarget", "DiskFull"), {},
    ),
    "heartbeat": (
        "No heartbeat was received from node 0 of <compute> for 29 hours; the run was given up",
        ("NodeLost", "HeartbeatTimeout"), {},
    ),
    "all_trials": (
        "All completed trials of the sweep failed, no best trial was found. First failure: "
        '{"error":{"code":"UserError","message":"CUDA out of memory on rank 0, exit 137"}}',
        ("BadArgument", "SweepFailed", "NoSuccessfulTrial"), {},
    ),
    "automl_json": (
        "Setup iteration failed: " + _AUTOML_REPORT,
        ("BadData", "SingleClass"), {},
    ),
    "flow_lines": (
        "Execution failure in 'judge': (RateLimitError) too many requests", ("ToolExecutionError",),
        {"messageFormat": json.dumps({"totalChildRuns": 200, "userErrorChildRuns": 200, "systemErrorChildRuns": 0,
                                      "errorDetails": [{"code": "UserError/ToolExecutionError",
                                                        "messageFormat": "Execution failure in '{node_name}'.",
                                                        "count": 200}]}),
         "messageParameters": {"node_name": "judge"}, "referenceCode": "Tool/__pf_main__"},
    ),
}  # fmt: skip


def partial_error(run_id: str, lines: int, failed: int, ended: int) -> Json:
    """Return the error of a flow that completed although some of its lines failed."""
    report = {"totalChildRuns": lines, "userErrorChildRuns": failed, "systemErrorChildRuns": 0,
              "errorDetails": [{"code": "UserError/ToolExecutionError",
                                "messageFormat": "Execution failure in '{node_name}'.",
                                "count": failed}]}  # fmt: skip
    return {
        "error": {**_EMPTY, "message": "Execution failure in 'judge': (RateLimitError) too many requests",
                  "messageFormat": json.dumps(report), "messageParameters": {"node_name": "judge"},
                  "referenceCode": "Tool/__pf_main__",
                  "innerError": {"code": "ToolExecutionError", "innerError": None}},
        "correlation": None, "environment": None, "location": None, "time": stamp(ended - SECOND),
        "componentName": f"promptflow-runtime/20240429.v8 {run_id}",
    }  # fmt: skip
