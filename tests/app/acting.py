"""A session on a world that stands still, and who asks it for changes."""

from __future__ import annotations

import atexit
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from app.act import Actor
from app.following import Ended
from app.links import DEMO, Link
from app.session import Session
from app.tables import TABLES
from cache.intent import Intent
from cache.store import Store
from services.change import Change
from services.clouds import PUBLIC
from services.permissions import list_permissions
from services.routes import is_read
from services.verbs import VERBS
from tests.services.emulated import Emulated, MovingClock
from tests.services.test_verbs import planned


class Waiting(MovingClock):
    """The clock of whoever waits for an outcome: they may leave, at the first wait after the answer came."""

    leaves = False

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.leaves:
            self.close()


@cache
def empty_cache() -> Path:
    """A folder with a cache of nothing: making its tables takes longer than most of what is done to them."""
    folder = Path(mkdtemp(prefix="amldeck-empty-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Store.open(folder / "cache", TABLES).close()
    return folder / "cache"


class Acting:
    """One deck's worth of asking. `reopen` is the next start on the same files and the same world."""

    def __init__(self, folder: Path, person: int = 1, azure: Emulated | None = None) -> None:
        self.folder = folder
        self.azure = azure or Emulated(person=person)
        self.told: list[str] = []
        self.clock = Waiting(self.azure)
        if not folder.exists():
            shutil.copytree(empty_cache(), folder)
        store = Store.open(folder, TABLES, now=self.azure.now)
        link = Link(self.azure.connection, DEMO)
        self.session = Session(store, mode="demo", account=DEMO, link=lambda: link, now=self.azure.now)
        self.session.choose(self.azure.ref)
        self.session.unlock(600)
        self.actor = Actor(self.session, clock=self.clock)

    def planned(self, verb: str) -> Change:
        """A change the verb would make to something of the world."""
        self.session.connect()
        return planned(self.azure, verb)

    def read_permissions(self) -> None:
        """Have the cache know what the account may do, as the refresher would."""
        store, scope = self.session.store, self.session.scope
        for page in list_permissions(self.session.connect(), self.azure.ref.id):
            store.put("permissions", scope, page.records, page.documents, provenance=page.provenance)
        store.note_source(scope, "permissions", last_ok=self.azure.now())

    def done(self, verb: str) -> Ended:
        return self.actor.carry_out(self.planned(verb), self.told.append)

    def carry_out(self, change: Change) -> Ended:
        return self.actor.carry_out(change, self.told.append)

    @property
    def intents(self) -> list[Intent]:
        return self.session.intents.all(self.session.scope)

    @property
    def writes(self) -> list[str]:
        logged = self.azure.world.log.entries()
        url = "https://{0.host}{0.path}"
        return [f"{one.method} {one.path}" for one in logged if not is_read(PUBLIC, one.method, url.format(one))]

    def stands_as_asked(self, change: Change) -> bool:
        """Whether the world really is as the change wanted it."""
        return bool(VERBS[change.verb].look(self.azure.connection, change).is_done)

    def close(self) -> None:
        """End as a deck does; the world goes on."""
        self.session.lock.close()
        self.session.intents.close()
        self.session.store.close()

    def reopen(self) -> Acting:
        self.close()
        return Acting(self.folder, azure=self.azure)
