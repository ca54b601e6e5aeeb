"""For each way in which an endpoint breaks: since when, what did it, what to do; and peace where nothing is wrong."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from services.triage import Triage, glance, judge
from services.triage_facts import Caller, CodeCount, ContainerEvent, Facts, LoggedLine, SourceOn
from tests.services.troubled import (
    BOTH,
    ML,
    NOW,
    ONSET,
    after,
    change,
    facts,
    latency,
    minutes,
    moved_traffic,
    noise,
    requests,
    signal,
    steady,
    usual,
    without_traffic,
    wrote_deployment,
)

BACK = "shift the traffic back: "
TO_GREEN = BACK + "green 100 %"
SHIFT = "traffic blue 10 → 90, green 90 → 10"
GROUP = "/subscriptions/0000/resourceGroups/rg-ml/providers"


def bad_deployment() -> Facts:
    return facts(
        [*requests(BOTH, after(ONSET, c424=0.4)), latency(lambda _: 300.0)],
        wrote_deployment(4, detail="image 41 → 42"),
        change("Microsoft.Authorization/roleAssignments/write", 30, resource=f"{GROUP}/Microsoft.Authorization/z"),
    )


def moved_to_a_bad_one() -> Facts:
    return facts(
        requests(BOTH, after(ONSET, c424=0.4)), wrote_deployment(12),
        moved_traffic(2, detail="blue 10 → 90, green 90 → 10"),
    )  # fmt: skip


def model_errors() -> Facts:
    codes = (
        CodeCount(deployment="blue", code=424, model_code=500, model_reason="ValueError", requests=900, first=ONSET),
        CodeCount(deployment="blue", code=200, requests=9_000),
    )
    secret = change("Microsoft.KeyVault/vaults/secrets/write", 3, resource=f"{GROUP}/Microsoft.KeyVault/vaults/kv")
    return facts(requests(BOTH, after(ONSET, c424=0.2)), secret, codes=codes)


def timeouts() -> Facts:
    return facts(
        [*requests(BOTH, after(ONSET, c408=0.15)), latency(lambda at: 90_000.0 if at >= ONSET else 2_000.0)],
        wrote_deployment(6),
    )


def throttled_after_scale_in() -> Facts:
    return facts(
        [*requests(BOTH, after(ONSET, c429=0.3)), latency(lambda _: 3_000.0, percentile="P50")],
        wrote_deployment(3, detail="instances 6 → 3"),
    )


def throttled_by_load() -> Facts:
    def rate(at: datetime) -> float:
        return steady(at) * (3 if at >= ONSET - timedelta(minutes=1) else 1)

    return facts([*requests(BOTH, after(ONSET, c429=0.3), rate=rate), latency(lambda _: 3_000.0, percentile="P50")])


def crash_loop() -> Facts:
    crashed = ContainerEvent(
        deployment="blue", instance="blue-0", kind="crash loop", count=14, first=ONSET, last=NOW - timedelta(minutes=1)
    )
    return facts(requests(BOTH, after(ONSET, c503=0.8)), wrote_deployment(5), events=(crashed,))


def out_of_memory() -> Facts:
    def memory(at: datetime) -> float:
        return min(99.0, 99 - (ONSET - at).total_seconds() / 60) if at < ONSET else 60.0

    measured = signal("CpuMemoryUtilizationPercentage", memory, minutes(), deployment="blue", part="blue-0")
    return facts([*requests(BOTH, after(ONSET, c502=0.5)), measured], wrote_deployment(50, detail="batch 8 → 64"))


def image_pull() -> Facts:
    pulled = ContainerEvent(deployment="blue", kind="image pull", count=9, first=ONSET, last=NOW)
    registry = change(
        "Microsoft.ContainerRegistry/registries/write",
        8,
        resource=f"{GROUP}/Microsoft.ContainerRegistry/registries/acr",
    )
    return facts(requests(BOTH, after(ONSET, c503=0.6)), registry, events=(pulled,))


def zeroed_traffic() -> Facts:
    known = facts(
        requests(BOTH, lambda _, at: {"404": 1.0} if at >= ONSET else usual(_, at)),
        moved_traffic(0.5, detail="blue 90 → 0, green 10 → 0"),
    )
    return without_traffic(known)


def network_cut() -> Facts:
    cut = change(
        "Microsoft.Network/networkSecurityGroups/securityRules/write", 1,
        resource=f"{GROUP}/Microsoft.Network/networkSecurityGroups/nsg",
    )  # fmt: skip
    return facts(requests(BOTH, usual, rate=lambda at: steady(at) if at < ONSET else None), cut)


def key_regenerated() -> Facts:
    rolled = change(f"{ML}/onlineEndpoints/regenerateKeys/action", 2)
    return facts(requests(BOTH, after(ONSET, c401=0.7)), rolled, wrote_deployment(25))


def slower() -> Facts:
    return facts(
        [*requests(BOTH, usual), latency(lambda at: 900.0 if at >= ONSET else 300.0)], wrote_deployment(3)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("known", "state", "cause", "suspect", "step"),
    [
        (bad_deployment, "failing", "424", "deployment blue: image 41 → 42", TO_GREEN),
        (moved_to_a_bad_one, "failing", "424", SHIFT, BACK + "blue 10 % and green 90 %"),
        (model_errors, "failing", "424", "key vault kv", TO_GREEN),
        (timeouts, "failing", "408", "deployment blue", TO_GREEN),
        (throttled_after_scale_in, "failing", "429", "blue scaled 6 → 3", "give blue 6 instances again"),
        (throttled_by_load, "failing", "429", "requests rose to", "raise the number of instances"),
        (crash_loop, "failing", "crash loop", "deployment blue", TO_GREEN),
        (out_of_memory, "failing", "oom", "deployment blue: batch 8 → 64", TO_GREEN),
        (image_pull, "failing", "image pull", "container registry acr", TO_GREEN),
        (zeroed_traffic, "failing", "zeroed traffic", "traffic blue 90 → 0", BACK + "blue 90 % and green 10 %"),
        (network_cut, "silent", "silence", "network nsg", "check public network access"),
        (key_regenerated, "refusing", "401", "keys regenerated", "give the callers the key that is valid now"),
        (slower, "slow", "latency", "deployment blue", TO_GREEN),
    ],
)  # fmt: skip
def test_a_failure_is_judged_from_the_first_minute_on_with_its_cause_first_and_the_step_that_helps(
    known: Any, state: str, cause: str, suspect: str, step: str
) -> None:
    told = judge(known())
    assert told.state == state
    assert told.onset is not None
    assert abs(told.onset - ONSET) <= timedelta(minutes=2)
    assert told.cause is not None
    assert told.cause.name == cause
    assert told.suspects[0].what.startswith(suspect), [(one.what, one.score) for one in told.suspects]
    assert told.steps[0].say.startswith(step), [one.say for one in told.steps]
    assert told.steps[0].command is not None
    assert "--workspace-name ml-prod" in told.steps[0].command
    assert {one.reason for one in told.cleared} >= {"it only reads", "it is about another endpoint"}
    assert all(one.at - told.onset <= timedelta(minutes=2) for one in told.suspects)


def test_the_verdict_says_since_when_how_much_against_last_week_and_where_it_comes_from() -> None:
    last_week = minutes(now=NOW - timedelta(days=7))
    known = msgspec.structs.replace(
        bad_deployment(), last_week=(*requests(BOTH, usual, times=last_week), latency(lambda _: 280.0, times=last_week))
    )
    told = judge(known)
    assert told.sentence.startswith("failing since 13:40Z, 22 min · 36.")
    assert "this hour last week) · p95 0.30 s" in told.sentence
    assert "all from blue" in told.sentence
    assert told.verdict.usual_failed is not None
    assert told.verdict.usual_failed < 0.01
    errors, p95, rate, _ = told.charts
    assert errors.ratio is not None
    assert errors.ratio > 50
    assert sum(errors.unusual) == 23
    assert not any(p95.unusual)
    assert (rate.unit, len(rate.values)) == ("/s", 180)
    blue, green = told.deployments
    assert (blue.name, blue.traffic, blue.model) == ("blue", 90.0, "fraud:42")
    assert (blue.failed or 0) > 0.3 > (green.failed or 0)


def test_a_deployment_that_is_new_is_held_against_the_p95_of_the_one_before_it() -> None:
    before, since = minutes()[:-23], minutes()[-23:]
    signals = (
        *requests({"blue": 1.0}, usual, times=before),
        *requests({"green": 1.0}, lambda *_: {"424": 0.6}, times=since),
        latency(lambda _: 300.0, times=before),
        latency(lambda _: 80.0, deployment="green", times=since),
    )
    told = judge(msgspec.structs.replace(bad_deployment(), signals=signals))
    assert (told.verdict.p95, told.verdict.usual_p95) == (0.08, 0.3)


def test_a_deployment_nobody_has_called_since_has_no_rate_and_no_share_of_errors_now() -> None:
    cut = NOW - timedelta(minutes=30)
    signals = requests(BOTH, usual)
    ended = [
        msgspec.structs.replace(
            one, values=tuple(None if at >= cut else value for at, value in zip(one.times, one.values, strict=True))
        )
        if one.deployment == "green"
        else one
        for one in signals
    ]
    blue, green = judge(facts(ended)).deployments
    assert blue.rate is not None
    assert (green.name, green.rate, green.failed) == ("green", None, None)


def test_codes_say_what_they_mean_and_what_helps_by_the_models_own_status() -> None:
    row = next(one for one in judge(model_errors()).codes if one.code == 424)
    assert (row.deployment, row.basis, row.meaning) == (
        "blue",
        "traffic log",
        "score.py raised an error (model status 5xx)",
    )
    assert row.next_step == "read the traceback"
    measured = judge(bad_deployment()).codes[0]
    assert (measured.code, measured.basis, measured.first) == (424, "metrics", ONSET)
    assert (measured.share or 0) > 0.3, "of what was answered since the onset"
    assert (measured.share_of_failures or 0) > 0.95


def test_who_calls_and_what_was_changed_comes_ready_for_the_screen() -> None:
    callers = (
        Caller(agent="checkout/4.2", requests=900, errors=81),
        Caller(agent=None, identity="0000-oid", requests=80, errors=19),
        Caller(requests=3, errors=0),
    )
    told = judge(msgspec.structs.replace(throttled_by_load(), callers=callers, changes=(*noise(), moved_traffic(7))))
    assert [(one.name, one.share) for one in told.callers] == [
        ("checkout/4.2", 0.81), ("0000-oid", 0.19), ("a caller without a name", 0.0)
    ]  # fmt: skip
    assert [(one.word, one.is_its_own) for one in told.marks] == [
        ("endpoint", True), ("deploy", True)
    ]  # fmt: skip
    assert "checkout/4.2 sends 92 % of the requests" in [step.why for step in told.steps]


def test_where_callers_are_throttled_the_room_is_reckoned_and_the_instances_it_takes() -> None:
    (room,) = judge(throttled_after_scale_in()).capacities
    assert (room.allowed, room.seconds) == (24, 3.0)
    assert room.rate is not None
    assert room.needed == -(-room.rate * 3 // (0.7 * 4))
    assert room.formula.startswith("2 × 4 × 3 = 24 may wait or run")
    command = next(one.command for one in judge(throttled_by_load()).steps if "number of instances" in one.say)
    assert command is not None
    assert f"instance_count={judge(throttled_by_load()).capacities[0].needed}" in command


def test_without_any_change_the_container_or_its_log_is_what_is_shown_first() -> None:
    line = LoggedLine(deployment="blue", line="ValueError: expected 31 features, got 30", count=297, first=ONSET)
    told = judge(facts(requests(BOTH, after(ONSET, c424=0.4)), lines=(line,)))
    assert told.suspects[0].what == "blue: ValueError: expected 31 features, got 30"
    assert told.suspects[0].change is None


def test_what_two_sources_tell_of_one_change_is_one_suspect_with_the_detail_of_both() -> None:
    seen = moved_traffic(1, origin="history", detail="blue 10 → 90, green 90 → 10", who=None)
    known = facts(requests(BOTH, after(ONSET, c424=0.4)), moved_traffic(2), seen)
    first = judge(known).suspects[0]
    assert (first.what, first.who) == ("traffic blue 10 → 90, green 90 → 10", "ana")
    assert len([one for one in judge(known).suspects if one.kind == "traffic"]) == 1


def test_an_incident_that_is_over_says_until_when_and_is_no_alarm() -> None:
    ended = ONSET + timedelta(minutes=10)
    told = judge(
        facts(requests(BOTH, lambda name, at: after(ONSET, c424=0.4)(name, at) if at < ended else usual(name, at)))
    )
    assert (told.state, told.onset, told.verdict.ended) == ("recovered", ONSET, ended)
    assert not told.verdict.is_unhealthy


def test_a_canary_that_fails_is_seen_although_the_whole_hardly_moves() -> None:
    share = {"blue": 0.03, "green": 0.97}
    told = judge(facts(requests(share, after(ONSET, c424=0.9))))
    assert (told.state, told.onset) == ("failing", ONSET)
    assert told.verdict.where[0][0] == "blue"


def test_a_failure_that_was_there_when_the_window_begins_is_said_to_be_older() -> None:
    told = judge(facts(requests(BOTH, after(NOW - timedelta(days=1), c424=0.4))))
    assert told.state == "failing"
    assert "since before 11:03Z" in told.sentence


def test_minutes_that_azure_monitor_has_not_given_yet_are_no_silence() -> None:
    late = NOW - timedelta(minutes=3)
    told = judge(facts(requests(BOTH, usual, rate=lambda at: steady(at) if at < late else None)))
    assert (told.state, told.verdict.as_of) == ("healthy", late - timedelta(minutes=1))


def test_an_endpoint_that_is_still_every_weekend_is_not_silent() -> None:
    def rate(at: datetime) -> float | None:
        return None if at.time() >= ONSET.time() else steady(at)

    last_week = tuple(requests(BOTH, usual, rate=rate, times=minutes(now=NOW - timedelta(days=7))))
    still = facts(requests(BOTH, usual, rate=rate))
    assert judge(still).state == "silent"
    assert judge(msgspec.structs.replace(still, last_week=last_week)).state == "healthy"


def test_a_quiet_week_raises_no_alarm() -> None:
    dice = random.Random(7)
    week = minutes(7 * 24)
    slow = {at: dice.gammavariate(9, 35) for at in week}

    def errors(_name: str, at: datetime) -> dict[str, float]:
        return {"500": 0.02 * dice.random(), "400": 0.03 * dice.random(), "429": 0.1 if at.minute == 17 else 0.0}

    def busy(at: datetime) -> float | None:
        return steady(at) / (20 if at.hour < 5 else 1)

    known = facts(
        [*requests(BOTH, errors, rate=busy, times=week), latency(slow.get, times=week)], wrote_deployment(3)
    )  # fmt: skip
    told = judge(known)
    assert (told.state, told.incidents, told.suspects, told.cleared) == ("healthy", (), (), ())
    assert not told.steps


def test_what_is_not_known_is_said_and_not_guessed() -> None:
    off = SourceOn(
        name="AmlOnlineEndpointTrafficLog", is_on=False, said="The traffic log is off", switch_on="az monitor …"
    )
    known = facts([], changes=None, sources=(off,))
    told = judge(known)
    assert (told.state, told.onset, told.verdict.failed, told.verdict.rate) == ("unknown", None, None, None)
    assert told.missing[0].startswith("No metrics are known")
    assert "The traffic log is off" in told.missing
    assert told.steps[-1].command == "az monitor …"
    idle = judge(
        facts(requests(BOTH, usual, rate=lambda _: 0.0) or [signal("RequestsPerMinute", lambda _: None, minutes())])
    )
    assert (idle.state, idle.verdict.rate) == ("no traffic", None)


def test_a_deployment_that_did_not_come_up_says_why_and_what_helps() -> None:
    said = '{"error":{"code":"OutOfQuota","message":"Not enough cores of the family DSv2"}}'
    known = facts(requests(BOTH, usual), wrote_deployment(9, "green", status="Failed", detail=said))
    blue, green = known.deployments or ()
    failed = msgspec.structs.replace(known, deployments=(blue, msgspec.structs.replace(green, state="Failed")))
    told = judge(failed)
    assert told.state == "healthy"
    assert told.broken[0].failure is not None
    assert told.broken[0].failure.meaning == "there are not enough cores left for this VM size"
    assert told.steps[0].say == "green: see who uses the cores"


def test_traffic_that_was_set_to_zero_is_known_before_three_minutes_have_passed() -> None:
    cut = NOW - timedelta(minutes=2)
    known = facts(requests(BOTH, lambda name, at: {"404": 1.0} if at >= cut else usual(name, at)), moved_traffic(-19))
    told = judge(without_traffic(known))
    assert (told.state, told.onset, told.kind) == ("failing", cut, "traffic")
    nobody = without_traffic(facts(requests(BOTH, usual, rate=lambda _: 0.0)))
    assert judge(nobody).state == "no traffic"


def test_over_the_limit_of_the_endpoint_a_429_is_about_the_rate() -> None:
    told = judge(facts(requests(BOTH, after(ONSET, c429=0.3), rate=lambda _: 31_000.0)))
    assert told.cause is not None
    assert told.cause.failure is not None
    assert told.cause.failure.variant == "rate"


def test_few_requests_are_put_together_until_they_say_something() -> None:
    told = judge(facts(requests({"blue": 1.0}, after(ONSET, c424=1.0), rate=lambda at: at.minute % 2 + 1.0)))
    assert (told.state, told.onset) == ("failing", ONSET)
    dice = random.Random(3)
    rare = requests(
        {"blue": 1.0}, lambda *_: {"424": float(dice.random() < 0.02)}, rate=lambda _: 1.0, times=minutes(48)
    )
    assert judge(facts(rare)).state == "healthy"
    three = judge(facts(requests({"blue": 1.0}, usual, rate=lambda at: 1.0 if at.minute == 7 else 0.0)))
    assert "Only 3 requests came: too few to judge it by" in three.missing


def test_without_metrics_the_traffic_log_alone_is_judged() -> None:
    known = msgspec.structs.replace(model_errors(), signals=())
    told = judge(known)
    assert (told.state, told.onset, told.cause.name if told.cause else "") == ("failing", ONSET, "424")
    assert told.verdict.failed == pytest.approx(1 / 11)
    assert told.suspects[0].what == "key vault kv"


def test_a_glance_at_many_gives_the_verdict_that_a_look_gives() -> None:
    for known in (bad_deployment(), zeroed_traffic(), slower(), facts(requests(BOTH, usual))):
        assert glance(known) == judge(known).verdict


def test_a_coarser_grain_is_said_and_a_percentile_is_never_made_of_others() -> None:
    coarse = minutes(24)[::5]
    known = facts([
        *requests(BOTH, after(ONSET, c424=0.4), times=coarse), latency(lambda _: 300.0, times=coarse),
        latency(lambda _: 900.0, times=coarse, deployment="green"),
    ])  # fmt: skip
    told = judge(known)
    assert told.onset is not None
    assert abs(told.onset - ONSET) <= timedelta(minutes=5)
    assert told.charts[1].label == "avg of per-minute p95"
    assert (told.charts[1].deployment, set(told.charts[1].values)) == ("blue", {300.0})


def test_the_same_facts_in_any_order_give_the_same_judgement() -> None:
    known = moved_to_a_bad_one()
    turned = msgspec.structs.replace(
        known, signals=tuple(reversed(known.signals)), changes=tuple(reversed(known.changes or ()))
    )
    assert _told(judge(known)) == _told(judge(turned))


def _told(one: Triage) -> object:
    return (one.sentence, [(each.what, each.score) for each in one.suspects], one.steps, one.cleared, one.codes)
