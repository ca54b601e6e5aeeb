"""Nodes with the run on each by name, and since when each is as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from app.machine_rows import NodeRow
from cache.history import GONE, Past
from services.nodes import Node
from services.run import Run


def node_rows(
    nodes: Iterable[Node], runs: Mapping[str, Run], seen: Mapping[str, datetime]
) -> Iterator[NodeRow]:  # fmt: skip
    """Yield one row a node. `runs` are by id; `seen` says by node since when one without a run is in its state."""
    for node in nodes:
        run = runs.get(node.run or "")
        yield NodeRow(
            **msgspec.structs.asdict(node),
            run_name=run.name if run else node.run,
            experiment=run.experiment if run else None,
            run_by=run.user if run else None,
            since=run.started if run else seen.get(node.id),
        )


def watched_since(first_seen: datetime, past: Sequence[Past]) -> datetime:
    """Since when a node was seen in its state: since that changed or it came back, else since it was first seen."""
    return next((one.at for one in reversed(past) if {"state", GONE} & one.changes.keys()), first_seen)
