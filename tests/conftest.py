"""What all tests share: steady property tests, and the tables at the end: replayed answers, figures and goals."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

from tests.figures import figure, write_figures
from tests.wire import table

__all__ = ["figure", "pytest_terminal_summary"]


# Here, because with several workers only the outermost conftest is known where the summary is written.
def pytest_terminal_summary(terminalreporter: Any) -> None:
    table.pytest_terminal_summary(terminalreporter)
    write_figures(terminalreporter)


# A loaded machine is no bug, and a red build must be the change's own doing. `HYPOTHESIS_PROFILE=wild` looks further.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("wild", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
