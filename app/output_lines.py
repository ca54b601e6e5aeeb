"""The words around a run's outputs: what is asked before saving, why there is nothing, the code it ran."""

from __future__ import annotations

from collections.abc import Sequence

from app.cards import key_lines, muted, strong
from app.key_map import KeyMap
from app.source_state import SourceState
from services.artifacts import Artifact
from services.previews import Preview
from services.run import Run
from widgets import format as fmt
from widgets.footer import Hint
from widgets.lines import NO_LINE, say, spaced
from widgets.pane import Line, Span
from widgets.safe import Safe, plain, safe, safe_lines

_HINTS = (
    ("enter", plain("open")), ("s", plain("save")), ("S", plain("save all")), ("j k", plain("move")),
)  # fmt: skip


def output_hints(*, is_saving: bool) -> list[Hint]:
    """The keys of the tree for the footer."""
    hints = [Hint(Safe(key), word) for key, word in _HINTS]
    return [Hint(plain("x"), plain("stop saving")), *hints] if is_saving else hints


def ask_words(artifacts: Sequence[Artifact]) -> str:
    """What is asked before files are saved: how many, how large, and that the folder may be changed."""
    known = [one.size for one in artifacts if one.size is not None]
    unknown = len(artifacts) - len(known)
    size = fmt.size(sum(known)) if known else "of unknown size"
    more = f" and {unknown:,} of unknown size" if unknown and known else ""
    files = f"{len(artifacts):,} file{'' if len(artifacts) == 1 else 's'}"
    return f"Save {files}, {size}{more}, below which folder? enter saves, esc leaves it."


def nothing_left(run: Run, state: SourceState, keys: KeyMap, *, is_online: bool) -> list[Line]:
    """Why the tree is empty."""
    if state.problem is not None:
        sentence = [say(line) for line in safe_lines(state.problem.sentence)[:4]]
        return [strong("The outputs could not be read"), NO_LINE, *sentence, NO_LINE,
                *key_lines(keys, ("refresh", plain("try again")))]  # fmt: skip
    if not is_online and state.last_ok is None:
        return [strong("Never seen here"), muted("Started offline: the outputs were not listed before.")]
    if state.last_ok is None or state.is_reading:
        return [muted("Asking for the outputs…")]
    if run.ended is None:
        return [strong("No files yet"), muted("They appear as the run writes to ./outputs and ./logs.")]
    return [strong("No files"), muted("The run left nothing.")]


def preview_note(preview: Preview, age: Safe) -> Line:
    """What stands at the right of a file's title: its size, what is left out, its age."""
    note = say(safe(preview.note or ""), "muted") if preview.note and preview.kind != "none" else NO_LINE
    return spaced([note, say(fmt.size(preview.size), "muted"), say(age, "muted")])


def no_look(state: SourceState, *, is_online: bool) -> list[Line]:
    """Why a file is not shown."""
    if state.problem is not None:
        return [say(safe(state.problem.sentence, 400), "warn")]
    return [muted("Looking at it…" if is_online else "It was not looked at before.")]


def code_lines(run: Run, keys: KeyMap) -> list[Line]:
    """The code the run was started with, as far as Azure tells: snapshot and commit. Its files are not read."""
    facts = (
        ("snapshot", run.snapshot), ("repository", run.git_repo), ("branch", run.git_branch),
        ("commit", run.git_commit),
        ("dirty", None if run.is_git_dirty is None else "yes, it had changes" if run.is_git_dirty else "no"),
    )  # fmt: skip
    lines: list[Line] = [
        (Span(Safe(f"{label:<12}"), "muted"), Span(safe(value, 200), "text")) for label, value in facts if value
    ]
    if not lines:
        return [muted("Azure says nothing about the code of this run."), NO_LINE]
    why = keys.said("The files of a snapshot have no public way to be read: {studio} opens them in the studio.")
    return [*lines, NO_LINE, muted(why)]
