"""What can be done about waste: the verbs of the panes the things are in, each where a finding names it.

The finding says what is to be answered; a verb that amldeck does not have yet is not offered, and its `az` command
stands in the detail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.panes.compute_verbs import COMPUTE_VERBS
from app.panes.endpoint_verbs import DEPLOYMENT_VERBS
from app.panes.run_verbs import RUN_VERBS
from services.waste_finding import Finding
from widgets.pane import Question, Verb

SAVES = ("stop", "idle-shutdown", "resize", "delete-compute", "scale", "delete-deployment", "cancel")  # fmt: skip
"""The verbs findings name, in the order they are offered."""


def _verb(known: Verb[Any]) -> Verb[Finding]:
    questions = tuple(_question(question) for question in known.questions)
    return Verb(known.name, known.title, known.word, _target, _why_not(known.name), questions, known.about)


def _target(one: Finding) -> str:
    return one.target


def _why_not(name: str) -> Callable[[Finding], str | None]:
    def why_not(one: Finding) -> str | None:
        return None if one.verb == name else f"What would save it is: {one.save}."

    return why_not


def _question(known: Question[Any]) -> Question[Finding]:
    """The question with the finding's answer in it. What is wrong with another one is said when it is planned."""

    def start(one: Finding) -> str:
        return one.answers.get(known.name) or ""

    return Question(known.name, known.label, start, lambda one, text: None, hint=known.hint)


_KNOWN: dict[str, Verb[Any]] = {
    verb.name: verb for verbs in (COMPUTE_VERBS, DEPLOYMENT_VERBS, RUN_VERBS) for verb in verbs
}
WASTE_VERBS: tuple[Verb[Finding], ...] = tuple(_verb(_KNOWN[name]) for name in SAVES if name in _KNOWN)
