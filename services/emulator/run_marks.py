"""The kinds, properties and tags of a run: where the service hides what a run is and where its code came from."""

from __future__ import annotations

import json
from typing import Any

from services.emulator.dice import guid
from services.emulator.given_parts import as_object
from services.emulator.places import Place
from services.emulator.plans import STEPS, Plan, has_bandit
from services.emulator.run_facts import hyperparameters, metric_name, round_of
from services.emulator.runbook import RunBook
from services.emulator.samples import REPOSITORIES
from services.emulator.scripts import SERVERLESS

Json = dict[str, Any]

_COMMON = ["scriptRun", "remote", "AlmostCommonRuntime", "OsType:Linux", "CommonRuntime"]
_TYPES: dict[str, tuple[str | None, str | None, list[str], str | None, str | None]] = {
    "command": ("azureml.scriptrun", "Execution", _COMMON, "azureml.scriptrun", "AmlcTrain"),
    "trial": ("azureml.scriptrun", "Execution", _COMMON, "azureml.scriptrun", "AmlcTrain"),
    "sweep": ("azureml.hyperdrive", "HyperDrive", ["HyperDrive", "Hyperdrive"], "azureml.hyperdrive", None),
    "pipeline": ("azureml.PipelineRun", "Pipeline", ["azureml.PipelineRun", "MFE", "HTTP", "DevPlatv2"], None, None),
    "step": ("azureml.StepRun", "Execution", ["azureml.StepRun", *_COMMON], "Aether", "AmlcTrain"),
    "pipeline_step": ("azureml.StepRun", None, ["azureml.StepRun"], None, None),
    "sweep_step": ("azureml.StepRun", None, ["azureml.StepRun"], None, None),
    "automl": ("automl", "AutoML", ["automl", "Microsoft.MachineLearningServices/AutoML"], "AutoML", None),
    "automl_child": ("azureml.scriptrun", "Execution", ["scriptRun", "automl", "remote"], "AutoML", "AmlcTrain"),
    "flow": ("azureml.promptflow.FlowRun", None, [], "PromptFlow", "AmlcDsi"),
}
_FILES = {
    "ProcessInfoFile": "azureml-logs/process_info.json", "ProcessStatusFile": "azureml-logs/process_status.json",
}  # fmt: skip
_STEP_TYPES = {"step": "PythonScriptStep", "pipeline_step": "SubGraphCloudStep", "sweep_step": "HyperDriveStep"}
"""The step of an inner pipeline has one child, a pipeline run; that of a sweep has one child, the sweep."""
_PREPROCESSORS = ("MaxAbsScaler", "StandardScalerWrapper", "SparseNormalizer", "RobustScaler")
_ALGORITHMS = ("LightGBM", "XGBoostClassifier", "LogisticRegression", "VotingEnsemble", "ExtremeRandomTrees")


def run_type(plan: Plan) -> Json:
    """Return runType and runTypeV2."""
    name, orchestrator, traits, attribution, compute = _TYPES[plan.kind]
    return {
        "runType": name,
        "runTypeV2": {
            "orchestrator": orchestrator,
            "traits": traits,
            "attribution": attribution,
            "computeType": compute,
        },
    }


def properties_of(book: RunBook, plan: Plan, run_id: str) -> Json:
    """Return the run's properties; some are null, as some really are."""
    if plan.given is not None:
        return {**_of_kind(plan), **as_object(plan.given.job.get("properties"))}
    if plan.kind == "flow":
        return _flow(plan, run_id)
    if plan.kind in STEPS:
        return {**_step(book, plan, run_id), **(_code(plan) if plan.kind == "step" else {})}
    if plan.kind == "pipeline" and plan.parent is not None:
        return {**_of_kind(plan), "runSource": "SubGraphCloud"}
    if plan.kind == "automl_child":
        algorithm = plan.dice.pick(12, _ALGORITHMS)
        return {"runTemplate": "automl_child", "run_algorithm": algorithm, "azureml.runsource": "automl",
                "run_preprocessor": plan.dice.pick(16, _PREPROCESSORS)}  # fmt: skip
    snapshot = {"ContentSnapshotId": guid("snapshot", plan.ledger.name, round_of(plan.root))}
    return {**_of_kind(plan), **snapshot, **_code(plan)}


def _of_kind(plan: Plan) -> Json:
    compute, metric = plan.seat.part.compute, metric_name(plan)
    match plan.kind:
        case "sweep":
            aim = json.dumps({"name": metric, "goal": plan.seat.part.goal})
            return {"primary_metric_config": aim, "resume_from": "null",
                    "runTemplate": "HyperDrive", "azureml.runsource": "hyperdrive", "platform": "AML"}  # fmt: skip
        case "pipeline":
            return {"azureml.DevPlatv2": "true", "azureml.runsource": "azureml.PipelineRun", "runSource": "MFE",
                    "runType": "HTTP", "azureml.parameters": "{}", "azureml.continue_on_step_failure": "False",
                    "azureml.defaultComputeName": compute, "azureml.pipelineComponent": "pipelinerun"}  # fmt: skip
        case "automl":
            return {"num_iterations": "3", "training_type": "TrainFull", "primary_metric": metric, "target": compute,
                    "metric_operation": "maximize",
                    "runTemplate": "AutoML", "azureml.runsource": "automl", "DataPrepJsonString": None}  # fmt: skip
        case _ if compute == SERVERLESS:
            return {"_azureml.ComputeTargetType": "", **_FILES}
        case _:
            return {"_azureml.ComputeTargetType": "amlctrain", "_azureml.ClusterName": compute, **_FILES}


def _code(plan: Plan) -> Json:
    """Return where the code came from; one run in nine was started outside any repository."""
    root = plan.root
    if root.given is not None or root.dice.happens(14, 0.11):
        return {}
    url, branches = REPOSITORIES[root.ledger.script.repository]
    # A branch moves on every few rounds, so neighbouring runs often share their commit.
    branch = root.dice.pick(15, branches)
    return {
        "mlflow.source.git.repoURL": url, "mlflow.source.git.branch": branch,
        "mlflow.source.git.commit": guid("commit", url, branch, round_of(root) // 3).replace("-", "") + "9f2c1ab0",
        "azureml.git.dirty": "True" if root.dice.happens(10, 0.3) else "False",
    }  # fmt: skip


def _step(book: RunBook, plan: Plan, run_id: str) -> Json:
    pipeline = book.run_id(plan.parent or plan.root)
    module = guid("module", plan.ledger.name, plan.seat.part.name)
    return {
        "azureml.DevPlatv2": "true", "StepType": _STEP_TYPES[plan.kind],
        "azureml.moduleid": module, "azureml.moduleName": "azureml_anonymous",
        "azureml.moduleVersion": guid("version", module), "azureml.runsource": "azureml.StepRun",
        "azureml.nodeid": run_id[:8], "azureml.pipelinerunid": pipeline, "azureml.pipeline": pipeline,
        **(_script_step(module) if plan.kind == "step" else {}), **_reuse(book, plan),
    }  # fmt: skip


def _script_step(module: str) -> Json:
    return {"ContentSnapshotId": guid("snapshot", module), "ComputeTargetType": "AmlCompute",
            "azureml.pipelineComponent": "masterescloud", "_azureml.ComputeTargetType": "amlctrain",
            **_FILES}  # fmt: skip


def _reuse(book: RunBook, plan: Plan) -> Json:
    """Return what a step says that did not run: whose outputs it took, those of the same step a round before."""
    if not plan.is_reused:
        return {}
    before = book.plan(plan.ledger, plan.index - len(plan.ledger.seats))
    pipeline = book.run_id(before.root)
    return {"azureml.isreused": "true", "azureml.reusedrunid": book.run_id(before),
            "azureml.reusednodeid": book.run_id(before)[:8], "azureml.reusedpipeline": pipeline,
            "azureml.reusedpipelinerunid": pipeline}  # fmt: skip


def _flow(plan: Plan, run_id: str) -> Json:
    tokens = 40_000 + plan.dice.whole(12, 90_000)
    return {
        "azureml.promptflow.runtime_name": "automatic", "azureml.promptflow.definition_file_name": "flow.dag.yaml",
        "azureml.promptflow.snapshot_id": guid("flow", run_id), "_azureml.evaluation_run": "promptflow.BatchRun",
        "azureml.promptflow.total_tokens": str(tokens), "azureml.promptflow.completion_tokens": str(tokens // 5),
        "azureml.promptflow.prompt_tokens": str(tokens - tokens // 5), "azureml.promptflow.session_id": None,
    }  # fmt: skip


def tags_of(place: Place, book: RunBook, plan: Plan, run_id: str) -> Json | None:
    """Return the run's tags: JSON as text in some, null values in others, now and then no tags at all."""
    born = _born_tags(place, book, plan, run_id)
    return {**(born or {}), **plan.own_tags} if plan.own_tags else born


def _born_tags(place: Place, book: RunBook, plan: Plan, run_id: str) -> Json | None:
    if plan.kind == "flow" and plan.dice.happens(9, 0.3):
        return None
    tags: Json = {}
    if plan.kind in ("command", "trial", "step", "automl_child"):
        tags["_aml_system_ComputeTargetStatus"] = _target_status(plan)
    if plan.kind == "trial":
        tags["_aml_system_hyperparameters"] = tags["hyperparameters"] = hyperparameters(plan)
    if plan.kind in STEPS and plan.parent:
        return {"azureml.nodeid": run_id[:8], "azureml.pipeline": book.run_id(plan.parent), **tags}
    if plan.kind == "sweep":
        tags |= _sweep(plan)
    if plan.kind == "automl":
        tags |= {"model_explain_run": "best_run", "automl_best_child_run_id": f"{run_id}_1",
                 "_aml_system_automl_run_workspace_id": place.guid}  # fmt: skip
    if plan.given is not None:
        return {**tags, **as_object(plan.given.job.get("tags"))}
    if plan.parent is None:
        tags |= {
            "team": plan.ledger.script.team,
            "image": f"{plan.ledger.script.environment}:{round_of(plan) // 20 % 60}",
        }
        tags |= {"reviewed": None} if plan.dice.happens(9, 0.07) else {}
        tags |= {"debug": "true"} if plan.dice.happens(8, 0.06) else {}
    return tags


def _target_status(plan: Plan) -> str:
    resizing = plan.dice.happens(12, 0.4)
    return json.dumps(
        {"AllocationState": "resizing" if resizing else "steady", "PreparingNodeCount": int(resizing),
         "RunningNodeCount": plan.dice.whole(13, 4), "CurrentNodeCount": 1 + plan.dice.whole(13, 6)},
        separators=(",", ":"),
    )  # fmt: skip


def policy_of(plan: Plan) -> Json:
    """Return how a sweep ends trials early: one in two has no policy, which the service calls Default."""
    if not has_bandit(plan):
        return {"name": "Default", "properties": {}}
    return {"name": "Bandit", "properties": {"evaluation_interval": 1, "delay_evaluation": 5, "slack_factor": 0.1}}


def _sweep(plan: Plan) -> Json:
    given = {name: [kind, [list(values)] if kind == "choice" else list(values)]
             for name, kind, values in plan.seat.part.search}  # fmt: skip
    space = given or {"lr": ["loguniform", [-10.6, -3.9]], "batch_size": ["choice", [[16, 32, 64, 96, 128, 256]]],
                      "dropout": ["uniform", [0.05, 0.5]]}  # fmt: skip
    generator = {"name": "RANDOM", "parameter_space": space, "properties": {"rule": "Random", "seed": None}}
    return {
        "_aml_system_max_concurrent_jobs": "2", "_aml_system_max_total_jobs": str(plan.seat.part.children),
        "_aml_system_policy_config": json.dumps(policy_of(plan)),
        "_aml_system_generator_config": json.dumps(generator),
        "_aml_system_primary_metric_config": json.dumps({"name": metric_name(plan), "goal": plan.seat.part.goal}),
        "_aml_system_resume_child_runs": "null", "_aml_system_all_jobs_generated": "true",
    }  # fmt: skip
