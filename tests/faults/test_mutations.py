"""Thousands of answers that are not what they should be: each read ends, with pages or with one of our own errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.handed import Reading
from app.source import Source
from app.sources import SOURCES
from services.emulator.faults import Fault
from services.errors import ServiceError
from tests.faults.azure import NOW, READ, Filled, filled
from tests.figures import Figure
from tests.scale import some

pytestmark = pytest.mark.slow

REPLIES = some(2_000)
MOST = 60
"""Requests of one read: a fault of paging may add pages up to the cap, and no more."""


def read(azure: Filled, source: Source, seed: int) -> str | None:
    """Read a source whose answers are spoilt by this seed; what is wrong with how that ended."""
    session = azure.session
    scope = session.account_scope if source.is_scope_account else session.scope
    reading = Reading(
        session.connect(), session.workspace, session.store, scope, NOW, lambda: len(azure.world.log) > MOST
    )
    azure.world.log.clear()
    azure.clock.leap()
    try:
        for page in source.read(reading):
            assert len(page.records) == len(page.documents) or not page.documents
    except ServiceError as error:
        return None if len(str(error)) > 15 else f"{source.name} {seed}: {error!r} says nothing"
    except Exception as error:  # noqa: BLE001  whatever it is, it is what this test looks for
        return f"{source.name} {seed}: {error!r}"
    return None


def test_no_mutated_answer_is_anything_but_pages_or_a_sentence(tmp_path: Path, figure: Figure) -> None:
    found: list[str] = []
    replies = seed = 0
    with filled(tmp_path, runs=30) as azure:
        while replies < REPLIES:
            seed += 1
            azure.world.faults.add(Fault(kind="malform", seed=seed))
            for source in SOURCES:
                if source.name in READ:
                    wrong = read(azure, source, seed)
                    found += [wrong] if wrong else []
                    replies += len(azure.world.log)
                    found += [f"{source.name} {seed}: endless"] if len(azure.world.log) > MOST + 5 else []
            azure.world.faults.clear()
    assert found == []
    figure("faults: mutated answers that are no pages and no sentence", f"{len(found)} in {replies:,}",
           f"0 in {REPLIES:,}", replies >= REPLIES)  # fmt: skip
