"""The keys of the bill: what each does there, for the panel, the footer and the help."""

from __future__ import annotations

from typing import NamedTuple

from textual.binding import Binding

from widgets.safe import Safe, plain


class BillKey(NamedTuple):
    """One thing to do there."""

    name: str
    shown: Safe
    word: Safe
    about: Safe
    keys: tuple[tuple[str, str], ...] = ()
    """Textual's keys with their actions; none are the panel's own."""


KEYS = (
    BillKey("cut", plain("s"), plain("split by"),
            plain("By resource, meter, service, group, endpoint, deployment, compute, tag (eight at most)"),
            (("s", "cut(1)"), ("S", "cut(-1)"))),
    BillKey("days", plain("t"), plain("period"), plain("30 days, 14 days, two months"), (("t", "days"),)),
    BillKey("kind", plain("A"), plain("actual/amortised"), plain("As billed, or reservations spread over their days"),
            (("A", "kind"),)),
    BillKey("scroll", plain("j k"), plain("scroll"), plain("Scroll")),
)  # fmt: skip


def bindings() -> list[Binding]:
    """The bindings of the view."""
    return [
        Binding(key, action, str(one.word), show=False, id=f"bill.{one.name}.{key}")
        for one in KEYS
        for key, action in one.keys
    ]
