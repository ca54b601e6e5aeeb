"""Waiting for Cost Management, which is asked once in a while only: a countdown, and an end when one has enough."""

from __future__ import annotations

import time

from app.billing.missing import next_call
from app.cli.errand import Errand, say, trouble
from app.cli.progress import Overwritten
from widgets import format as fmt

PACE = "Cost Management is asked once a minute at most; what it says is kept for four hours."
EVERY = 10.0
"""Seconds between two lines where none can be written over."""


def await_costs(errand: Errand, name: str, key: str, timeout: float) -> bool:
    """Have it read where it is stale, and wait for it: at most `timeout` seconds, or until Ctrl+C.

    Gives whether it is whole; what came is in the cache. Raises click exceptions when it failed and nothing of it was
    ever read.
    """
    if not errand.session.is_online:
        return True
    refresher = errand.refresher
    is_stale = refresher.lookup_state(name, key).is_stale(errand.session.now())
    refresher.look_up(name, key, force=errand.asked.fresh)
    is_done = _wait(errand, name, key, timeout, PACE if is_stale else "")
    state = refresher.lookup_state(name, key)
    if state.problem is not None and state.last_ok is None:
        raise trouble(state.problem)
    if not is_done:
        say(f"{state.title}: not all of it was read; this is what came so far.")
    return is_done


def _wait(errand: Errand, name: str, key: str, timeout: float, begin: str) -> bool:
    line, ends = Overwritten(EVERY), time.monotonic() + timeout
    try:
        if begin:
            say(begin)
        while not errand.refresher.wait_for(name, key, min(1.0, max(0.0, ends - time.monotonic()))):
            if time.monotonic() >= ends:
                return False
            line.show(_standing(errand, name, key))
    except KeyboardInterrupt:
        return False
    finally:
        line.clear()
    return True


def _standing(errand: Errand, name: str, key: str) -> str:
    """`Costs: 812 lines came, the next call is allowed in 43s …`."""
    state = errand.refresher.lookup_state(name, key)
    came = f"{state.progress:,} lines came, " if state.progress else ""
    left = next_call(list(errand.refresher.states().values()))
    return f"{state.title}: {came}{f'the next call is allowed in {fmt.duration(left)}' if left >= 1 else 'reading'} …"
