"""The words around scoring requests: what is looked at, what is not all, why there is none, and one request whole."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from app.cards import key_lines, muted, strong
from app.key_map import KeyMap
from app.scoring.rows import RequestAnswer
from app.source_state import SourceState
from services.log_facts import LoggedRow
from services.triage_facts import SourceOn
from widgets import format as fmt
from widgets.lines import NO_LINE, blank, fit_line, say, spaced, titled, wrap_line
from widgets.pane import Line, Look, Tone
from widgets.safe import Safe, plain, safe, safe_lines

SLACK = timedelta(minutes=1)
"""What may be missing at the beginning of a window without a word: it moves on while it is looked at."""
_GROUPED = plain("of all requests of this time, as Application Insights counts them; the filter is for single ones")
_SOURCES: dict[str, Tone] = {"exception": "err", "trace": "muted", "request": "accent", "traffic": "accent"}


def window_words(window: timedelta) -> Safe:
    """`last 3 hours`."""
    minutes = int(window.total_seconds()) // 60
    if minutes % 60:
        return Safe(f"last {minutes} minutes")
    return plain("last hour") if minutes == 60 else Safe(f"last {minutes // 60} hours")


def headline(
    window: timedelta, by: str | None, answer: RequestAnswer | None, state: SourceState, look: Look, *,
    is_following: bool, is_off: bool = False,
) -> Line:  # fmt: skip
    """What is looked at, and what of it is not all."""
    parts: list[Line] = [say(window_words(window), "strong", bold=True)]
    if by is not None:
        parts += [say(Safe(f"by {by}"), "accent"), say(_GROUPED, "muted")]
    elif is_following:
        parts.append(say(plain("following"), "accent"))
    if answer is not None and by is None and answer.since > answer.at - window + SLACK:
        some = f"all since {fmt.clock(answer.since, look)}, of before only some"
        parts.append(say(Safe(some), "warn"))
    if is_off:
        parts.append(say(plain("Application Insights is off"), "warn"))
    if answer is not None and answer.said:
        parts.append(say(safe(answer.said, 300), "warn"))
    if state.problem is not None:
        parts.append(say(safe(state.problem.kind), "warn"))
    return spaced(parts, 3)


def nothing_lines(
    standing: SourceOn | None, answer: RequestAnswer | None, state: SourceState, keys: KeyMap, *, is_filtered: bool,
    is_online: bool, width: int,
) -> list[Line]:  # fmt: skip
    """Why there is no request to show; the first that is true."""
    said = _why(standing, answer, state, keys, is_filtered=is_filtered, is_online=is_online)
    return [row for line in said for row in (wrap_line(line, width) if line else [line])]


def _why(
    standing: SourceOn | None, answer: RequestAnswer | None, state: SourceState, keys: KeyMap, *, is_filtered: bool,
    is_online: bool,
) -> list[Line]:  # fmt: skip
    if is_filtered:
        return [muted("No request of this time matches.")]
    if standing is not None and standing.is_on is False:
        command = [NO_LINE, say(safe(standing.switch_on, 600), "accent")] if standing.switch_on else []
        return [strong("Application Insights is off"), say(safe(standing.said or "", 300)), *command, NO_LINE,
                muted("It takes effect with the next request. Logs of containers and the triage do without it."),
                NO_LINE, *key_lines(keys, ("refresh", plain("ask all the same")))]  # fmt: skip
    if state.problem is not None:
        said = [say(line) for line in safe_lines(state.problem.sentence)[:4]]
        return [strong("Scoring requests could not be read"), *said, NO_LINE,
                *key_lines(keys, ("refresh", plain("try again")))]  # fmt: skip
    if not is_online:
        return [muted("Started offline: requests that were not read before are not here.")]
    if answer is None:
        return [muted("Asking Application Insights…")]
    late = "Application Insights shows a request minutes after it was answered, and may keep only a sample."
    return [strong("No request of this time is there"), muted(late)]


def told_of(answer: RequestAnswer | None) -> list[LoggedRow]:
    """What tables tell of one request; nothing of another version's answer."""
    try:
        return msgspec.json.decode(answer.body, type=list[LoggedRow]) if answer is not None else []
    except msgspec.MsgspecError:
        return []


def one_lines(request: str, answer: RequestAnswer | None, state: SourceState, look: Look, width: int) -> list[Line]:
    """One request through all tables, oldest first."""
    age = fmt.age(answer.at, look.now) if answer is not None else plain("")
    head = spaced([say(plain("Request"), "strong", bold=True), say(safe(request, 80), "accent")])
    lines = [titled(head, say(age, "muted"), width)]
    rows = told_of(answer)
    for row in rows:
        lines += _row_lines(row, look, width)
    if not rows and state.problem is None:
        lines.append(muted("Asking every table about it…" if answer is None or state.is_reading
                           else "No table tells of it: the traffic and console logs take a diagnostic setting, and a "
                           "container's lines are found where the code logs the id."))  # fmt: skip
    said = answer.said if answer is not None else None
    problem = state.problem.sentence if state.problem is not None else said
    return lines + [row for line in safe_lines(problem or "")[:4] for row in wrap_line(say(line, "warn"), width)]


def _row_lines(row: LoggedRow, look: Look, width: int) -> list[Line]:
    at = fmt.moment(row.at, look).rpartition(" ")[2]
    first = spaced([
        fit_line(say(Safe(at), "muted"), 9), fit_line(say(safe(row.source, 12), _SOURCES.get(row.source, "text")), 10),
        fit_line(say(safe(row.deployment.rpartition("/")[2], 20), "muted"), 12),
    ])  # fmt: skip
    text = safe_lines(row.text)[:40] or [plain("–")]
    below = [wrapped for line in text for wrapped in wrap_line(say(line), max(20, width - 36))]
    return [(*(first if not number else (blank(35),)), blank(1), *line) for number, line in enumerate(below)]
