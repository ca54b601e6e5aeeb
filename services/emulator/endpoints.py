"""Online endpoints and what answers behind them, as data; traffic moves on its own schedule."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from services.emulator.ticks import DAY, HOUR, MINUTE, ticks_of

_ORIGIN = ticks_of(datetime(2026, 1, 5, tzinfo=UTC))

ROUND = 12 * HOUR
STEPS: tuple[tuple[int, dict[str, int]], ...] = (
    (0, {"blue": 90, "green": 10}), (3 * HOUR, {"blue": 50, "green": 50}), (6 * HOUR, {"blue": 10, "green": 90}),
    (7 * HOUR, {"blue": 100, "green": 0}),
)  # fmt: skip
"""The blue/green story of fraud-score: three steps towards green, then somebody takes it all back."""

UPDATING_FOR = 3 * MINUTE
UPDATE_EVERY = 4 * HOUR
"""price-elast is always being updated; this often a new update begins."""


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """One deployment. `back` is how many versions behind the newest its model is."""

    name: str
    model: str
    back: int = 0
    size: str = "Standard_F4s_v2"
    instances: int = 1
    state: str = "Succeeded"
    days: int = 40
    timeout: str = "PT5S"
    concurrency: int = 1
    has_insights: bool = False
    collects: bool = False
    egress: str = "Enabled"
    owner: int = 0
    changed: int | None = None
    """When somebody last changed it, in ticks; None is never."""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One online endpoint. `story` is "", shifting (traffic moves) or updating (never finished)."""

    name: str
    auth: str = "Key"
    traffic: dict[str, int] = {}
    mirror: dict[str, int] = {}
    deployments: tuple[Deployment, ...] = ()
    state: str = "Succeeded"
    story: str = ""
    days: int = 200
    public: str = "Enabled"
    description: str | None = None
    tags: dict[str, str] = {}
    owner: int = 0
    changed: int | None = None
    """When somebody last changed it, in ticks; None is never."""


ENDPOINTS: dict[str, tuple[Endpoint, ...]] = {
    "ml-prod": (
        Endpoint(name="fraud-score", auth="AADToken", story="shifting", description="Scores every card payment",
                 tags={"tier": "gold", "oncall": "risk"}, deployments=(
            Deployment(name="blue", model="fraud-score", back=1, instances=6, days=42, has_insights=True,
                       collects=True,
                       concurrency=4),
            Deployment(name="green", model="fraud-score", instances=2, days=3, has_insights=True, concurrency=4,
                       owner=1))),
        Endpoint(name="churn", traffic={"blue": 100}, days=331, owner=2,
                 deployments=(Deployment(name="blue", model="churn", back=1, instances=2, owner=2),)),
        Endpoint(name="embed", auth="AMLToken", traffic={"blue": 100}, owner=3, tags={"tier": "silver"}, deployments=(
            Deployment(name="blue", model="embed", back=1, size="Standard_NC4as_T4_v3", instances=2,
                       timeout="PT1M30S", owner=3),
            Deployment(name="green", model="embed", size="Standard_NC4as_T4_v3", state="Failed", days=1, owner=3))),
        Endpoint(name="ocr-batch", traffic={"blue": 100, "green": 0}, owner=4, deployments=(
            Deployment(name="blue", model="ocr-read", back=1, size="Standard_NC4as_T4_v3", owner=4),
            Deployment(name="green", model="ocr-read", size="Standard_NC4as_T4_v3", days=5, owner=4))),
        Endpoint(name="geo-rank", auth="AMLToken", traffic={"main": 100}, mirror={"shadow": 20}, deployments=(
            Deployment(name="main", model="geo-rank", instances=3, owner=5),
            Deployment(name="shadow", model="geo-rank", days=9, collects=True, owner=5)), owner=5),
        Endpoint(name="price-elast", traffic={"blue": 100}, story="updating", owner=6,
                 deployments=(Deployment(name="blue", model="price-elast", state="Updating", owner=6),)),
        Endpoint(name="nlu-intent", traffic={"v7": 100}, public="Disabled", owner=7,
                 deployments=(Deployment(name="v7", model="nlu-intent", egress="Disabled", owner=7),)),
        Endpoint(name="fraud-old", traffic={}, days=700, owner=0,
                 deployments=(Deployment(name="blue", model="fraud-score", back=9, days=600),)),
    ),
    "ml-research": (
        Endpoint(name="llm-lab", auth="AADToken", traffic={"blue": 100}, days=25, owner=6, deployments=(
            Deployment(name="blue", model="llm-sft", size="Standard_NC48ads_A100_v4", timeout="PT3M", owner=6),)),
    ),
}  # fmt: skip


def traffic_change(now: int) -> tuple[dict[str, int], int]:
    """Return the traffic of the endpoint that shifts, and when it last changed."""
    start = _ORIGIN + (now - _ORIGIN) // ROUND * ROUND
    offset, traffic = [step for step in STEPS if start + step[0] <= now][-1]
    return traffic, start + offset


def endpoint_state(endpoint: Endpoint, now: int) -> tuple[str, dict[str, int], int]:
    """Return an endpoint's state, its traffic and when it was last changed."""
    if endpoint.changed is not None:
        return endpoint.state, endpoint.traffic, endpoint.changed
    if endpoint.story == "shifting":
        traffic, changed = traffic_change(now)
        return ("Updating" if now - changed < UPDATING_FOR else "Succeeded"), traffic, changed
    if endpoint.story == "updating":
        return (
            "Updating",
            endpoint.traffic,
            now // UPDATE_EVERY * UPDATE_EVERY
            + 11 * MINUTE
            - (UPDATE_EVERY if now % UPDATE_EVERY < 11 * MINUTE else 0),
        )
    return endpoint.state, endpoint.traffic, created_at(endpoint.days // 2, endpoint.owner, now)


def created_at(days: int, salt: int, now: int) -> int:
    """Return the time of day `salt` stands for, `days` before today: it moves on once a day."""
    return now // DAY * DAY - days * DAY + (8 + salt) * HOUR + 17 * MINUTE + 79_477_913 + salt
