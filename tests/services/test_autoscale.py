"""Autoscale settings are matched to their deployments, and those that contradict themselves are said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from app.derived.deployments import deployment_rows
from app.derived.scalings import last_scalings
from services.activity import list_activity
from services.autoscale import Autoscale, list_autoscale
from services.autoscale_attention import of_autoscale
from services.autoscale_lint import problems_of
from services.autoscale_rules import Bounds, Rule, rule_text
from services.connection import Connection
from services.deployments import Deployment
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World
from services.records import WorkspaceRef
from tests.services.answering import Azure, as_json
from tests.services.emulated import Emulated

REF = WorkspaceRef("sub", "group", "ml")
UP = Rule(metric="Cpu", operator="GreaterThan", threshold=70, direction="Increase", change=1, cooldown=300)
DOWN = Rule(metric="Cpu", operator="LessThan", threshold=30, direction="Decrease", change=1)
FINE = Bounds(1, 5, 2)


def rule(of: Rule, **changed: Any) -> Rule:
    return Rule(**{**{name: getattr(of, name) for name in of.__struct_fields__}, **changed})


@pytest.mark.parametrize(
    ("bounds", "rules", "said"),
    [
        (FINE, (UP, DOWN), ""),
        (Bounds(2, 5, None), (), ""),
        (FINE, (UP, rule(DOWN, direction="Increase")), "a rule to scale in says Increase"),
        (FINE, (UP, DOWN, rule(UP, direction="Decrease")), "while there is more to do"),
        (FINE, (UP,), "no rule takes instances away"),
        (FINE, (DOWN,), "no rule adds instances"),
        (Bounds(5, 2, 3), (UP, DOWN), "the minimum 5 is above the maximum 2"),
        (Bounds(2, 5, 9), (UP, DOWN), "the default 9 is outside of 2 to 5"),
        (FINE, (UP, rule(DOWN, threshold=80)), "it flaps"),
        (FINE, (UP, rule(DOWN, threshold=80, metric="Memory")), ""),
        (FINE, (rule(UP, kind="ExactCount", change=4),), ""),
    ],
)
def test_what_contradicts_itself_is_said_and_what_does_not_is_not(
    bounds: Bounds, rules: tuple[Rule, ...], said: str
) -> None:
    found = problems_of(bounds, rules)
    assert (said in "; ".join(found)) if said else found == ()


def test_a_rule_reads_as_a_sentence() -> None:
    assert rule_text(UP) == "Cpu above 70: adds 1, then rests 300 s"
    assert rule_text(Rule()) == "a metric at an unknown threshold: changes some"


def test_settings_of_the_group_are_matched_by_what_they_are_for_in_one_call() -> None:
    world = World(seed=7, runs=10)
    connection = Connection(FakeCredential(), transport=in_process(world))
    settings = {one.id: one for page in list_autoscale(connection, world.workspaces["ml-prod"]) for one in page.records}
    assert connection.calls.requests == 1
    assert set(settings) == {"geo-rank/main", "embed/blue", "churn/blue"}
    good, slip = settings["geo-rank/main"], settings["embed/blue"]
    assert (good.minimum, good.maximum, good.default, good.is_on, good.problems) == (2, 6, 3, True, ())
    assert [(one.adds, one.threshold, one.cooldown) for one in good.rules] == [(True, 70, 300), (False, 30, 300)]
    assert len(slip.problems) == 1
    (found,) = of_autoscale(settings.values())
    assert (found.what, found.query) == ("autoscale of embed/blue contradicts itself", 'id="embed/blue"')


def test_ids_match_in_any_case_and_the_profile_without_a_schedule_is_the_usual_one() -> None:
    weekend = {"name": "weekend", "capacity": {"minimum": "0", "maximum": "1", "default": "1"}, "recurrence": {"x": 1}}
    usual = {"name": "usual", "capacity": {"minimum": "2", "maximum": "4", "default": "2"}, "rules": None}
    target = f"{REF.id.upper()}/onlineEndpoints/Score/deployments/Blue"
    other = f"{REF.id}-two/onlineEndpoints/Score/deployments/Blue"
    azure = Azure(
        lambda _: as_json(
            {"value": [
                {"name": name, "properties": {"targetResourceUri": uri, "profiles": [weekend, usual]}}
                for name, uri in (("a", target), ("b", other), ("c", None))
            ]}
        )
    )  # fmt: skip
    (page,) = list_autoscale(azure.connection, REF)
    assert page.set_aside == ()
    (one,) = page.records
    assert isinstance(one, Autoscale)
    assert (one.id, one.minimum, one.maximum, one.schedules) == ("Score/Blue", 2, 4, ("weekend",))


def test_the_last_scale_action_of_a_deployment_is_told_by_the_activity_log() -> None:
    azure = Emulated(runs=20)
    events = [
        event for page in list_activity(azure.connection, azure.ref, since=azure.at - timedelta(days=2))
        for event in page.records
    ]  # fmt: skip
    (key, last), *others = last_scalings(events).items()
    assert (key, others) == ("geo-rank/main", [])
    assert (last.at.hour, last.before, last.after, last.is_failed) == (3, 2, 3, False)
    own = next(one for one in events if one.at == last.at and "Scaleup" in (one.operation or ""))
    assert (own.category, own.caller) == ("Autoscale", "Microsoft.Insights/autoscaleSettings")
    failed = msgspec.structs.replace(own, status="Failed", at=own.at + timedelta(hours=1))
    foreign = msgspec.structs.replace(failed, description="scaled from 1 to 2", at=own.at + timedelta(hours=2))
    row = next(deployment_rows([Deployment(id="geo-rank/main", endpoint="geo-rank", name="main")], [], [],
                               [own, foreign, failed], are_settings_known=True))  # fmt: skip
    assert (row.last_scaled, row.last_scale) == (failed.at, "2 to 3, which failed")
