"""The knowledge of failures is whole, and the innermost words decide which one it is."""

from __future__ import annotations

import re

import pytest

from services.change_kinds import DEPENDENCIES
from services.endpoint_failures import Failure, command, knowledge, known, of_response, of_text
from services.sayings import REASONS

NAMED = """
401 403 404 408 424 429 499 500 502 503 504 bandwidth ImageBuildFailure OutOfQuota OutOfCapacity BadArgument
ResourceNotReady ResourceNotFound WorkspaceManagedNetworkNotReady OperationCanceled SecretsInjectionError
InternalServerError ACRSecretError TokenRefreshFailed GetAADTokenFailed ACRAuthenticationChallengeFailed
ACRTokenExchangeFailed KubernetesUnaccessible ImagePullLoopBackOff DeploymentCrashLoopBackOff
KubernetesCrashLoopBackOff NamespaceNotFound UserScriptInitFailed UserScriptImportError
UserScriptFunctionNotFound EndpointNotFound EndpointAlreadyExists ScoringFeUnhealthy ValidateScoringFailed
InvalidDeploymentSpec PodUnschedulable PodOutOfMemory InferencingClientCallFailed
"""
VARIANTS = {
    "403": {"network"},
    "404": {"zeroed traffic"},
    "424": {"model 4xx", "model 5xx", "not ready"},
    "429": {"rate"},
    "ImageBuildFailure": {"registry authorization", "no build compute", "time-out", "pip"},
    "OutOfQuota": {
        "cpu", "cluster", "disk", "memory", "role assignments", "endpoints", "region capacity", "kubernetes", "other"
    },
    "BadArgument": {
        "subscription", "identity", "template function", "image not found", "model not found", "limits", "azureml-fe",
        "mlflow and private network",
    },
    "ResourceNotReady": {"no logs", "score.py", "probes"},
    "ResourceNotFound": {"resource manager", "private registry"},
    "OperationCanceled": {"priority", "lock"},
}  # fmt: skip
PLACES = {
    "endpoint": "fraud", "deployment": "blue", "where": "--resource-group rg", "group": "rg", "workspace": "ml",
    "subscription": "s", "instances": "4", "concurrency": "8", "split": "blue=100",
}  # fmt: skip


def test_every_failure_that_the_reference_names_is_known_with_its_variants() -> None:
    assert [code for code in NAMED.split() if known(code) is None] == []
    for code, variants in VARIANTS.items():
        assert {one.variant for one in knowledge().failure if one.code == code} - {""} == variants
    keys = [(one.code, one.variant) for one in knowledge().failure]
    assert len(keys) == len(set(keys))


def test_each_entry_is_complete() -> None:
    for one in knowledge().failure:
        _check(one)


def _check(one: Failure) -> None:
    assert one.kind in ("response", "deployment", "kubernetes", "container", "signal")
    assert one.meaning
    assert not one.meaning.endswith(".")
    assert all((one.causes, one.evidence, one.explained_by, one.steps))
    assert set(one.explained_by) <= {*REASONS, *DEPENDENCIES, "load"}
    for step in one.steps:
        assert step.say
        assert not step.run or command(step.run, PLACES), step.run
    assert any(step.run for step in one.steps)
    assert one.docs.startswith("https://learn.microsoft.com/azure/machine-learning/how-to-")
    assert re.search(one.words, "") is None or not one.words


def test_no_command_is_left_that_nothing_uses_and_what_writes_says_so() -> None:
    used = {step.run for one in knowledge().failure for step in one.steps if step.run}
    assert used == set(knowledge().commands)
    writing = (" update ", "sync-keys", "provision-network")
    for one in knowledge().failure:
        for step in one.steps:
            template = knowledge().commands.get(step.run, "")
            assert step.writes == any(word in template for word in writing), (one.code, step.say)


def test_a_value_in_a_command_is_quoted_and_a_command_that_lacks_one_is_none() -> None:
    assert command("show", {"endpoint": "e; rm -rf ~", "deployment": "b", "where": ""}) == (
        "az ml online-deployment show --endpoint-name 'e; rm -rf ~' --name b"
    )
    assert command("scale", {"endpoint": "e", "deployment": "b", "where": ""}) is None


@pytest.mark.parametrize(
    ("said", "code", "variant"),
    [
        ('{"error":{"code":"OutOfQuota","message":"Not enough cores of the family"}}', "OutOfQuota", "cpu"),
        ("ImageBuildFailure: container registry authorization failure", "ImageBuildFailure", "registry authorization"),
        (
            'InferencingClient HttpRequest error, error detail: {"code":"BadRequest","message":"It is invalid",'
            '"details":[{"code":"ImagePullLoopBackOff","message":"Back-off pulling image"}]}',
            "ImagePullLoopBackOff", "",
        ),
        ("BadArgument: Startup task failed due to authorization error", "BadArgument", "identity"),
        ("ResourceNotReady: User container has crashed. ModuleNotFoundError: torch", "ResourceNotReady", "score.py"),
        ("OperationCanceled: canceled by an operation with higher priority", "OperationCanceled", "priority"),
        ("OutOfQuota: Kubernetes unschedulable. Details:0/1 nodes are available", "OutOfQuota", "kubernetes"),
    ],
)  # fmt: skip
def test_the_error_of_a_deployment_is_told_by_its_innermost_code_and_its_words(
    said: str, code: str, variant: str
) -> None:
    found = of_text(said)
    assert found is not None
    assert (found.code, found.variant) == (code, variant)


def test_what_is_not_known_is_none() -> None:
    assert of_text("Something else went wrong in a new way") is None
    assert of_text(None) is None
    assert of_response(418) is None


@pytest.mark.parametrize(
    ("code", "model", "said", "variant"),
    [
        (424, 500, [], "model 5xx"),
        (424, 400, [], "model 4xx"),
        (424, None, [], ""),
        (424, None, ["no healthy upstream"], "not ready"),
        (429, None, ["Rate-limited"], "rate"),
        (429, None, ["Too many pending requests"], ""),
    ],
)
def test_an_answer_is_told_apart_by_the_models_status_and_the_reason(
    code: int, model: int | None, said: list[str], variant: str
) -> None:
    found = of_response(code, model, said)
    assert found is not None
    assert found.variant == variant
