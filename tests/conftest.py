"""What all tests share: steady property tests, and the table of the replayed answers at the end."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Here, because with several workers only the outermost conftest is known where the summary is written.
from tests.wire.table import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]

# A loaded machine is no bug, and a red build must be the change's own doing. `HYPOTHESIS_PROFILE=wild` looks further.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("wild", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
