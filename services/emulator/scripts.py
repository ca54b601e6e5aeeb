"""What gets started in the emulated workspaces: each experiment repeats a round of runs, for ever.

A script is data. Times are minutes from the start of its round, lengths are minutes too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from services.emulator.schedules import EMBED as MONITOR

Range = tuple[float, float]

LOCAL = "local"
"""What a run says its compute is that ran on the machine of who submitted it."""
SERVERLESS = "serverless"
"""What a run says its compute is whose machines the service found, for it alone."""

ROOTS = frozenset({"command", "sweep", "pipeline", "automl", "flow"})


class Step(NamedTuple):
    """One step of a pipeline: what it is called, where it runs, and which share of the pipeline's length it takes."""

    name: str
    compute: str | None
    share: float
    inner: Part | None = None
    """The pipeline or the sweep it is, where it is one of its own."""

    @property
    def kind(self) -> str:
        """step, pipeline_step or sweep_step."""
        return f"{self.inner.kind}_step" if self.inner else "step"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One run of a round, with its children. `fails` and `cancels` are chances; `fate` decides where it is set.

    Fates: `lost` sends no heartbeat for a day and then fails; `stuck` waits for nodes until somebody cancels it.
    """

    kind: str
    name: str
    at: float = 0.0
    compute: str | None = None
    nodes: int = 1
    wait: Range = (0.3, 3.0)
    runs: Range = (5.0, 20.0)
    fails: float = 0.08
    cancels: float = 0.02
    failures: tuple[str, ...] = ("traceback", "data_missing", "killed", "none")
    fate: str = ""
    is_scheduled: bool = False
    monitor: str = ""
    """The monitor that starts it, for the person who made the monitor."""
    children: int = 0
    every: float = 0.0
    """Minutes between the starts of two children; the steps of a pipeline exist from the start."""
    child: Part | None = None
    steps: tuple[Step, ...] = ()
    inner: Part | None = None
    """What a step of a pipeline is, where it is a pipeline or a sweep of its own."""
    fails_at: int = -1
    """Which step a pipeline fails at, when it fails; -1 for any."""
    metric: str = ""
    """What a sweep is judged by; empty where its script says it."""
    goal: str = "maximize"
    search: tuple[tuple[str, str, tuple[Any, ...]], ...] = ()
    """What a sweep draws its trials from, where somebody said it: parameter, distribution, its numbers or values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The round of one experiment. `is_fast` ones keep days of history where the others keep months."""

    name: str
    minutes: float
    parts: tuple[Part, ...]
    is_fast: bool = False
    metrics: tuple[str, ...] = ("loss", "val_loss", "auc", "accuracy")
    steps: int = 2_000
    repository: int = 0
    environment: str = "sklearn-1.5"
    team: str = "risk"
    description: str | None = None


def _trial(low: float, high: float, *failures: str) -> Part:
    return Part(kind="trial", name="", nodes=1, wait=(0.2, 1.0), runs=(low, high), fails=0.07, cancels=0.0,
                failures=failures or ("cuda_oom", "nan", "traceback"))  # fmt: skip


_FRAUD_STEPS = (
    Step("prep", "cpu-ci", 0.2),
    Step("train", "t4-spot", 0.5),
    Step("evaluate", "cpu-ci", 0.2),
    Step("register", "cpu-ci", 0.1),
)
_GPU_FAILURES = ("cuda_oom", "cuda_oom", "traceback", "data_missing", "none")
_SPOT_FAILURES = ("preempted", "preempted", "cuda_oom", "traceback")

FRAUD = Script(
    name="fraud", minutes=66 * 60, team="risk", environment="fraud-train", steps=8_120,
    description="Card fraud, gradient boosting and small transformers",
    parts=(
        Part(kind="sweep", name="fraud-hpo-{n}", at=30, compute="gpu-a100", children=10, every=130,
             child=_trial(110, 190),
             fails=0.05, cancels=0.08, failures=("all_trials",)),
        Part(kind="command", name="{word}-{n}", at=360, compute="t4-spot", nodes=2, wait=(1, 6), runs=(60, 340),
             fails=0.35, failures=_SPOT_FAILURES),
        Part(kind="command", name="{word}-{n}", at=900, compute="gpu-a100", wait=(1, 9), runs=(30, 130), fails=0.3,
             failures=_GPU_FAILURES),
        Part(kind="pipeline", name="fraud-daily-{n}", at=1380, compute="cpu-ci", runs=(50, 110), fails=0.2,
             steps=_FRAUD_STEPS, failures=("traceback", "data_missing")),
        Part(kind="command", name="{word}-{n}", at=1640, compute="gpu-a100", wait=(1, 4), runs=(120, 250),
             fails=0.15),
        Part(kind="sweep", name="fraud-hpo-{n}", at=1850, compute="gpu-a100", children=8, every=200,
             child=_trial(150, 280),
             fails=0.0, cancels=0.1, failures=("all_trials",)),
        Part(kind="command", name="{word}-{n}", at=2700, compute="t4-spot", nodes=2, runs=(40, 90), fails=0.25,
             failures=("preempted", "preempted", "image_build")),
        Part(kind="pipeline", name="fraud-daily-{n}", at=3360, compute="cpu-ci", runs=(50, 110), fails=0.1,
             steps=_FRAUD_STEPS, failures=("traceback",)),
    ),
)  # fmt: skip

CHURN = Script(
    name="churn", minutes=24 * 60, team="growth", environment="churn-env", repository=2, steps=600,
    metrics=("loss", "auc", "accuracy"),
    parts=(
        Part(kind="command", name="churn-nightly", at=180, compute="cpu-ci", wait=(0.5, 2), runs=(41, 46), fails=0.05,
             is_scheduled=True, failures=("data_missing", "quota")),
        Part(kind="command", name="churn-xgb-{n}", at=430, compute="cpu-ci", runs=(8, 25)),
        Part(kind="automl", name="churn-automl-{n}", at=560, compute="cpu-ci", children=3, every=7, fails=0.08,
             child=Part(kind="automl_child", name="", runs=(4, 9), fails=0.05, cancels=0, failures=("traceback",)),
             failures=("automl_json",)),
        Part(kind="command", name="churn-xgb-{n}", at=1010, compute="cpu-ci", runs=(8, 25), fails=0.2),
        Part(kind="command", name="churn-xgb-{n}", at=1290, compute="cpu-ci", runs=(8, 25)),
    ),
)  # fmt: skip

LLM_SFT = Script(
    name="llm-sft", minutes=34 * 60, team="platform", environment="llm-sft", repository=1, steps=12_000,
    metrics=("loss", "val_loss"), description="Instruction tuning of the 7B and 13B bases",
    parts=(
        Part(kind="command", name="llm-sft-{n:04}", at=60, compute="gpu-a100", nodes=2, wait=(2, 9),
             runs=(1560, 1890),
             fails=0.2, cancels=0.15, failures=("nan", "cuda_oom")),
        Part(kind="command", name="llm-sft-probe-{n}", at=1500, compute="gpu-a100", runs=(20, 40), fails=0.5,
             failures=("cuda_oom", "nan", "image_build")),
    ),
)  # fmt: skip

EMBED = Script(
    name="embed", minutes=26 * 60, team="search", environment="acft-hf-nlp-gpu", repository=1, steps=5_000,
    metrics=("loss", "val_loss"),
    parts=(
        Part(kind="command", name="embed-v5-{n:02}", at=30, compute="gpu-a100", wait=(1, 5), runs=(440, 520),
             fails=0.15,
             failures=("cuda_oom", "disk_full")),
        Part(kind="command", name="embed-long-{n:02}", at=600, compute="gpu-a100", wait=(1, 5), runs=(130, 200),
             fate="lost", failures=("heartbeat",)),
        Part(kind="command", name="embed-eval-{n}", at=1100, compute="t4-spot", runs=(15, 25),
             monitor=MONITOR),
    ),
)  # fmt: skip

OCR = Script(
    name="ocr", minutes=14 * 60, team="docs", environment="ocr-train", steps=3_000, metrics=("loss", "accuracy"),
    parts=(
        Part(kind="command", name="ocr-ft-{n:03}", at=60, compute="t4-spot", wait=(2, 14), runs=(300, 430), fails=0.3,
             failures=("preempted", "preempted", "data_missing")),
        Part(kind="command", name="ocr-ft-{n:03}", at=520, compute="t4-spot", wait=(2, 14), runs=(140, 290),
             fails=0.1),
    ),
)  # fmt: skip

LLM_EVAL = Script(
    name="llm-eval", minutes=600, is_fast=True, team="platform", environment="acft-hf-nlp-gpu", repository=1,
    steps=400,
    metrics=("accuracy", "loss"),
    parts=(
        Part(kind="command", name="nightly-eval", at=60, compute="gpu-a100", nodes=8, fate="stuck", runs=(480, 590)),
        Part(kind="command", name="ablate-{n}", at=360, compute="gpu-a100", nodes=8, fate="stuck", runs=(300, 590)),
        Part(kind="command", name="eval-{n}", at=105, compute="t4-spot", runs=(25, 50), fails=0.1),
        Part(kind="command", name="eval-{n}", at=420, compute="t4-spot", runs=(25, 50), fails=0.1),
        *(
            Part(kind="flow", name="judge-{n}", at=60.0 * slot + 17, runs=(9, 24), wait=(0.1, 0.6), fails=0.05,
                 failures=("flow_lines",))
            for slot in range(10)
        ),
    ),
)  # fmt: skip

PRICE = Script(
    name="price", minutes=180, is_fast=True, team="growth", repository=2, steps=200, metrics=("loss", "accuracy"),
    parts=(
        *(
            Part(kind="command", name="price-el-{n}", at=at, compute="cpu-ci", wait=(0.2, 1.5), runs=(4, 19),
                 fails=0.06)
            for at in (0, 15, 33, 50, 83, 100, 132, 165)
        ),
        Part(kind="command", name="{word}-{n}", at=68, compute="cpu-ci", runs=(2, 9), fails=0.3),
        Part(kind="sweep", name="price-hpo-{n}", at=110, compute="cpu-ci", children=4, every=9,
             child=_trial(6, 11, "nan", "killed"),
             fails=0.03, cancels=0.05, failures=("all_trials",)),
        Part(kind="command", name="{word}-{n}", at=149, compute=LOCAL, runs=(2, 9), fails=0.1),
    ),
)  # fmt: skip

_FEATURES = Part(kind="pipeline", name="features", compute="cpu-ci", steps=(
    Step("extract", "cpu-ci", 0.6), Step("join", "cpu-ci", 0.4),
))  # fmt: skip
_RANK = Part(kind="pipeline", name="rank", compute="cpu-ci", steps=(
    Step("candidates", "cpu-ci", 0.25), Step("features", "cpu-ci", 0.45, _FEATURES), Step("score", "cpu-ci", 0.3),
))  # fmt: skip
_TUNE = Part(kind="sweep", name="tune", compute="cpu-ci", children=3, child=_trial(2, 4, "nan", "killed"))

COMPONENTS = {part.name: part for part in (_FEATURES, _RANK)}
"""The pipeline components of the world by their names."""

GEO = Script(
    name="geo", minutes=160, is_fast=True, team="search", repository=2, steps=900,
    metrics=("auc", "loss", "accuracy"),
    parts=(
        *(
            Part(kind="command", name="geo-rank-{n}", at=at, compute=compute, runs=(12, 38), fails=0.08)
            for at, compute in ((3, "cpu-ci"), (25, SERVERLESS), (61, SERVERLESS), (84, SERVERLESS), (127, "cpu-ci"))
        ),
        Part(kind="pipeline", name="geo-refresh-{n}", at=40, compute="cpu-ci", runs=(20, 40), fails=0.1,
             steps=(Step("tiles", "cpu-ci", 0.2), Step("rank", "cpu-ci", 0.4, _RANK),
                    Step("tune", "cpu-ci", 0.3, _TUNE), Step("publish", "cpu-ci", 0.1)),
             failures=("traceback", "data_missing")),
        Part(kind="command", name="{word}-{n}", at=105, compute="cpu-ci", runs=(3, 12), fails=0.2),
        Part(kind="command", name="{word}-{n}", at=146, compute="cpu-ci", runs=(3, 12), fails=0.1),
    ),
)  # fmt: skip

PRODUCTION = (FRAUD, CHURN, LLM_SFT, EMBED, OCR, PRICE, GEO, LLM_EVAL)
RESEARCH = (LLM_SFT, LLM_EVAL, EMBED)
