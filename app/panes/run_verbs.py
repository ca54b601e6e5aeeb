"""What can be done to a run. What it changes in Azure is in `services.run_verbs`."""

from __future__ import annotations

from app.panes.answers import wrong
from services.run import ENDED_RUNS
from services.runs import Run
from widgets.pane import Question, Verb


def target(run: Run) -> str:
    """The job's path below the workspace."""
    return f"/jobs/{run.id}"


def why_not_cancel(run: Run) -> str | None:
    """An ended run, and one that is being canceled, cannot be canceled."""
    if run.status in ENDED_RUNS:
        return f"It has ended already: {run.status.lower()}."
    return "It is being canceled already." if run.status == "CancelRequested" else None


def why_not_archive(run: Run) -> str | None:
    """What is archived is not archived again; a step goes with its parent."""
    if run.parent is not None:
        return "It is a step of another run, which is archived as a whole."
    return "It is archived already." if run.is_archived else None


def why_not_restore(run: Run) -> str | None:
    """Only what is archived can be restored; where Azure did not say, it may be."""
    return "It is not archived." if run.is_archived is False else None


def check_tags(run: Run, text: str) -> str | None:
    """What is wrong with the tags as they are typed."""
    from services.run_verbs import tags_of

    return wrong(lambda: tags_of(text))


def always(run: Run) -> str | None:
    """Nothing in the run's state is against it."""
    return None


def why_not_resubmit(run: Run) -> str | None:
    """Only whole jobs can be submitted: a step or a trial goes with its parent, a flow is no job."""
    if run.parent is not None:
        return "It is a step of another run, which is submitted as a whole."
    return "It is a prompt flow: Azure keeps no job of it." if run.kind == "flow" else None


RUN_VERBS: tuple[Verb[Run], ...] = (
    Verb("cancel", "Cancel", "cancel", target, why_not_cancel,
         about="Ask the run to stop. What it has written so far stays."),
    Verb("resubmit", "Submit again", "submit", target, why_not_resubmit,
         about="Run the same definition once more, under a new name. It is read afresh from Azure."),
    Verb("tag", "Tag", "tag", target, always,
         (Question("tags", "Tags", lambda run: "", check_tags, hint="name=value name2='two words'; name= empties it"),),
         about="Add tags, or change what they say."),
    Verb("archive", "Archive", "archive", target, why_not_archive,
         about="Hide it from lists. Nothing is deleted, and restore brings it back."),
    Verb("restore", "Restore", "restore", target, why_not_restore, about="Bring it back from the archive."),
)  # fmt: skip
