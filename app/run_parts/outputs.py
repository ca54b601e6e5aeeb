"""What a run left: its files as a tree with sizes, a first look at the one under the cursor, and saving them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widgets import Input

from app.cards import muted
from app.desk import Desk
from app.output_lines import ask_words, code_lines, no_look, nothing_left, output_hints, preview_note
from app.output_tree import FIRST_OPEN, below, entries_of, is_shown, lines_of_preview
from app.run_parts.part import RunPart
from app.saving_outputs import Saving
from app.source_state import Refreshed
from app.tables import ARTIFACTS
from cache.query import parse
from services.artifacts import Artifact
from services.previews import Preview, pixels_of
from services.run import Run
from widgets import format as fmt
from widgets.field import Field
from widgets.file_tree import FileTree
from widgets.footer import Hint
from widgets.lines import NO_LINE, say
from widgets.preview_view import Picture, PreviewView
from widgets.safe import Safe, plain, safe

WIDE = 120
SETTLES = 0.4
"""Seconds the cursor rests on a file before it is looked at."""
MOST = 20_000


class Outputs(RunPart):
    """A tree of files and a first look at one. `s` saves a file or a folder, `S` everything, `x` stops saving."""

    SHOWS: ClassVar[tuple[str, ...]] = ("artifacts",)
    DEFAULT_CSS = """
    Outputs { layout: vertical; }
    Outputs FileTree { height: 1fr; }
    Outputs PreviewView { height: 1fr; }
    Outputs Field { dock: bottom; display: none; }
    Outputs.-asking Field { display: block; }
    Outputs.-wide { layout: horizontal; }
    Outputs.-wide FileTree { width: 60; height: 1fr; margin: 0 2 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("x", "stop_saving", show=False, id="outputs.stop")]

    def __init__(self, desk: Desk, run: Run) -> None:
        super().__init__(desk, run)
        self._artifacts: Sequence[Artifact] = ()
        self._opened = set(FIRST_OPEN)
        self._path: str | None = None
        self._rest: Timer | None = None
        self._saving: Saving | None = None
        self._asked: Saving | None = None
        self._wanted: Sequence[Artifact] = ()

    def compose(self) -> ComposeResult:
        """The tree, the look, and where to save, when that is asked."""
        yield FileTree(id="files")
        yield PreviewView(id="look")
        yield Field(id="folder")

    def on_mount(self) -> None:
        """Show it, and how far saving is while that goes on."""
        super().on_mount()
        self.set_interval(0.5, self._show_progress)

    def on_resize(self, event: events.Resize) -> None:
        """Side by side where there is room."""
        self.set_class(event.size.width >= WIDE, "-wide")

    def opened(self) -> None:
        """Show what is cached, then look up what is fresh."""
        self._read()
        super().opened()
        self._show_look()

    def refreshed(self, event: Refreshed) -> None:
        """Files, sizes or a look came."""
        if self.is_about(event, "artifacts") or self.is_about(event, "sizes"):
            self._read()
        elif self.is_about(event, "preview"):
            self._show_look()

    def tick(self) -> None:
        """Ages change, and what is not known yet is asked for again."""
        super().tick()
        self._read()

    def escape(self) -> bool:
        """From the look back to the tree; saving goes on."""
        if self._asked is not None:
            self._end_asking()
        elif self.query_one(PreviewView).has_focus:
            self.take_focus()
        else:
            return False
        return True

    def hints(self) -> Sequence[Hint]:
        """The keys of the tree."""
        return output_hints(is_saving=self._saving is not None)

    @on(FileTree.Moved)
    def _moved(self, event: FileTree.Moved) -> None:
        self._path = None if event.entry.is_folder else event.entry.key
        self._show_look()
        if self._rest is not None:
            self._rest.stop()
        if self._path is not None:
            self._rest = self.set_timer(SETTLES, self._look_up_preview)

    @on(FileTree.Opened)
    def _open(self, event: FileTree.Opened) -> None:
        event.stop()
        entry = event.entry
        if not entry.is_folder:
            self._path = entry.key
            self._look_up_preview()
            self.screen.set_focus(self.query_one(PreviewView))
            return
        self._opened ^= {entry.key}
        self._read()

    @on(FileTree.SaveRequested)
    def _save(self, event: FileTree.SaveRequested) -> None:
        event.stop()
        self._ask_where(below(self._artifacts, event.entry.key))

    @on(FileTree.SaveAllRequested)
    def _save_all(self) -> None:
        self._ask_where(self._artifacts)

    @on(Input.Submitted)
    def _answered(self, event: Input.Submitted) -> None:
        event.stop()
        asked, answer = self._asked, event.value.strip()
        if asked is None:
            return
        if asked.folder != Path() and answer.lower() in ("replace", "keep"):
            asked.may_replace = answer.lower() == "replace"
            self._begin_saving(asked)
        elif answer:
            planned = Saving(self.desk.session, self.run, self._wanted, Path(answer).expanduser().absolute())
            if planned.there:
                self._asked = planned
                self._ask(f"{planned.there} of them are there already: replace or keep? ", "keep")
            else:
                self._begin_saving(planned)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While nothing is being saved, the key that stops it is the deck's: it opens another part."""
        return super().check_action(action, parameters) and (action != "stop_saving" or self._saving is not None)

    def action_stop_saving(self) -> None:
        """Save no more."""
        if self._saving is not None:
            self._saving.stop()

    def _ask_where(self, artifacts: Sequence[Artifact]) -> None:
        if self._saving is not None:
            self.post_message(self.Says(plain("Something is being saved already; x stops it.")))
            return
        if not self.desk.session.is_online:
            self.post_message(self.Says(plain("Started offline: files are not here, only the first look at them.")))
            return
        self._wanted = artifacts
        self._asked = Saving(self.desk.session, self.run, artifacts, Path())
        self._ask(ask_words(artifacts), str(Path.cwd() / f"amldeck-{self.run.id}"))

    def _ask(self, words: str, start: str) -> None:
        self.post_message(self.Says(safe(words, 300)))
        self.add_class("-asking")
        field = self.query_one(Field)
        field.value = start
        self.screen.set_focus(field)

    def _end_asking(self) -> None:
        self._asked = None
        self.remove_class("-asking")
        self.take_focus()

    def _begin_saving(self, saving: Saving) -> None:
        self._end_asking()
        self._saving = saving
        self.ask(saving.run, self._saved)

    def _saved(self, said: Safe) -> None:
        self._saving = None
        self.post_message(self.Says(said))
        self._show_tree()

    def _read(self) -> None:
        session = self.desk.session
        where = parse(f'run="{self.run.id}"', ARTIFACTS, now=session.now())
        found = session.store.records("artifacts", session.scope, where, "path", MOST)
        self._artifacts = [seen.record for seen in found]
        self._show_tree()
        for folder in sorted({one.path.rpartition("/")[0] for one in self._artifacts if one.size is None}):
            if is_shown(folder, self._opened):
                self.desk.refresher.look_up("sizes", f"{self.run.id}/{folder}")

    def _show_tree(self) -> None:
        entries = entries_of(self._artifacts, self._opened)
        count = len(self._artifacts)
        title = (*say(plain("Outputs"), "strong", bold=True),
                 *say(Safe(f"  {count:,} file{'' if count == 1 else 's'}" if count else ""), "muted"))  # fmt: skip
        state = self.desk.refresher.lookup_state("artifacts", self.run.id)
        right = say(self._saving.said, "run") if self._saving is not None else NO_LINE
        empty = nothing_left(self.run, state, self.desk.keys, is_online=self.desk.session.is_online)
        self.query_one(FileTree).show(title, right, entries, empty)

    def _show_progress(self) -> None:
        if self._saving is not None and self.display:
            self._show_tree()

    def _look_up_preview(self) -> None:
        if self._path is not None:
            self.desk.refresher.look_up("preview", f"{self.run.id}/{self._path}")
            self._show_look()

    def _show_look(self) -> None:
        session, view = self.desk.session, self.query_one(PreviewView)
        if self._path is None:
            lines = code_lines(self.run, self.desk.keys)
            view.show_lines(say(plain("Code"), "strong", bold=True), NO_LINE, lines, is_prose=True)
            return
        seen = session.store.get("previews", session.scope, f"{self.run.id}|{self._path}")
        name = say(safe(self._path.rpartition("/")[2], 200), "strong", bold=True)
        state = self.desk.refresher.lookup_state("preview", f"{self.run.id}/{self._path}")
        if seen is None:
            view.show_lines(name, NO_LINE, no_look(state, is_online=session.is_online), is_prose=True)
            return
        preview: Preview = seen.record
        right = preview_note(preview, fmt.age(seen.fetched_at, session.now()))
        if preview.kind == "picture":
            view.show_picture(name, right, Picture(*pixels_of(preview)))
        else:
            lines = lines_of_preview(preview)
            nothing = muted(safe(preview.note or "There is nothing to see of it."))
            view.show_lines(name, right, lines or [nothing], is_prose=not lines)
