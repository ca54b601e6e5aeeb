"""What a run was asked to do: the definition and the job inside a rundata answer."""

from __future__ import annotations

from typing import Any

from services.emulator.dice import guid
from services.emulator.fleet import POOL
from services.emulator.places import Place
from services.emulator.plans import Plan
from services.emulator.run_facts import compute_of, nodes_of, parameters, round_of
from services.emulator.scripts import LOCAL, SERVERLESS, Step

Json = dict[str, Any]


def command_of(plan: Plan) -> str:
    """Return the command line of a run, parameters and all."""
    if plan.given is not None:
        return plan.given.command
    given = " ".join(f"--{name} {value}" for name, value in parameters(plan).items())
    if plan.kind in ("pipeline_step", "sweep_step"):
        return ""
    script = {"step": f"{plan.seat.part.name or 'step'}.py", "flow": "judge.py"}.get(plan.kind, "train.py")
    return f"python {script} {given}".strip()


def environment_version(plan: Plan) -> str:
    """Return the version of the environment a run was started with: it moves on every twenty rounds."""
    return str(round_of(plan) // 20 % 60)


def run_definition(place: Place, plan: Plan) -> Json:
    """Return the definition of a run, in the shape of the recorded ones: mostly settings nobody set."""
    if plan.kind == "pipeline":
        return _pipeline(place, plan)
    return {
        **_UNSET,
        "script": None, "command": command_of(plan), "useAbsolutePath": True, "arguments": [],
        "target": compute_of(plan),
        "nodeCount": nodes_of(plan), "environment": _environment(plan),
        "parameters": [{"name": name, "type": None, "value": value, "isOptional": False} for name,
                       value in parameters(plan).items()],
        "environmentVariables": {"AZUREML_LOG_LEVEL": "INFO", "EXAMPLE_ENV_VAR": "EXAMPLE_VALUE"},
    }  # fmt: skip


def _environment(plan: Plan) -> Json:
    name = plan.ledger.script.environment
    return {
        "name": name, "version": environment_version(plan),
        "assetId": f"azureml://registries/azureml/environments/{name}/versions/{environment_version(plan)}",
        "autoRebuild": True,
        "python": {"interpreterPath": "python", "userManagedDependencies": True, "condaDependencies": None,
                   "baseCondaEnvironment": None},
        "environmentVariables": {},
        "docker": {"baseImage": f"mcr.microsoft.com/azureml/{name}:{environment_version(plan)}",
                   "platform": {"os": "Linux", "architecture": "amd64"}, "baseDockerfile": None,
                   "baseImageRegistry": {"address": None, "username": None, "password": None}, "enabled": False,
                   "arguments": []},
        "spark": {"repositories": [], "packages": [], "precachePackages": True}, "inferencingStackVersion": None,
    }  # fmt: skip


def _pipeline(place: Place, plan: Plan) -> Json:
    return {
        "JobType": "Pipeline", "PipelineJobType": "AzureML", "Pipeline": None, "RunId": None, "ComponentJobs": None,
        "ComputeId": f"{place.id}/computes/{compute_of(plan)}", "Settings": {"_source": "YAML.JOB"}, "Inputs": {},
        "Outputs": {}, "Bindings": None, "Jobs": pipeline_jobs(place, plan),
    }  # fmt: skip


def pipeline_jobs(place: Place, plan: Plan) -> Json:
    """Return the nodes of a pipeline by name."""
    return {
        step.name: _node(step, f"{place.id}/components/azureml_anonymous/versions/{guid('component', step.name)}",
                         f"{place.id}/computes/{step.compute}")
        for step in plan.seat.part.steps
    }  # fmt: skip


def _node(step: Step, component: str, compute: str) -> Json:
    """Return one node as the job lists it. What is inside of a pipeline component it does not say."""
    if step.kind == "pipeline_step":
        return {"name": step.name, "type": "pipeline", "inputs": {}, "outputs": {}, "_source": "YAML.COMPONENT",
                "componentId": component}  # fmt: skip
    if step.inner is not None:
        return {"limits": {"max_concurrent_trials": 2, "max_total_trials": step.inner.children},
                "sampling_algorithm": "random", "objective": {"goal": "maximize", "primary_metric": "auc"},
                "search_space": {"lr": {"type": "loguniform", "min_value": -10.6, "max_value": -3.9}},
                "name": step.name, "type": "sweep", "_source": "YAML.COMPONENT",
                "trial": {"componentId": component}}  # fmt: skip
    return {
        "resources": None, "distribution": None, "limits": None, "environment_variables": {}, "name": step.name,
        "type": "command", "display_name": None, "tags": {}, "computeId": compute, "inputs": {}, "outputs": {},
        "properties": {}, "_source": "YAML.JOB", "componentId": component,
    }  # fmt: skip


def job_specification(place: Place, plan: Plan, run: Json) -> Json | None:
    """Return the job of a run; steps and trials have none."""
    if plan.parent is not None or plan.kind == "flow":
        return None
    target = compute_of(plan)
    literals = {
        name: {"dataId": None, "pathOnCompute": None, "mode": "Mount", "description": None, "uri": None,
               "value": value,
               "assetUri": None, "jobInputType": "Literal"}
        for name, value in parameters(plan).items()
    }  # fmt: skip
    return {
        "jobType": "Command", "codeId": None, "command": command_of(plan),
        "environmentId": f"{place.id}/environments/{plan.ledger.script.environment}", "inputDataBindings": literals,
        "outputDataBindings": {}, "distribution": None, "environmentVariables": None, "parameters": None,
        "autologgerSettings": None, "limits": None, "provisioningState": "Succeeded", "parentJobName": None,
        "displayName": run["displayName"], "experimentName": plan.ledger.name, "status": "NotStarted",
        "interactionEndpoints": {}, "identity": None,
        "compute": {"target": target if target in (LOCAL, SERVERLESS) else f"{place.id}/computes/{target}",
                    "instanceCount": nodes_of(plan), "isLocal": target == LOCAL,
                    "location": None, "isClusterless": target == SERVERLESS,
                    "instanceType": POOL.size if target == SERVERLESS else None, "shmSize": "2g",
                    "dockerArgs": None,
                    "properties": None},
        "priority": None, "output": None, "isArchived": run["hidden"], "schedule": None, "componentId": None,
        "description": None, "tags": None, "properties": None,
    }  # fmt: skip


_UNSET: Json = {
    "sourceDirectoryDataStore": None, "framework": "Python", "communicator": "None", "dataReferences": {}, "data": {},
    "outputData": {}, "datacaches": [], "jobName": None, "maxRunDurationSeconds": None, "instanceTypes": [],
    "priority": None,
    "credentialPassthrough": False, "identity": None,
    "history": {"outputCollection": True, "directoriesToWatch": ["logs"], "enableMLflowTracking": True},
    "spark": {"configuration": {}},
    "parallelTask": {"maxRetriesPerWorker": 0, "workerCountPerNode": 1, "terminalExitCodes": None,
                     "configuration": {}},
    "amlCompute": {"name": None, "vmSize": None, "retainCluster": False, "clusterMaxNodeCount": None},
    "aiSuperComputer": {
        "instanceType": "D2", "imageVersion": "pytorch-1.7.0", "location": None, "aiSuperComputerStorageData": None,
        "interactive": False, "scalePolicy": None, "virtualClusterArmId": None, "tensorboardLogDirectory": None,
        "sshPublicKey": None, "sshPublicKeys": None, "enableAzmlInt": True, "priority": "Medium",
        "slaTier": "Standard",
        "userAlias": None,
    },
    "kubernetesCompute": {"instanceType": None}, "tensorflow": {"workerCount": 0, "parameterServerCount": 0},
    "mpi": {"processCountPerNode": 0}, "pyTorch": {"communicationBackend": None, "processCount": None},
    "hdi": {"yarnDeployMode": "None"}, "containerInstance": {"region": None, "cpuCores": 2.0, "memoryGb": 3.5},
    "exposedPorts": None, "docker": {"useDocker": True, "sharedVolumes": True, "shmSize": "2g", "arguments": []},
    "cmk8sCompute": {"configuration": {}},
    "commandReturnCodeConfig": {"returnCode": "Zero", "successfulReturnCodes": []},
    "applicationEndpoints": {},
}  # fmt: skip
