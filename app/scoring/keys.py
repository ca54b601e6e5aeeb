"""The keys of the scoring requests, for the footer and the help."""

from __future__ import annotations

from widgets.safe import Safe, plain

REQUEST_WORDS: tuple[tuple[Safe, Safe], ...] = (
    (plain("enter"), plain("one request")), (plain("/"), plain("filter")), (plain("#"), plain("group")),
    (plain("t"), plain("window")), (plain("f"), plain("follow")), (plain("!"), plain("failed only")),
    (plain("< >"), plain("sort")), (plain("I"), plain("reverse")),
)  # fmt: skip
