"""Spoilt bytes: a store always opens, and what cannot be read is a sentence, never a traceback."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from cache.errors import CacheDamaged, CacheError
from cache.store import Store
from tests.cache.examples import JOBS, NOW, SCOPE, Job, later, opened, origin, put

COUNT = 120


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a cache with rows, history, pairs, documents and a first paint."""
    folder = tmp_path_factory.mktemp("whole")
    with opened(folder) as store:
        for hour, name in enumerate(("first", "second")):
            put(store, *(Job(id=f"{i:04}", name=name, tags={"t": str(i)}) for i in range(COUNT)), at=later(hours=hour))
        store.write_first_paint("jobs", 80, 24, ["x"])
    return (folder / "amldeck.db").read_bytes()


def spoil(whole: bytes, rnd: random.Random) -> bytes:
    """Change some bytes, cut the end off, or replace a page or a sector."""
    spoilt, kind = bytearray(whole), rnd.randrange(4)
    if kind == 0:
        for _ in range(rnd.randrange(1, 200)):
            spoilt[rnd.randrange(len(spoilt))] = rnd.randrange(256)
    elif kind == 1:
        del spoilt[rnd.randrange(len(spoilt)) :]
    else:
        size = 4096 if kind == 2 else 512
        start = rnd.randrange(len(spoilt) // size) * size
        spoilt[start : start + size] = bytes(size) if kind == 2 else rnd.randbytes(size)
    return bytes(spoilt)


def uses(store: Store) -> list[Callable[[], object]]:
    view = store.view("jobs", SCOPE, None, "-name")
    return [
        view.prepare,
        lambda: view.window(0, 200),
        lambda: list(store.records("jobs", SCOPE)),
        lambda: [store.history("jobs", SCOPE, f"{i:04}") for i in range(COUNT)],
        lambda: [store.document("jobs", SCOPE, f"{i:04}") for i in range(COUNT)],
        lambda: put(store, Job(id="0001", name="third"), at=later(hours=2)),
        lambda: store.counts("jobs", SCOPE, "tag.t"),
        lambda: store.sources(SCOPE),
        store.first_paint,
    ]


@pytest.mark.parametrize("seed", range(40))
def test_a_spoilt_cache_opens_and_fails_only_with_sentences(tmp_path: Path, whole: bytes, seed: int) -> None:
    rnd = random.Random(seed)
    (tmp_path / "amldeck.db").write_bytes(spoil(whole, rnd))
    if seed % 5 == 0:
        (tmp_path / "amldeck.db-wal").write_bytes(rnd.randbytes(5000))
    with opened(tmp_path) as store:
        for use in uses(store):
            with suppress(CacheError):
                use()


def changed(folder: Path, sql: str) -> None:
    db = sqlite3.connect(folder / "amldeck.db")
    db.execute(sql)
    db.commit()
    db.close()


def test_a_value_that_is_not_of_its_field_is_not_known(tmp_path: Path) -> None:
    job = Job(id="a", name="n", nodes=4, flavors=("x",), tags={"t": "1"})
    with opened(tmp_path) as store:
        put(store, job)
    changed(tmp_path, "UPDATE jobs SET nodes = 'many', flavors = '[1', tags = x'ff', started = 9223372036854775807")
    with opened(tmp_path) as store:
        seen = store.get("jobs", SCOPE, "a")
        assert seen is not None
        assert seen.record == Job(id="a", name="n")


def test_a_document_that_cannot_be_unpacked_is_damage(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, Job(id="a", name="n"))
    changed(tmp_path, "UPDATE jobs__documents SET body = x'00ff00'")
    with opened(tmp_path) as store, pytest.raises(CacheDamaged, match="is damaged"):
        store.document("jobs", SCOPE, "a")


def test_text_that_is_none_is_damage(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, Job(id="a", name="n"))
    changed(tmp_path, "UPDATE jobs SET name = CAST(x'fffe' AS TEXT)")
    store = Store.open(tmp_path, [JOBS], now=lambda: NOW)
    with pytest.raises(CacheDamaged):
        store.view("jobs", SCOPE).window(0, 1)
    store.close()
    assert origin().fetched_at == NOW
