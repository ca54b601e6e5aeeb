"""A planned change, or several, as the confirmation shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.panes.endpoints import tone_of
from services.change import Change, rest_text
from widgets.confirm import Difference, Proposal, Remark, escaped, looks_like_itself
from widgets.safe import Safe, plain, safe

LONGEST = 20_000
"""Characters of a command that are shown and copied: a document may be long, and nothing of it may be hidden."""

_NOUNS = {"onlineendpoints": plain("endpoint"), "deployments": plain("deployment"), "computes": plain("compute"),
          "jobs": plain("run"), "workspaces": plain("workspace")}  # fmt: skip


def noun_of(change: Change) -> Safe:
    """What people call the thing whose name has to be typed: `endpoint`; the kind of the target where none fits."""
    parts = change.target.rstrip("/").split("/")
    kinds = dict(zip(parts[1:], parts, strict=False))
    return _NOUNS.get(kinds.get(change.typed, parts[-2] if len(parts) > 1 else "").lower(), plain("target"))


def proposal_of(changes: Sequence[Change], noun: str, left_out: Sequence[str] = ()) -> Proposal:
    """What is proposed: the whole difference of one change, or the list of several. There is at least one."""
    skipped = tuple(Remark(plain("left out"), safe(text), is_warning=True) for text in left_out)
    if len(changes) == 1:
        return _one(changes[0], skipped)
    remarks = dict.fromkeys(remark for change in changes for remark in _remarks(change))
    undos = {change.undo for change in changes}
    return Proposal(
        Safe(f"{len(changes)} {safe(noun)}"),
        tuple(difference for change in changes for difference in _listed(change)),
        (*remarks, *skipped),
        safe(next(iter(undos))) if len(undos) == 1 and "" not in undos else None,
        (
            safe(changes[0].az or rest_text(changes[0]), LONGEST),
            Safe(f"and {len(changes) - 1} more; y copies them all"),
        ),
    )


def _one(change: Change, skipped: tuple[Remark, ...]) -> Proposal:
    return Proposal(
        safe(change.name),
        tuple(
            Difference(safe(row.label), safe(row.now), safe(row.after), row.share,
                       tone_of(row.label, position) if row.share is not None else "text")
            for position, row in enumerate(change.rows)
        ),
        (*_remarks(change), *skipped),
        safe(change.undo) if change.undo else None,
        (safe(change.az or rest_text(change), LONGEST),),
        None if is_plainly_named(change) else escaped(change.target),
    )  # fmt: skip


def is_plainly_named(change: Change) -> bool:
    """Whether the name reads only one way and is the one Azure has: then the id says nothing more."""
    return looks_like_itself(change.name) and change.target.rstrip("/").rpartition("/")[2] == change.name


def _remarks(change: Change) -> tuple[Remark, ...]:
    return tuple(Remark(safe(note.label), safe(note.text), note.is_warning) for note in change.notes)


def _listed(change: Change) -> Iterator[Difference]:
    """One of several: its name, and what becomes of it; of each of its things, where more than one changes."""
    name = safe(change.name) if looks_like_itself(change.name) else escaped(change.target)
    if not change.rows:
        yield Difference(name, plain("–"), safe(change.what))
    for row in change.rows:
        label = name if len(change.rows) == 1 else Safe(f"{name}  {safe(row.label)}")
        yield Difference(label, safe(row.now), safe(row.after))


def az_text(changes: Sequence[Change]) -> Safe:
    """The `az` commands, a line each; empty when one of them has none."""
    texts = [change.az for change in changes]
    return Safe("\n".join(safe(text, LONGEST) for text in texts)) if all(texts) else plain("")


def rest_texts(changes: Sequence[Change]) -> Safe:
    """The `az rest` commands, a line each."""
    return Safe("\n".join(safe(rest_text(change), LONGEST) for change in changes))
