"""The kinds of series there are in the cache, and what they are of."""

from __future__ import annotations

LOGGED, MEASURED = "logged", "measured"
"""Of a run: what its script logged, and what Azure Monitor measured on its nodes."""

OF_RUNS = (LOGGED, MEASURED)

SIGNALS, WEEK_BEFORE = "signals", "week before"
"""Of an endpoint: what Azure Monitor measured on it and its deployments, and the same hours a week earlier."""

OF_ENDPOINTS = (SIGNALS, WEEK_BEFORE)
