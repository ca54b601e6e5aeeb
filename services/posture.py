"""The posture of a workspace: pure reasoning over what was read, no I/O. No line says more than a fact does."""

from __future__ import annotations

from collections.abc import Iterator

from services.posture_encryption import of_encryption
from services.posture_governance import of_policies, of_variables
from services.posture_identity import of_identity
from services.posture_lines import Facts, PostureLine
from services.posture_logging import of_logging
from services.posture_network import of_network
from services.posture_stores import of_stores


def posture(facts: Facts) -> Iterator[PostureLine]:
    """Yield every line, area by area; none while the workspace's own settings are unknown."""
    if not facts.settings.sightings:
        return
    for rule in (of_identity, of_stores, of_network, of_encryption, of_logging, of_policies, of_variables):
        yield from rule(facts)
