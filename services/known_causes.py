"""What is known about errors: by their codes and words, the cause in a sentence and what to do, in order.

The first entry that fits is told, so the more exact ones stand first. Where none fits nothing is guessed.
"""

from __future__ import annotations

import re

import msgspec

from services.error_report import ErrorReport


class KnownCause(msgspec.Struct, frozen=True, kw_only=True):
    """One cause. `codes` are whole codes in any case, `words` a regular expression over all that was said."""

    cause: str
    steps: tuple[str, ...]
    codes: tuple[str, ...] = ()
    words: str = ""
    exits: tuple[int, ...] = ()


KNOWN: tuple[KnownCause, ...] = (
    KnownCause(
        cause="The GPU had less memory free than the script asked for.",
        steps=(
            "lower the batch size, or accumulate gradients over several smaller steps",
            "use mixed precision, gradient checkpointing or a shorter sequence",
            "choose a VM size with more GPU memory; the Metrics part shows how much was used",
        ),
        codes=("CudaOutOfMemory",),
        words=r"cuda out of memory|outofmemoryerror: cuda|cublas_status_alloc_failed",
    ),
    KnownCause(
        cause="The node was taken back: it was a low-priority (spot) node.",
        steps=(
            "write checkpoints and begin from the last one: a new attempt starts from the beginning otherwise",
            "run it on a dedicated cluster, or allow more retries",
        ),
        codes=("NodePreempted", "Preempted"),
        words=r"preempt|low.priority nodes? .*(?:evict|taken)",
    ),
    KnownCause(
        cause="The process used more memory than its container or node has, and the kernel killed it (SIGKILL).",
        steps=(
            "load data in parts, or lower the number of data loader workers",
            "choose a VM size with more memory; the Metrics part shows how much was used",
            "raise shm_size when workers share memory",
        ),
        codes=("OutOfMemory", "PodOutOfMemory", "OOMKilled"),
        words=r"memory limit|oomkilled|\bkilled\b|memoryerror",
        exits=(137, -9),
    ),
    KnownCause(
        cause="The quota of the subscription, the region or the cluster is used up, so no node could be had.",
        steps=(
            "Compute shows the quota and who uses it; `amldeck quotas --json` lists it",
            "lower the node count, choose another VM family, or ask for more quota in the portal",
            "delete or scale down what nobody uses: idle nodes count",
        ),
        codes=("OutOfQuota", "ClusterCoreQuotaReached", "QuotaExceeded", "OperationNotAllowed"),
        words=r"vcpu quota|core quota|quota of \d|quota (?:is )?exceeded",
    ),
    KnownCause(
        cause="The region has no machines of this size free at the moment.",
        steps=("try again later, in another region or zone, or with another VM size",),
        codes=("OutOfCapacity", "AllocationFailed", "SkuNotAvailable"),
        words=r"out of capacity|allocation failed|sku.* not available",
    ),
    KnownCause(
        cause="The image of the environment could not be built.",
        steps=(
            "read azureml-logs/20_image_build_log.txt in Logs: the last lines say which package or step failed",
            "a workspace behind a private link needs a compute set for image builds",
            "a registry that refuses: resync the workspace keys, and check AcrPull of the identity",
        ),
        codes=("ImageBuildFailure", "ImageBuildError"),
        words=r"image build failed|20_image_build_log",
    ),
    KnownCause(
        cause="The data of an input was not found where its address points.",
        steps=(
            "check the path and version of the input in Overview; a pattern may match nothing today",
            "check that the identity of the run may read it: Storage Blob Data Reader",
        ),
        codes=("NotFound", "DataAccess", "StreamAccess.NotFound"),
        words=r"requested stream was not found|dataaccesserror\(notfound\)|data access failed",
    ),
    KnownCause(
        cause="The identity of the run may not read or write what it needs.",
        steps=(
            "A in Sync shows roles; the run needs Storage Blob Data Contributor on the storage account",
            "with a user identity: check that credential passthrough is meant",
        ),
        codes=("AuthorizationFailed", "AuthorizationPermissionMismatch", "PermissionDenied"),
        words=r"authorizationpermissionmismatch|not authorized to perform|permission denied|403 forbidden",
    ),
    KnownCause(
        cause="The loss became NaN, and the script stopped.",
        steps=(
            "Metrics shows the step where it began; compare the learning rate with the last good run",
            "lower the learning rate, clip gradients, or look at the batch of that step",
        ),
        codes=("NotANumber",),
        words=r"loss is nan|nan (?:loss|detected)|\bnan\b.*(?:loss|gradient)",
    ),
    KnownCause(
        cause="The disk of the node is full.",
        steps=(
            "write checkpoints to a mounted output instead of the node, and keep fewer of them",
            "mount inputs instead of downloading them, or choose a VM size with a larger disk",
        ),
        codes=("DiskFull", "DiskFullError"),
        words=r"no space left on device|disk full",
    ),
    KnownCause(
        cause="The node was lost: it stopped answering, and nobody knows what it did since.",
        steps=("submit it again; when it happens often, look at the events of the compute for failing nodes",),
        codes=("NodeLost", "HeartbeatTimeout", "HostLost"),
        words=r"no heartbeat",
    ),
    KnownCause(
        cause="No trial of the sweep ended well, so there is no best one.",
        steps=("h shows the trials; the first failure of one of them is the reason for all",),
        codes=("NoSuccessfulTrial", "SweepFailed"),
        words=r"all (?:completed )?trials .*failed",
    ),
    KnownCause(
        cause="The label column holds one class only.",
        steps=("check the filter and the split that made the training data",),
        codes=("SingleClass",),
        words=r"label column .*1 class",
    ),
    KnownCause(
        cause="The run took longer than its limit.",
        steps=("raise limits.timeout, or make it resume from a checkpoint", "Overview shows the limit it had"),
        codes=("JobTimeout", "TimeoutError", "MaxRunDurationExceeded"),
        words=r"exceeded (?:its |the )?(?:max(?:imum)? )?(?:run )?(?:time|duration)|timed? ?out after",
    ),
    KnownCause(
        cause="A package that the script imports is not in the environment.",
        steps=("add it to the environment's conda or pip list, and submit again",),
        words=r"modulenotfounderror|no module named|importerror",
    ),
    KnownCause(
        cause="A service in between asked for fewer calls (429).",
        steps=("lower the concurrency of the flow, or raise the rate limit of the model's deployment",),
        codes=("RateLimitError", "TooManyRequests"),
        words=r"ratelimiterror|too many requests",
    ),
    KnownCause(
        cause="A connection the run uses is not in this workspace.",
        steps=("create it, or correct its name; `az ml connection list` shows those there are",),
        words=r"connection .* (?:can't|cannot) be found",
    ),
    KnownCause(
        cause="The script itself ended with an error.",
        steps=("l shows its log", "the last frame of the traceback that is in your own code is where to look"),
        codes=("UserScriptError", "UserExecution"),
        words=r"user process .*exited|non-?zero exit code",
        exits=(1, 2),
    ),
)  # fmt: skip


def known_cause(report: ErrorReport) -> KnownCause | None:
    """Return what is known about an error: by its codes, the innermost first, then its words, then the exit code."""
    text = report.text.lower()
    codes = [code.lower() for code in reversed(report.codes)]
    for code in codes:
        for one in KNOWN:
            if code in (name.lower() for name in one.codes) and not _is_general(one):
                return one
    found = next((one for one in KNOWN if one.words and not _is_general(one) and re.search(one.words, text)), None)
    if found is not None:
        return found
    by_exit = next((one for one in KNOWN if report.exit_code is not None and report.exit_code in one.exits), None)
    return by_exit or next((one for one in KNOWN if _is_general(one) and re.search(one.words, text)), None)


def _is_general(one: KnownCause) -> bool:
    """Whether it only says that the user's process ended: anything else says more."""
    return "UserExecution" in one.codes
