"""Nodes with the run on each by name, and since when each is as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from app.machine_rows import NodeRow
from cache.history import Past
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


def changed_at(past: Sequence[Past], field: str) -> datetime | None:
    """When a field of a record last changed, as far as it was watched; None for one that never did."""
    return next((one.at for one in reversed(past) if field in one.changes), None)
