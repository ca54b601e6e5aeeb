"""What `a` offers: greyed with the reason, for one row or for many, and what the account's roles say about it."""

from typing import Any

import pytest

from app.offering import Errand, Right, command_choices, questions_of, right_of, verb_choices
from app.panes import PANES
from app.panes.endpoints import ENDPOINTS
from app.panes.runs import RUNS
from app.rows import EndpointRow
from services.compute_record import Compute
from services.deployments import Deployment
from services.errors import Refused
from services.records import WorkspaceRef
from services.run import Run
from tests.app.test_commanding import Configured
from widgets.choices import Choice
from widgets.lines import line_text
from widgets.pane import Row, Verb
from widgets.safe import plain

PROD = WorkspaceRef("1111", "rg-ml", "ml-prod")


def errand(*runs: Run) -> Errand:
    return Errand(RUNS, PROD, tuple(Row(run.id, run, None) for run in runs))


def a_run(name: str, status: str = "Running", **more: Any) -> Run:
    return Run(id=name, name=name, status=status, **more)


def offered(found: list[Choice], name: str) -> Choice:
    return next(choice for choice in found if choice.id == f"verb:{name}")


def verb_of(pane: str, name: str) -> Verb[Any]:
    return next(verb for one in PANES if one.name == pane for verb in one.verbs if verb.name == name)


def test_what_the_row_does_not_allow_is_greyed_and_says_why() -> None:
    found = verb_choices(errand(a_run("calm-fox", "Completed")), {})
    assert offered(found, "cancel").why_not == "It has ended already: completed."
    assert line_text(offered(found, "cancel").right) == "not now"
    assert offered(found, "tag").why_not is None


def test_what_the_roles_deny_is_greyed_and_names_the_action_and_a_role() -> None:
    denied = right_of("denied", "Microsoft.X/jobs/cancel/action", "AzureML Data Scientist")
    found = verb_choices(errand(a_run("calm-fox")), {"cancel": denied})
    assert offered(found, "cancel").why_not == (
        "Your roles lack Microsoft.X/jobs/cancel/action. AzureML Data Scientist grants it."
    )
    assert line_text(offered(found, "cancel").right) == "not allowed"


def test_what_nobody_knows_stays_enabled_with_a_note() -> None:
    found = verb_choices(errand(a_run("calm-fox")), {"cancel": right_of("unknown", "Microsoft.X/write", "")})
    assert offered(found, "cancel").why_not is None
    assert offered(found, "cancel").note == "Not known whether you may: Microsoft.X/write."


def test_what_is_allowed_has_no_note_of_its_own() -> None:
    assert right_of("allowed", "Microsoft.X/write", "Owner") == Right()


def test_of_marked_rows_those_that_can_are_counted() -> None:
    found = verb_choices(errand(a_run("calm-fox"), a_run("old-owl", "Failed"), a_run("shy-cat")), {})
    assert line_text(offered(found, "cancel").right) == "2 of 3"
    none = verb_choices(errand(a_run("calm-fox", "Failed"), a_run("old-owl", "Failed")), {})
    assert offered(none, "cancel").why_not == "None of the 2 runs can: It has ended already: failed."


def test_a_question_that_begins_otherwise_for_every_row_is_for_one_row_at_a_time() -> None:
    splits: dict[str, dict[str, float]] = {"one": {"blue": 90, "green": 10}, "two": {"blue": 50, "green": 50}}
    rows = [EndpointRow(id=name, name=name, state="Succeeded", traffic=split) for name, split in splits.items()]
    both = Errand(ENDPOINTS, PROD, tuple(Row(row.id, row, None) for row in rows))
    reason = offered(verb_choices(both, {}), "shift-traffic").why_not
    assert reason is not None
    assert "one row at a time" in reason
    alone = Errand(ENDPOINTS, PROD, both.rows[:1])
    assert offered(verb_choices(alone, {}), "shift-traffic").why_not is None


def test_one_answer_has_to_be_right_for_every_row() -> None:
    asked = questions_of(verb_of("runs", "tag"), errand(a_run("calm-fox"), a_run("old-owl")).rows)
    assert asked[0].start == ""
    assert asked[0].check("team=risk") is None
    assert asked[0].check("=risk") is not None


@pytest.mark.parametrize(
    ("state", "can"),
    [("Running", {"stop", "restart"}), ("Stopped", {"start"}), ("Starting", set[str]()),
     (None, {"start", "stop", "restart"})],
)  # fmt: skip
def test_an_instance_can_what_its_state_allows(state: str | None, can: set[str]) -> None:
    instance = Compute(id="ci", name="ci", kind="ComputeInstance", state=state)
    verbs = next(pane.verbs for pane in PANES if pane.name == "compute")
    assert {verb.name for verb in verbs if verb.why_not(instance) is None} == can | {"idle-shutdown", "delete-compute"}


def test_a_cluster_is_neither_started_nor_stopped() -> None:
    cluster = Compute(id="gpu", name="gpu", kind="AmlCompute", state="Steady")
    verbs = next(pane.verbs for pane in PANES if pane.name == "compute")
    assert {verb.name for verb in verbs if verb.why_not(cluster) is None} == {"resize", "delete-compute"}
    moving = Compute(id="gpu", name="gpu", kind="AmlCompute", provisioning="Updating")
    assert all(verb.why_not(moving) for verb in verbs)


@pytest.mark.parametrize("name", ["../computes/gpu", "x/cancel", "..", ""])
def test_no_name_leads_to_another_resource(name: str) -> None:
    from services.planning import names_of

    with pytest.raises(Refused):
        names_of(verb_of("runs", "cancel").target(a_run(name)), "jobs")
    target = verb_of("deployments", "scale").target(Deployment(id="e/d", endpoint=name, name="blue"))
    with pytest.raises(Refused):
        names_of(target, "onlineEndpoints", "deployments")


def test_every_verb_a_pane_offers_is_one_that_can_be_done() -> None:
    from services.verbs import VERBS

    assert {verb.name for pane in PANES for verb in pane.verbs} <= set(VERBS)


def test_a_command_says_when_its_program_is_missing() -> None:
    commands = [Configured(("tool",), name="mine"), Configured(("other",), name="all", about="Says it")]
    shown = command_choices(commands, {"mine": plain("There is no program 'tool' on the PATH.")})
    assert [(choice.id, choice.why_not) for choice in shown] == [
        ("command:mine", "There is no program 'tool' on the PATH."), ("command:all", None),
    ]  # fmt: skip
    assert shown[1].note == "Says it"
