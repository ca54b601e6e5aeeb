"""Who calls an endpoint and how often, and how long its model takes: as data, and by the hour of the day."""

from __future__ import annotations

import math

import msgspec

from services.emulator.dice import Dice
from services.emulator.samples import PEOPLE_IDS, PIPELINE_APP
from services.emulator.ticks import DAY, HOUR


class Client(msgspec.Struct, frozen=True):
    """One caller: its user agent, its share of the requests, and the object id behind its token."""

    agent: str
    share: float
    identity: str


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """What an endpoint has to do at the busiest hour of a weekday."""

    rpm: float
    """Requests a minute."""
    ms: float
    """How long the model takes in the middle."""
    spread: float = 0.4
    """How far its times lie apart: the sigma of their logarithms."""
    memory: float = 45.0
    """Percent of an instance's memory."""
    sent: int = 2_400
    """Bytes of a request."""
    given: int = 310
    """Bytes of an answer."""
    clients: tuple[Client, ...]

    def quantile(self, z: float, slow: float = 1.0) -> float:
        """Return the milliseconds that lie `z` standard deviations from the middle."""
        return self.ms * slow * math.exp(self.spread * z)

    def share_over(self, ms: float, slow: float = 1.0) -> float:
        """Return which share of the requests takes longer than this."""
        z = math.log(ms / (self.ms * slow)) / self.spread
        return 0.5 * math.erfc(z / math.sqrt(2))

    def mean(self, slow: float = 1.0) -> float:
        """Return how long a request takes on average, in milliseconds."""
        return self.ms * slow * math.exp(self.spread**2 / 2)


def _client(agent: str, share: float, person: int | None = None) -> Client:
    return Client(agent, share, PIPELINE_APP if person is None else PEOPLE_IDS[person])


_DEMAND = {
    "fraud-score": Demand(rpm=72, ms=38, memory=46, clients=(
        _client("checkout/4.2", 0.6), _client("rescore-nightly/1.9 python-requests/2.31.0", 0.26, 0),
        _client("PostmanRuntime/7.39.0", 0.14, 1))),
    "churn": Demand(rpm=42, ms=24, memory=13, clients=(
        _client("crm-sync/2.0", 0.7), _client("segment-mailer/0.9", 0.3))),
    "embed": Demand(rpm=55, ms=120, memory=58, sent=9_800, given=6_200, clients=(
        _client("search-indexer/5.1", 0.75), _client("python-requests/2.32.3", 0.25, 3))),
    "ocr-batch": Demand(rpm=55, ms=1_100, memory=62, sent=410_000, given=3_900, clients=(
        _client("scan-portal/3.1", 0.2), _client("archive-export/1.0", 0.8))),
    "geo-rank": Demand(rpm=50, ms=85, memory=41, clients=(
        _client("maps-web/11.4", 0.8), _client("maps-ios/11.2", 0.2))),
    "price-elast": Demand(rpm=30, ms=60, memory=35, clients=(_client("pricing/1.3", 1.0),)),
    "nlu-intent": Demand(rpm=36, ms=45, memory=52, sent=620, given=190, clients=(
        _client("voice-bot/6.0", 0.85), _client("chat-widget/2.2", 0.15))),
    "llm-lab": Demand(rpm=8, ms=2_400, spread=0.6, memory=71, sent=3_100, given=5_400, clients=(
        _client("python-requests/2.32.3", 1.0, 6),)),
    "fraud-old": Demand(rpm=0, ms=40, clients=()),
}  # fmt: skip


def demand_of(endpoint: str) -> Demand:
    """Return what an endpoint has to do; one that nobody thought about is called a little."""
    found = _DEMAND.get(endpoint)
    if found is not None:
        return found
    dice = Dice("demand", endpoint)
    return Demand(rpm=dice.between(0, 12, 40), ms=dice.between(1, 20, 150), clients=(_client("python-httpx/0.27", 1),))


def rhythm(at: int) -> float:
    """Return how busy an hour is, from about 0.7 to 1: most at 14:00, least at 02:00, less on weekends."""
    day = at // DAY
    wave = 0.9 + 0.1 * math.sin((at % DAY / HOUR - 8) / 24 * 2 * math.pi)
    return wave * (0.9 if (day + 3) % 7 > 4 else 1.0)
