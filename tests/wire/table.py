"""The table of the replay: each recorded answer, its reader and what came of it."""

from __future__ import annotations

from typing import Any

from tests.wire.recordings import ALL, FOLDER


def pytest_terminal_summary(terminalreporter: Any) -> None:
    rows: list[tuple[str, str, str]] = []
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            told = dict(getattr(report, "user_properties", ()))
            if "recording" in told and getattr(report, "when", "") == "call":
                rows.append((told["recording"], told["reader"], told.get("outcome", "FAILED")))
    if not ALL:
        terminalreporter.write_sep("!", f"no recorded answers in {FOLDER}: nothing was replayed")
    elif rows:
        terminalreporter.write_sep("=", f"{len(rows)} of {len(ALL)} recorded answers")
        width = max(len(name) for name, _, _ in rows)
        for name, reader, outcome in sorted(rows):
            terminalreporter.write_line(f"{name:<{width}}  {reader:<14}  {outcome}")
