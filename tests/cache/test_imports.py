"""What reading the cache loads: the start of every command pays for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

FORBIDDEN = ("sqlite_utils", "textual", "azure", "app", "widgets", "services", "asyncio", "urllib.request", "requests")

READS = """
import sys
from pathlib import Path
import cache.store, cache.query
import msgspec
class Job(msgspec.Struct, frozen=True):
    id: str
    name: str
table = cache.store.Table(name="jobs", record=Job, indexes=("name",))
store = cache.store.Store.open(Path(sys.argv[1]), [table])
view = store.view("jobs", "scope", cache.query.parse("a", table, now=cache.store.utc_now()), "name")
view.window(0, 10)
view.prepare()
store.close()
print(*sorted(sys.modules))
"""


def loaded(code: str, *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def test_opening_and_reading_load_neither_sqlite_utils_nor_the_screen_nor_azure(tmp_path: Path) -> None:
    modules = loaded(READS, str(tmp_path))
    assert {
        name for name in modules if name.startswith(tuple(f"{root}." for root in FORBIDDEN)) or name in FORBIDDEN
    } == set()


def test_no_module_of_the_cache_loads_them(tmp_path: Path) -> None:
    names = [f"cache.{path.stem}" for path in sorted((ROOT / "cache").glob("*.py")) if path.stem != "__init__"]
    modules = loaded(f"import sys, {', '.join(names)}\nprint(*sorted(sys.modules))")
    assert not modules & set(FORBIDDEN)
