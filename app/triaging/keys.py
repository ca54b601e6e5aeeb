"""The keys of a triage: what each does there, for the panel, the footer and the help."""

from __future__ import annotations

from typing import NamedTuple

from textual.binding import Binding

from widgets.safe import Safe, plain


class TriageKey(NamedTuple):
    """One thing to do there. `bound` are Textual's keys with their actions; none are the panel's own."""

    name: str
    shown: Safe
    word: Safe
    """For the footer."""
    about: Safe
    """For the help."""
    bound: tuple[tuple[str, str], ...] = ()
    writes: bool = False
    """Not in a bundle, which is only read."""

    @property
    def is_action(self) -> bool:
        """Whether the help can do it: what moves needs its key."""
        return len(self.bound) == 1


KEYS = (
    TriageKey("cursor", plain("← →"), plain("cursor"), plain("One cursor through charts, changes and logs"),
              (("left", "cursor(-1)"), ("right", "cursor(1)"))),
    TriageKey("window", plain("t"), plain("window"), plain("An hour, three hours, half an hour"), (("t", "window"),)),
    TriageKey("step", plain("n"), plain("next step"), plain("The exact command of the next step, to copy too"),
              (("n", "step"),)),
    TriageKey("logs", plain("l"), plain("container log"), plain("What its containers write, followed"),
              (("l", "logs"),)),
    TriageKey("compare", plain("="), plain("compare"), plain("The failing deployment beside the others"),
              (("equals_sign", "compare"),)),
    TriageKey("requests", plain("R"), plain("requests"), plain("Scoring requests, one by one"), (("R", "requests"),)),
    TriageKey("travel", plain("T"), plain("time"), plain("How it stood at another time"), (("T", "travel"),)),
    TriageKey("note", plain("N"), plain("note"), plain("Write a note on the endpoint"), (("N", "note"),),
              writes=True),
    TriageKey("bundle", plain("x"), plain("bundle"), plain("Write all of it to a file"), (("x", "bundle"),),
              writes=True),
    TriageKey("scroll", plain("j k"), plain("scroll"), plain("Scroll")),
)  # fmt: skip


def bindings() -> list[Binding]:
    """The bindings of the panel."""
    return [
        Binding(key, action, str(one.word), show=False, id=f"triage.{key if len(one.bound) > 1 else one.name}")
        for one in KEYS
        for key, action in one.bound
    ]
