"""The words around a log: its place in the list of a run's logs, what is not here, and why there is none."""

from __future__ import annotations

from collections.abc import Sequence

from app.cards import key_lines, muted, strong
from app.kept_logs import KeptLog
from app.key_map import KeyMap
from app.source_state import SourceState
from services.run import Run
from services.run_logs import RunLog
from widgets import format as fmt
from widgets.footer import Hint
from widgets.lines import NO_LINE, clip_line, fit_line, say, spaced
from widgets.pane import Line
from widgets.safe import Safe, plain, safe, safe_lines

SIZE = 8


def list_line(log: RunLog, width: int, *, is_first: bool) -> Line:
    """One log of the list: its name and its size; why it comes first, where there is room."""
    size = fit_line(say(fmt.size(log.size), "muted"), SIZE, is_right=True)
    tone = "muted" if log.size == 0 else "text"
    why = say(safe(log.reason or ""), "muted") if is_first and log.reason else NO_LINE
    room = width - SIZE - 2
    wanted = 44 if why and room > 80 else room
    name = fit_line(say(safe(log.name), tone), max(8, min(room, wanted)), in_middle=True)
    return clip_line((*spaced([name, size]), *((*say(plain("  ")), *why) if why and room > 80 else ())), width)


def note(kept: KeptLog | None, whole: KeptLog | None, state: SourceState, whole_state: SourceState, age: Safe) -> Line:
    """What stands at the right of a log's title: what is missing, how far fetching it is, and its age."""
    parts: list[Line] = []
    if kept is not None and kept.is_full:
        parts.append(say(Safe(f"{fmt.size(kept.size - kept.read_to)} after this are not kept"), "warn"))
    if kept is not None and kept.begins:
        if whole_state.is_reading and whole is not None and whole.size:
            parts.append(say(Safe(f"fetching {100 * whole.read_to // whole.size} % of {fmt.size(whole.size)}"), "run"))
        else:
            parts.append(say(Safe(f"{fmt.size(kept.begins)} before this are not here, 1 fetches them"), "warn"))
    if state.problem is not None:
        parts.append(say(safe(state.problem.kind), "warn"))
    parts.append(say(age, "muted"))
    return spaced(parts)


def nothing_said(
    run: Run, state: SourceState, log: RunLog | None, look_word: str, keys: KeyMap, *, is_online: bool
) -> Sequence[Line]:
    """Why there is no log to show, as lines for its place."""
    if state.problem is not None:
        lines: list[Line] = [strong("The logs could not be read" if log is None else "This log could not be read")]
        lines += [NO_LINE, *(say(line) for line in safe_lines(state.problem.sentence)[:4]), NO_LINE]
        return [*lines, *key_lines(keys, ("refresh", plain("try again")))]
    if log is not None and log.size == 0:
        return [strong("This log is empty"), muted("Nothing was written to it so far." if run.ended is None else "")]
    if not is_online:
        return [strong("Never seen here"), muted("Started offline: a log that was not looked at before is not here.")]
    if state.last_ok is None or state.is_reading or log is not None:
        return [muted("Reading the log…" if log is not None else "Asking for the logs…")]
    if run.started is None and run.ended is None:
        return [strong("No logs yet"), muted(f"The run is {look_word}: its first log appears when a node prepares it.")]
    return [strong("No logs"), muted("Azure keeps none for this run.")]


def listing(logs: Sequence[RunLog], chosen: str | None, width: int) -> tuple[Line, Line, list[Line], int]:
    """The list of a run's logs: its title, what stands at the right of it, a line for each, and which is open."""
    lines = [list_line(log, width - 2, is_first=not at) for at, log in enumerate(logs)]
    names = [log.name for log in logs]
    why = f"  first: {logs[0].reason}" if logs and logs[0].reason else ""
    title: Line = (*say(plain("Logs"), "strong", bold=True), *say(safe(why), "muted"))
    right = say(Safe(f"{len(names)} log{'' if len(names) == 1 else 's'}"), "muted") if names else NO_LINE
    return title, right, lines, names.index(chosen) if chosen in names else -1


def processes(logs: Sequence[RunLog]) -> list[RunLog]:
    """The logs that processes of the run write each for itself, in their order."""
    return sorted((log for log in logs if log.process is not None), key=lambda log: log.process or 0)


LOG_WORDS = (
    (plain("/"), plain("search")), (plain("n N"), plain("next")), (plain("&"), plain("matches only")),
    (plain("T"), plain("traceback")), (plain("!"), plain("problems")), (plain("s"), plain("follow")),
    (plain("0-6"), plain("tail, head, since")), (plain("< >"), plain("other log")),
    (plain("w t f m C"), plain("wrap, times, full, mark, clear")), (plain("ctrl+s"), plain("save")),
)  # fmt: skip


def log_hints(*, has_several: bool) -> list[Hint]:
    """The keys of a log for the footer, the most wanted first."""
    hints = [Hint(key, word) for key, word in LOG_WORDS]
    return [hints[0], Hint(plain("M"), plain("all nodes")), *hints[1:]] if has_several else hints
