"""The requests of an endpoint, minute by minute: how many each caller sent, where they went, how they were answered.

Metrics, logs and the tail of a container's log are all read off these, so that they tell one story. A function of the
seed, the minute and what was changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from services.emulator.demand import Client, Demand, demand_of, rhythm
from services.emulator.dice import Dice, noise
from services.emulator.endpoints import Deployment, Endpoint, endpoint_state
from services.emulator.overlays import endpoint_at
from services.emulator.places import Place
from services.emulator.scenarios import Trouble
from services.emulator.ticks import MINUTE

if TYPE_CHECKING:
    from services.emulator.world import World

_SLOT = 15
"""In each quarter of an hour one request at most goes wrong without a reason."""
_LEAST = 0.004
"""A share of timeouts below this is none."""
_ALL = 0.999
_NONE = Trouble()


class Flow(NamedTuple):
    """Requests of one caller that were answered alike. `deployment` is empty where none was chosen."""

    client: Client
    deployment: str
    code: int
    requests: int
    id: str = ""
    """What the one request is called, where somebody really sent it."""

    @property
    def model_code(self) -> int | None:
        """What the model's container answered; None where it did not."""
        return {200: 200, 424: 500}.get(self.code)


class Minute(NamedTuple):
    """One endpoint in one minute."""

    endpoint: Endpoint
    at: int
    traffic: dict[str, int]
    trouble: Trouble
    """What becomes of the requests of the struck deployment."""
    struck: str
    flows: tuple[Flow, ...]

    def requests(self, deployment: str | None = None) -> int:
        """Return how many requests there were, of all deployments or of one."""
        return sum(flow.requests for flow in self.flows if deployment in (None, flow.deployment))

    def trouble_of(self, deployment: str) -> Trouble:
        """Return what is wrong with a deployment."""
        return self.trouble if deployment == self.struck else _NONE

    def slow(self, deployment: str) -> float:
        """Return how many times longer than usual a deployment's model takes in this minute."""
        wobble = 1 + 0.05 * noise(f"{self.endpoint.name}/{deployment}/{self.at}/slow")
        return self.trouble_of(deployment).slow * wobble

    def used(self, deployment: Deployment) -> float:
        """Return which part of its capacity a deployment was asked for: over 1 is too much."""
        return _in_flight(self, deployment, self.requests(deployment.name)) / capacity(deployment)


def capacity(deployment: Deployment) -> int:
    """Return how many requests a deployment takes at once before it answers 429."""
    return 2 * deployment.concurrency * max(1, deployment.instances)


def _in_flight(minute: Minute, deployment: Deployment, count: int) -> float:
    return count / 60 * demand_of(minute.endpoint.name).mean(minute.slow(deployment.name)) / 1000


def minute_of(world: World, place: Place, endpoint: str, at: int) -> Minute | None:
    """Return an endpoint in the minute that begins at `at`; None for an endpoint that is not there."""
    incident = world.changes.incident
    felt = at if incident is None else incident.felt(place, endpoint, at)
    found = endpoint_at(world.changes, place, endpoint, felt)
    if found is None:
        return None
    trouble = incident.trouble(place, found, at) if incident else None
    struck = incident.scenario.deployment if incident and trouble else ""
    traffic = {name: share for name, share in endpoint_state(found, felt)[1].items() if share}
    made = Minute(found, at, traffic, trouble or _NONE, struck, ())
    own = _called(world, place, made) if world.changes.called else ()
    return made._replace(flows=(*_flows(world, made), *own))


def _called(world: World, place: Place, minute: Minute) -> Iterator[Flow]:
    """Yield the requests that somebody really sent in a minute."""
    for one in world.changes.called:
        if (one.place, one.endpoint, one.at) == (place.name, minute.endpoint.name, minute.at):
            yield Flow(Client(one.agent, 0.0, one.identity), one.deployment, one.code, 1, one.id)


def _flows(world: World, minute: Minute) -> Iterator[Flow]:
    key = f"{world.seed}/{minute.endpoint.name}/{minute.at}"
    demand, dice = demand_of(minute.endpoint.name), Dice("minute", key)
    sent = {client: _sent(minute, demand, client, dice, number) for number, client in enumerate(demand.clients)}
    whole, mishap = sum(sent.values()), _mishap(world, minute)
    codes = {name: _codes(minute, name, whole * share // 100) for name, share in minute.traffic.items()}
    for number, (client, count) in enumerate(sent.items()):
        if minute.trouble.is_at_door and client.agent not in minute.trouble.spared:
            yield from _answered(client, "", count, minute.trouble.codes, dice.unit(number + 4))
        elif not minute.traffic:
            yield from _answered(client, "", count, {404: 1.0}, 0.0)
        else:
            for deployment, part in _parts(minute.traffic, count, dice.unit(number + 4)):
                spoilt = min(part, 1) if mishap and not codes[deployment] else 0
                if spoilt:
                    yield Flow(client, deployment, mishap, spoilt)
                    mishap = 0
                yield from _answered(client, deployment, part - spoilt, codes[deployment], dice.unit(number + 8))


def _sent(minute: Minute, demand: Demand, client: Client, dice: Dice, number: int) -> int:
    trouble = minute.trouble
    rate = demand.rpm * client.share * rhythm(minute.at) * (1 + 0.08 * (2 * dice.unit(number) - 1))
    if client.agent not in trouble.spared:
        rate *= trouble.demand.get(client.agent, 1.0) * trouble.arriving
    return int(rate + dice.unit(number + 12))


def _parts(traffic: dict[str, int], count: int, luck: float) -> Iterator[tuple[str, int]]:
    """Yield how many of a caller's requests went to which deployment."""
    left = count
    for place, (name, share) in enumerate(traffic.items(), 1):
        part = left if place == len(traffic) else min(left, int(count * share / 100 + luck))
        left -= part
        yield name, part


def shares_of(minute: Minute, name: str) -> dict[int, float]:
    """Return which shares of a deployment's requests do not end well, by code."""
    return _codes(minute, name, minute.requests(name))


def _codes(minute: Minute, name: str, asked: int) -> dict[int, float]:
    """Return which shares of a deployment's requests do not end well."""
    deployment = next((one for one in minute.endpoint.deployments if one.name == name), None)
    if deployment is None:
        return {}
    trouble, slow = minute.trouble_of(name), minute.slow(name)
    late = demand_of(minute.endpoint.name).share_over(timeout_ms(deployment), slow)
    over = 1 - capacity(deployment) / max(1e-9, _in_flight(minute, deployment, asked))
    codes = {408: late if late > _LEAST else 0.0, 429: over, **({} if trouble.is_at_door else trouble.codes)}
    return {code: share for code, share in codes.items() if share > 0}


def timeout_ms(deployment: Deployment) -> float:
    """Return how long a request may take."""
    minutes, _, seconds = deployment.timeout.removeprefix("PT").rpartition("M")
    return (int(minutes or 0) * 60 + int(seconds.removesuffix("S") or 0)) * 1000.0


def _answered(client: Client, deployment: str, count: int, codes: dict[int, float], luck: float) -> Iterator[Flow]:
    left = count
    for code, share in codes.items():
        some = min(left, int(count * share + luck))
        left -= some
        if some:
            yield Flow(client, deployment, code, some)
    if left:
        # Where nothing is answered well, what rounding left is answered as most are.
        most = next(iter(codes)) if sum(codes.values()) > _ALL else 200
        yield Flow(client, deployment, most, left)


def _mishap(world: World, minute: Minute) -> int:
    """Return the code of the one request of this minute that goes wrong by chance; 0 in nearly all minutes."""
    number, within = divmod(minute.at // MINUTE, _SLOT)
    dice = Dice("mishap", world.seed, minute.endpoint.name, number)
    # Never in the last minutes of a slot, so that two of them do not meet.
    if within != dice.whole(0, _SLOT - 4) or not dice.happens(1, 0.35):
        return 0
    return dice.pick(2, (424, 499, 499, 408))
