"""What all tests share: steady property tests, and the tables at the end: replayed answers, figures and goals."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from cache import opening
from tests import blank
from tests.figures import figure, write_figures
from tests.wire import table

__all__ = ["figure", "pytest_terminal_summary"]


# Here, because with several workers only the outermost conftest is known where the summary is written.
def pytest_terminal_summary(terminalreporter: Any) -> None:
    table.pytest_terminal_summary(terminalreporter)
    write_figures(terminalreporter)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest: begun last, one of them would have every other worker wait for it."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


opening.build = blank.build


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave what all tests need alone: the collector went through it again and again, a tenth of all the time."""
    gc.collect()
    gc.freeze()


# A shell without job control starts what runs in the background deaf to ctrl+c, and every process below inherits that:
# the commands that tests interrupt would go on for good.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# Nobody's settings decide what is tested, and no test writes into them: a deck on its way through all keys saves views.
_CONFIG = tempfile.TemporaryDirectory(prefix="amldeck-tests-", ignore_cleanup_errors=True)
os.environ["AMLDECK_CONFIG"] = _CONFIG.name

# Whoever tests from within tmux or over ssh gets the same clipboard as CI.
for name in ("TMUX", "STY", "SSH_CONNECTION", "SSH_TTY"):
    os.environ.pop(name, None)


# A loaded machine is no bug, and a red build must be the change's own doing. `HYPOTHESIS_PROFILE=wild` looks further.
settings.register_profile(
    "steady", deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("wild", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
