"""An opened run: the tab row of its parts, and the part that is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Container

from app.asked_things import thing_of
from app.cards import key_lines, muted, strong
from app.desk import TABLE_OF, Desk
from app.opened import Opened
from app.run_parts import BY_PART, PARTS
from app.run_parts.part import RunPart
from app.source_state import Refreshed, SourceState
from app.stack import Visit
from app.words import run_state, state_cell
from widgets.age import Age
from widgets.card import CardView
from widgets.footer import Hint
from widgets.lines import NO_LINE, say, spaced
from widgets.pane import Line, Row
from widgets.part_tabs import PartTab, PartTabs
from widgets.safe import plain, safe, safe_lines


class RunView(Opened):
    """The run of a visit."""

    NOUN = plain("run")

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:
        super().__init__(desk, id=id)
        self._part_name = PARTS[0].name
        self._made: dict[str, RunPart] = {}

    def compose(self) -> ComposeResult:
        """The tab row, the parts, and what is said while the run is not there."""
        yield PartTabs(id="parts")
        yield Container(id="part")
        yield CardView(id="missing")

    @property
    def part(self) -> RunPart | None:
        """The part on the screen; None while the run, or the part itself, is not there yet."""
        part = self._made.get(self._part_name)
        return part if part is not None and part.is_ready else None

    @property
    def part_name(self) -> str:
        """The name of the part that is looked at."""
        return self._part_name

    def open(self, visit: Visit) -> None:
        """Show a run as it was left, or for the first time."""
        if visit.run != self.key:
            self.close()
            self.key = visit.run
            self.desk.refresher.look_up("run", self.key)
        self._read()
        self.turn_to(visit.part)

    def turn_to(self, name: str) -> None:
        """Show another part."""
        before = self.part
        self._part_name = name if name in BY_PART else PARTS[0].name
        if before is not None and before is not self.part:
            before.left()
        self._show()

    def step(self, by: int) -> None:
        """Show the part so many further on, round the end."""
        names = [part.name for part in PARTS]
        self.turn_to(names[(names.index(self._part_name) + by) % len(names)])

    def close(self) -> None:
        """Nobody looks at the run any more."""
        if not self.key:
            return
        for part in self._made.values():
            part.left()
            part.remove()
        self.desk.refresher.leave(self.key)
        self._made.clear()
        self.key, self.row = "", None

    def left(self, visit: Visit) -> Visit:
        """The visit with the part that is looked at."""
        return replace(visit, part=self._part_name)

    def take_focus(self) -> None:
        """Give the keys to the part."""
        if self.part is not None:
            self.part.take_focus()
        else:
            self.screen.set_focus(None)

    def escape(self) -> bool:
        """Clear the part's innermost layer."""
        return self.part is not None and self.part.escape()

    def refreshed(self, event: Refreshed) -> None:
        """A source or a lookup said something: look again when it is about this run."""
        thing = thing_of(event.source)
        table = "runs" if thing is not None and thing[0] in ("run", "children") else TABLE_OF.get(event.source)
        if table == "runs" and (event.keys is None or self.key in event.keys):
            was_there = self.row is not None
            self._read()
            if self.row is not None and not was_there:
                self._show()
        # A part that is still being put together shows what is there when it is.
        if self.part is not None and self.part.is_mounted:
            self.part.refreshed(event)
        self.say()

    def tick(self) -> None:
        """Time went on."""
        self.desk.refresher.look_up("run", self.key)
        if self.part is not None and self.part.is_mounted:
            self.part.tick()
        self.say()

    def fetch(self) -> None:
        """Read all that is shown now, whatever its age."""
        self.desk.refresher.look_up("run", self.key, force=True)
        if self.part is not None:
            self.part.look_up(force=True)

    def states(self) -> list[SourceState]:
        """How what is shown stands: the run's own lookup, then those of the part."""
        own = self.desk.refresher.lookup_state("run", self.key)
        return [own, *(self.part.states() if self.part is not None else ())]

    def age(self) -> Age | None:
        """How old what is shown is."""
        return self.part.age() if self.part is not None else None

    def hints(self) -> Sequence[Hint]:
        """The footer: the part's own keys, then what every opened run knows."""
        own = list(self.part.hints()) if self.part is not None else []
        return [*own, Hint(self.desk.keys.first("focus_next"), plain("next part"), "focus_next")]

    def say(self) -> None:
        """Draw the tab row and, while the run is not there, why; then have the chrome drawn."""
        tabs = [PartTab(self.desk.keys.of_part(part.name), part.title, f"part:{part.name}") for part in PARTS]
        self.query_one(PartTabs).say(tabs, f"part:{self._part_name}", self._rights())
        self.set_class(self.row is None, "-missing")
        if self.row is None and self.key:
            self.query_one(CardView).say(say(safe(self.key, 60), "strong", bold=True), NO_LINE, self._why_missing())
        self.post_message(self.Changed())

    def _rights(self) -> list[Line]:
        age = self.age()
        aged = say(age.text, "warn" if age.is_late else "muted") if age is not None else NO_LINE
        if self.row is None:
            return [aged]
        state = state_cell(run_state(self.row.record.status), self.desk.look)
        return [spaced([state, aged]), aged]

    def _read(self) -> None:
        """The run's record as it is in the cache. Reads one row."""
        session = self.desk.session
        seen = session.store.get("runs", session.scope, self.key)
        self.row = Row(seen.key, seen.record, seen.fetched_at) if seen is not None else None
        for part in self._made.values():
            if self.row is not None:
                part.run = self.row.record

    def _show(self) -> None:
        part = self._made.get(self._part_name)
        if part is None and self.row is not None:
            part = self._made[self._part_name] = BY_PART[self._part_name].made(self.desk, self.row.record)
            self.query_one("#part").mount(part)
        elif part is not None and part.is_ready:
            part.opened()
            part.take_focus()
        for one in self._made.values():
            one.display = one is part
        self.say()

    def _why_missing(self) -> list[Line]:
        """Why there is nothing of this run to show."""
        state = self.desk.refresher.lookup_state("run", self.key)
        if state.problem is not None:
            lines = [strong("This run could not be read"), NO_LINE]
            return [*lines, *(say(line) for line in safe_lines(state.problem.sentence)[:4]), NO_LINE,
                    *key_lines(self.desk.keys, ("refresh", plain("try again")), ("escape", plain("back")))]  # fmt: skip
        if not self.desk.session.is_online:
            return [strong("This run was never seen here"),
                    muted("Started offline: what is not in the cache stays unknown.")]  # fmt: skip
        return [muted(f"Looking for {safe(self.key, 60)}…")]
