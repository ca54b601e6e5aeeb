"""The views that come with amldeck: questions of research, of triage and of cost."""

from __future__ import annotations

from app.saved_views import SavedView


def _view(group: str, name: str, pane: str, filter: str, order: str, *columns: str, about: str) -> SavedView:
    return SavedView(name=name, pane=pane, filter=filter, order=order, columns=columns, group=group, about=about)


SHIPPED: tuple[SavedView, ...] = (
    _view("research", "completed this week", "runs", "parent:none status=Completed ended<7d", "-ended",
          "run", "experiment", "ended", "ran", "compute", "user",
          about="What came out well, the newest first"),
    _view("research", "sweeps and AutoML", "runs", "parent:none kind=sweep,automl", "-created",
          about="Searches for parameters; their trials are their children"),
    _view("research", "long runs of the month", "runs", "parent:none created<30d", "-duration",
          "run", "experiment", "created", "ran", "compute", "user",
          about="What took longest"),
    _view("triage", "failed today", "runs", "status=Failed,NotResponding created<24h", "-created",
          "run", "experiment", "created", "user", "error",
          about="Every run, step and trial that failed in a day, and why"),
    _view("triage", "waiting for an hour", "runs", "status=Queued,NotStarted,Preparing created>1h", "created",
          about="Nothing runs where this is long: quota or nodes"),
    _view("triage", "endpoints in trouble", "endpoints", "state!=Succeeded", "name",
          about="Endpoints that are not as they should be"),
    _view("triage", "changed in a day", "activity", "at<24h", "-at",
          about="Who did what to the workspace"),
    _view("cost", "dearest this month", "costs", "", "-month",
          about="What the month was billed for, the most first"),
    _view("cost", "idle and paid", "compute", "idle_nodes>0", "-idle_nodes",
          about="Nodes that do nothing and cost all the same"),
    _view("cost", "GPU time of the month", "runs", "gpus>0 ended<30d", "-duration",
          "run", "experiment", "ran", "nodes", "compute", "user",
          about="Which runs held the expensive machines"),
)  # fmt: skip


def all_views(own: tuple[SavedView, ...]) -> tuple[SavedView, ...]:
    """The user's own first; one of theirs takes the place of a shipped one of its name."""
    names = {view.name.lower() for view in own}
    return (*own, *(view for view in SHIPPED if view.name.lower() not in names))
