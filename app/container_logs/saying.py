"""The words around the log of a container: the list of containers, how it was put together, and why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.cards import key_lines, muted, strong
from app.container_logs.kept import ContainerLog, Where
from app.key_map import KeyMap
from app.permits import Permit, request
from app.source_state import SourceState
from services.container_logs import ACTION
from widgets import format as fmt
from widgets.lines import NO_LINE, clip_line, fit_line, say, spaced, wrap_line
from widgets.pane import Line, Look
from widgets.safe import Safe, plain, safe, safe_lines

SHARE = 6
MOST_AROUND = 14
"""Lines of what stands around a log that are shown under the list."""


def listing(
    wheres: Sequence[Where], chosen: Where | None, traffic: Mapping[str, float] | None, log: ContainerLog | None,
    width: int,
) -> tuple[Line, Line, list[Line], int]:  # fmt: skip
    """The list of containers: its title, what stands at its right, a line for each, and which is open."""
    lines = [_list_line(one, traffic, width - 2) for one in wheres]
    title = say(plain("Containers"), "strong", bold=True)
    right = say(plain("one instance, chosen by Azure"), "muted")
    around = [clip_line(line, width - 2) for line in around_lines(log)] if log is not None else []
    return title, right, [*lines, *around], wheres.index(chosen) if chosen in wheres else -1


def _list_line(one: Where, traffic: Mapping[str, float] | None, width: int) -> Line:
    share = (traffic or {}).get(one.deployment)
    said = say(Safe(f"{share:g} %") if share is not None else fmt.DASH[0].text, "muted")
    name = (*say(safe(one.deployment, 40)), *say(Safe(f"  {one.container}"), "muted"))
    return spaced([fit_line(name, max(8, width - SHARE - 2), in_middle=True), fit_line(said, SHARE, is_right=True)])


def around_lines(log: ContainerLog) -> list[Line]:
    """How far the instance came and what happened to its container, as getLogs says beside the log."""
    parts = (("Instance", log.status), ("Events", log.events))
    lines: list[Line] = []
    for title, said in parts:
        if said:
            lines += [NO_LINE, say(Safe(title), "strong", bold=True), *(_around_line(one) for one in said)]
    return lines[:MOST_AROUND]


def _around_line(text: str) -> Line:
    is_bad = "Failed" in text or "Type: Warning" in text
    return say(safe(text, 400), "warn" if is_bad else "muted")


def note(log: ContainerLog | None, permit: Permit | None, state: SourceState, age: Safe, look: Look) -> Line:
    """What stands at the right of a log's title: how the answers were joined, what is missing, its age."""
    parts: list[Line] = []
    if log is not None and log.gaps:
        at = f", last {fmt.clock(log.gap_at, look)}" if log.gap_at is not None else ""
        count = "a gap" if log.gaps == 1 else f"{log.gaps} gaps"
        parts.append(say(Safe(f"{count} of unknown length{at}"), "warn"))
    if log is not None and log.shared:
        known = "line" if log.shared == 1 else "lines"
        parts.append(say(Safe(f"joined by overlap, {log.shared} {known}"), "muted"))
    if permit is not None and permit.answer == "denied":
        parts.append(say(plain("not allowed to read on"), "warn"))
    elif state.problem is not None:
        parts.append(say(safe(state.problem.kind), "warn"))
    parts.append(say(age, "muted"))
    return spaced(parts)


def denied_lines(permit: Permit, who: str | None, where: str, keys: KeyMap, width: int) -> list[Line]:
    """Why Azure is not even asked: the right that is missing, who has it, and what to send to whom grants it."""
    role = permit.role or "AzureML Data Scientist"
    known = "Azure refused it lately." if permit.was_refused else "Your roles, as Azure lists them, do not have it."
    said: list[Line] = [
        strong("You may not read the logs of containers"), muted(f"It takes the action {ACTION}."),
        muted(f"{known} Reader never has it, since it is an action and no read; {safe(role)} does."),
        muted("What containers write is in Log Analytics too, where Reader may ask: the triage shows it."), NO_LINE,
        say(safe(request(who, [ACTION], where, "Read container logs"), 600)), NO_LINE,
        *key_lines(keys, ("refresh", plain("ask Azure all the same")), ("escape", plain("back"))),
    ]  # fmt: skip
    return [row for line in said for row in (wrap_line(line, width) if line else [line])]


def nothing_lines(log: ContainerLog | None, state: SourceState, keys: KeyMap, *, is_online: bool) -> list[Line]:
    """Why there is no line to show."""
    if state.problem is not None:
        said = [say(line) for line in safe_lines(state.problem.sentence)[:4]]
        return [strong("This log could not be read"), NO_LINE, *said, NO_LINE,
                *key_lines(keys, ("refresh", plain("try again")))]  # fmt: skip
    if log is not None:
        never = [muted("The container never wrote anything: it may not have started.")]
        if log.container == "inference-server":
            never.append(muted("> shows what the storage-initializer did before it."))
        return [strong("This log is empty"), *never, *around_lines(log)]
    if not is_online:
        return [strong("Never seen here"), muted("Started offline: a log that was not looked at before is not here.")]
    return [muted("Asking for the end of the log…")]
