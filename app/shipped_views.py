"""The views that come with amldeck: questions of research, of triage and of cost."""

from __future__ import annotations

from app.saved_views import SavedView


def _view(
    shelf: str, name: str, pane: str, filter: str, order: str, *columns: str, about: str, by: str = ""
) -> SavedView:
    return SavedView(
        name=name, pane=pane, filter=filter, order=order, columns=columns, group_by=by, shelf=shelf, about=about
    )


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
    _view("triage", "failures by error", "runs", "status=Failed ended<7d", "-ended",
          by="error_code", about="Which errors end the runs of a week, the most frequent first"),
    _view("triage", "failures by compute", "runs", "status=Failed,NotResponding,Completed ended<24h", "-ended",
          by="compute", about="Whether it is one machine: how many ended well on each in a day"),
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
    _view("cost", "dearest runs of the month", "runs", "parent:none started<30d", "-cost",
          "run", "experiment", "ran", "cost $", "compute", "user",
          about="What runs cost by list prices, with all below them, the most first"),
    _view("cost", "cost by user", "runs", "parent:none started<30d", "-cost",
          by="user", about="What the runs of each person cost in a month by list prices"),
    _view("cost", "GPU time of the month", "runs", "gpus>0 ended<30d", "-duration",
          "run", "experiment", "ran", "nodes", "compute", "user",
          about="Which runs held the expensive machines"),
    _view("cost", "hours by compute", "runs", "ended<30d", "-duration",
          by="compute", about="What ran on each compute in a month: runs, hours, how many well"),
    _view("cost", "GPU runs by user", "runs", "gpus>0 ended<30d", "-duration",
          by="user", about="Who held the expensive machines in a month, and for how many hours of runs"),
)  # fmt: skip


def all_views(own: tuple[SavedView, ...]) -> tuple[SavedView, ...]:
    """The user's own first; one of theirs takes the place of a shipped one of its name."""
    names = {view.name.lower() for view in own}
    return (*own, *(view for view in SHIPPED if view.name.lower() not in names))
