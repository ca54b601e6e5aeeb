"""Autoscale settings that need a look: those that contradict themselves. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from services.attention import WARNING, Attention
from services.autoscale import Autoscale

_RANK = 245.0
"""Between a failed deployment without traffic and idle nodes: it costs money by the hour, and nobody is refused."""


def of_autoscale(settings: Iterable[Autoscale]) -> Iterator[Attention]:
    """What is wrong with the settings that are switched on, the first problem of each."""
    for one in settings:
        if one.problems and one.is_on is not False:
            yield Attention(
                id=f"deployments/{one.id}/autoscale", severity=WARNING, rank=_RANK,
                what=f"autoscale of {one.id} contradicts itself", why=one.problems[0],
                pane="deployments", query=f'id="{one.id}"',
            )  # fmt: skip
