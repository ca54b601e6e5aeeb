"""What may be wrong with an endpoint, as data: who changed what, what becomes of the requests, and what helps.

A world plays one of them at most. The trouble begins a fixed time before the world does, so it is there at the first
look, and it stays until somebody mends it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from services.emulator.operations import AML, SCALE, Kind

_ENDPOINTS = f"{AML}/workspaces/onlineEndpoints"


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody does something: what, how many minutes before the onset, and how it ends."""

    kind: Kind
    before: float
    caller: int | None = None
    """A person's number; None is the application that deploys."""
    is_failed: bool = False


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of the requests from the onset on.

    What follows by itself is not said here: requests over the timeout end with 408, those over the capacity with
    429, and without traffic all end with 404.
    """

    codes: dict[int, float] = {}
    """Which share of the requests of the struck deployment is answered with which code."""
    slow: float = 1.0
    """How many times longer the model takes."""
    demand: dict[str, float] = {}
    """How many times more a caller asks, by user agent."""
    arriving: float = 1.0
    """Which share of the requests still comes in."""
    spared: tuple[str, ...] = ()
    """User agents of callers whom it does not touch."""
    is_at_door: bool = False
    """The request is turned away before any deployment is chosen."""
    story: str = ""
    """What the containers do: raising, crash loop, out of memory, image pull."""
    raises: tuple[str, ...] = ()
    """The traceback the scoring code leaves, line by line."""


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """One scenario. Fields of the endpoint and the deployment are given as they are before and after the cause."""

    name: str
    title: str
    endpoint: str = ""
    deployment: str = ""
    cause: Act | None = None
    decoys: tuple[Act, ...] = ()
    trouble: Trouble = Trouble()
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    deployment_before: dict[str, Any] = {}
    deployment_after: dict[str, Any] = {}
    code: int | None = None
    """The response code that tells of it; None where nothing is wrong."""
    next_step: str = ""
    """A word the right next step cannot do without."""


def _put(endpoint: str, before: float, caller: int, seconds: float = 70) -> Act:
    kind = Kind(f"{_ENDPOINTS}/write", "Create or Update Online Endpoint", f"/onlineEndpoints/{endpoint}",
                seconds=seconds)  # fmt: skip
    return Act(kind=kind, before=before, caller=caller)


def _deploy(path: str, before: float, caller: int | None, seconds: float = 80, failure: str = "") -> Act:
    endpoint, deployment = path.split("/")
    kind = Kind(f"{_ENDPOINTS}/deployments/write", "Create or Update Online Deployment",
                f"/onlineEndpoints/{endpoint}/deployments/{deployment}", seconds=seconds, failure=failure)  # fmt: skip
    return Act(kind=kind, before=before, caller=caller, is_failed=bool(failure))


def _decoys(same: Act, other: Act) -> tuple[Act, ...]:
    """Return what happened too and is not the cause: a cluster scaled, another endpoint, the same one hours earlier."""
    return (Act(kind=SCALE, before=5.5, caller=7), other, same)


_KEYS = Act(
    kind=Kind(f"{_ENDPOINTS}/regenerateKeys/action", "Regenerate Keys of Online Endpoint", "/onlineEndpoints/churn",
              "POST"), before=1.5, caller=4,
)  # fmt: skip
_TRACE = ("Traceback (most recent call last):",
          '  File "/var/azureml-server/server/routes.py", line 212, in score')  # fmt: skip

_ALL = (
    Scenario(
        name="bad-deployment", title="All traffic of fraud-score goes to green, whose model fails",
        endpoint="fraud-score", deployment="green", code=424, next_step="traffic",
        cause=_put("fraud-score", 2, 1),
        decoys=_decoys(_put("fraud-score", 310, 0), _deploy("churn/blue", 8, None)),
        before={"story": "", "traffic": {"blue": 100, "green": 0}}, after={"traffic": {"blue": 0, "green": 100}},
        trouble=Trouble(
            codes={424: 0.62, 500: 0.06}, story="raising",
            raises=(*_TRACE, '  File "/var/azureml-app/score.py", line 41, in run',
                    '    risk = row["merchant_risk"]', "KeyError: 'merchant_risk'"),
        ),
    ),
    Scenario(
        name="model-errors", title="A new version of churn's scoring code raises on every other request",
        endpoint="churn", deployment="blue", code=424, next_step="get-logs",
        cause=_deploy("churn/blue", 2, 2),
        decoys=_decoys(_put("churn", 400, 2), _deploy("geo-rank/main", 7, None)),
        deployment_after={"back": 0},
        trouble=Trouble(
            codes={424: 0.48}, story="raising",
            raises=(*_TRACE, '  File "/var/azureml-app/score.py", line 57, in run',
                    "    return model.predict_proba(frame)[:, 1].tolist()",
                    "ValueError: X has 41 features, but GradientBoostingClassifier is expecting 38 features as input"),
        ),
    ),
    Scenario(
        name="timeouts", title="A larger model makes nlu-intent slower than its requests may take",
        endpoint="nlu-intent", deployment="v7", code=408, next_step="timeout",
        cause=_deploy("nlu-intent/v7", 2, 7),
        decoys=_decoys(_put("nlu-intent", 280, 7), _deploy("churn/blue", 6, None)),
        deployment_before={"back": 1}, deployment_after={"back": 0, "concurrency": 4},
        trouble=Trouble(slow=92),
    ),
    Scenario(
        name="throttling", title="A caller of ocr-batch asks three times as much; its one instance cannot keep up",
        endpoint="ocr-batch", deployment="blue", code=429, next_step="instance",
        decoys=_decoys(_put("ocr-batch", 500, 4), _deploy("churn/blue", 8, None)),
        trouble=Trouble(demand={"archive-export/1.0": 3.0}, slow=1.2),
    ),
    Scenario(
        name="crash-loop", title="The container of nlu-intent starts, fails and starts again",
        endpoint="nlu-intent", deployment="v7", code=503, next_step="get-logs",
        cause=_deploy("nlu-intent/v7", 2, 7, 900, "ResourceNotReady"),
        decoys=_decoys(_put("nlu-intent", 350, 7), _deploy("embed/green", 9, None)),
        trouble=Trouble(
            codes={503: 0.72, 502: 0.12, 424: 0.16}, story="crash loop",
            raises=("Traceback (most recent call last):",
                    '  File "/var/azureml-server/user_script.py", line 77, in load_script',
                    '  File "/var/azureml-app/score.py", line 3, in <module>', "    import sentencepiece",
                    "ModuleNotFoundError: No module named 'sentencepiece'"),
        ),
    ),
    Scenario(
        name="out-of-memory", title="A bigger batch fills the memory of embed until it is killed",
        endpoint="embed", deployment="blue", code=503, next_step="memory",
        cause=_deploy("embed/blue", 3, 3),
        decoys=_decoys(_put("embed", 290, 3), _deploy("geo-rank/main", 8, None)),
        deployment_after={"back": 0},
        trouble=Trouble(codes={503: 0.3, 502: 0.14}, slow=1.5, story="out of memory"),
    ),
    Scenario(
        name="image-pull", title="The new image of churn cannot be pulled, and the old instances are gone",
        endpoint="churn", deployment="blue", code=503, next_step="registry",
        cause=_deploy("churn/blue", 2, 2, 1200, "BadArgument"),
        decoys=_decoys(_put("churn", 320, 2), _deploy("geo-rank/main", 7, None)),
        trouble=Trouble(codes={503: 1.0}, story="image pull"),
    ),
    Scenario(
        name="zeroed-traffic", title="A write of churn left its traffic out: every call ends with 404",
        endpoint="churn", deployment="blue", code=404, next_step="traffic",
        cause=_put("churn", 1.5, 2),
        decoys=_decoys(_deploy("churn/blue", 330, 2), _deploy("geo-rank/main", 8, None)),
        after={"traffic": {}},
    ),
    Scenario(
        name="network-cut", title="Somebody closed geo-rank to the public network, where its callers are",
        endpoint="geo-rank", deployment="main", code=403, next_step="network",
        cause=_put("geo-rank", 2, 8),
        decoys=_decoys(_deploy("geo-rank/main", 300, 5), _deploy("churn/blue", 9, None)),
        after={"public": "Disabled"},
        trouble=Trouble(codes={403: 1.0}, arriving=0.3, is_at_door=True),
    ),
    Scenario(
        name="key-regenerated", title="The keys of churn were regenerated; a caller still uses the old one",
        endpoint="churn", deployment="blue", code=401, next_step="key",
        cause=_KEYS, decoys=_decoys(_put("churn", 260, 2), _deploy("geo-rank/main", 6, None)),
        trouble=Trouble(codes={401: 1.0}, spared=("segment-mailer/0.9",), is_at_door=True),
    ),
    Scenario(name="quiet", title="Nothing is wrong: the day goes up and down as every day"),
)  # fmt: skip

SCENARIOS = {one.name: one for one in _ALL}
"""The scenarios by name, in the order they are listed."""
