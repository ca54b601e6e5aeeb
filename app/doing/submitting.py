"""`:submit FILE.yml`: a job's YAML is checked, its problems shown by line, else the job is confirmed and submitted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.doing import planning, taking
from app.panes.runs import RUNS
from app.screens.sheet import Sheet
from app.submitting import CannotRead, counted, problem_lines, read_job
from cache.errors import CacheError
from services.errors import ServiceError
from services.job_problems import Problem
from services.submit import answers_of
from widgets.safe import Safe, plain

if TYPE_CHECKING:
    from app.deck import Deck


def submit(deck: Deck, place: Safe) -> None:
    """Check the file on a worker, which esc leaves; then show what is wrong with it, or what would be submitted."""
    actor = deck.desk.actor
    name = Safe(place.replace("\\", "/").rpartition("/")[2])
    found: list[tuple[Problem, ...]] = []
    read: list[str] = []

    def work(is_wanted: Callable[[], bool]) -> planning.Planned:
        try:
            read.append(read_job(place))
            checked = actor.check_job(read[0], lambda: not is_wanted())
            found.append(checked.problems)
            if checked.put is not None:
                change = actor.plan("submit", f"/jobs/{checked.put.name}", answers_of(checked.put, str(name)))
                return planning.Planned((change,), ())
        except (CannotRead, ServiceError, CacheError) as error:
            return planning.Planned((), (str(error),))
        return planning.Planned((), ("The file is no job Azure takes.",))

    def refuse(deck: Deck, name: Safe, reasons: Sequence[str]) -> None:
        if found and found[0]:
            sheet = Sheet(Safe(f"{counted(found[0])} in {name}; nothing is sent"), problem_lines(found[0], read[0]))
            deck.push_screen(sheet, lambda text: taking.copy_all(deck, text, plain("the problems")))
        else:
            planning.refuse(deck, name, reasons)

    wording = planning.Wording(Safe(f"Submit {name}"), plain("submit"), "runs", RUNS.sources)
    planning.while_reading(
        deck, name, work, lambda planned: planning.confirm(deck, planned, wording), again=Safe(f":submit {place}"),
        refuse_so=refuse,
    )  # fmt: skip
