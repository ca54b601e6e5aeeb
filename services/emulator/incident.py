"""A scenario while it is played: when its trouble began, who did what before, and how resources look meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from services.emulator.dice import Dice, guid
from services.emulator.endpoints import Deployment, Endpoint
from services.emulator.operations import Operation
from services.emulator.places import Place
from services.emulator.scenarios import SCENARIOS, Act, Scenario, Trouble
from services.emulator.ticks import MINUTE, SECOND

AGO = 25 * MINUTE
"""How long before the world was born the trouble began."""
ALONE = 45 * MINUTE
"""How long before the onset nothing else happens in the workspace: what did is part of the story."""
_OF = "ml-prod"


class Incident:
    """One scenario in one world."""

    def __init__(self, scenario: Scenario, place: Place, born: int, seed: int) -> None:
        self.scenario = scenario
        self.place = place
        self.onset = born // MINUTE * MINUTE - AGO
        """When the trouble begins, in ticks: the first of its minutes."""
        self._seed = seed
        self.cause = self._operation(scenario.cause) if scenario.cause else None
        """What brought it about; None where nobody changed anything."""
        self.decoys = tuple(self._operation(one) for one in scenario.decoys)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """All that somebody did, for the activity log, oldest first."""
        found = (*self.decoys, self.cause) if self.cause else self.decoys
        return tuple(sorted(found, key=lambda one: one.at))

    def _operation(self, act: Act) -> Operation:
        key = (self._seed, self.scenario.name, act.kind.action, act.kind.on, act.before)
        dice = Dice("act", *key)
        at = self.onset - int(act.before * MINUTE) - int(dice.between(0, 0, 12) * SECOND)
        ends = at + int(max(act.kind.seconds, 0.7) * SECOND) + int(dice.between(1, 0, 2) * SECOND)
        return Operation(act.kind, at, act.caller, guid("act", *key), act.is_failed, ends, self.place)

    def strikes(self, place: Place, endpoint: str) -> bool:
        """Return whether it is this endpoint that is in trouble."""
        return place.name == self.place.name and endpoint == self.scenario.endpoint

    def trouble(self, place: Place, endpoint: Endpoint, at: int) -> Trouble | None:
        """Return what becomes of the requests of an endpoint at a time; None where nothing is wrong with them."""
        if at < self.onset or not self.strikes(place, endpoint.name):
            return None
        # Whoever opens the network again has mended it.
        if any(getattr(endpoint, name) != value for name, value in self.scenario.after.items() if name == "public"):
            return None
        return self.scenario.trouble

    def felt(self, place: Place, endpoint: str, at: int) -> int:
        """Return the time whose settings requests meet at a time: a write is felt from the onset on, not before."""
        if self.cause is None or not self.strikes(place, endpoint) or not self.cause.at <= at < self.onset:
            return at
        return self.cause.at - 1

    def failure(self, place: Place, endpoint: str, deployment: str) -> str:
        """Return the code of what a deployment failed of in this story; empty for one that did not."""
        cause = self.cause
        if cause is None or not cause.is_failed or not self.strikes(place, endpoint):
            return ""
        return cause.kind.failure if deployment == self.scenario.deployment else ""

    def leaves_out(self, operation: Operation) -> bool:
        """Return whether an operation of the workspace's own life does not happen, for the story's sake."""
        if not self.scenario.endpoint or operation.place.name != self.place.name:
            return False
        path = f"/onlineEndpoints/{self.scenario.endpoint}"
        is_struck = operation.kind.on == path or operation.kind.on.startswith(f"{path}/")
        return is_struck or self.onset - ALONE <= operation.at < self.onset

    def laid_over(self, place: Place, endpoint: Endpoint, now: int) -> Endpoint:
        """Return an endpoint as the story has it by now."""
        if not self.strikes(place, endpoint.name):
            return endpoint
        told = self.scenario
        deployments = tuple(
            self._deployment(one, now) if one.name == told.deployment else one for one in endpoint.deployments
        )
        endpoint = replace(endpoint, deployments=deployments, **told.before)
        is_written = self.cause is not None and self.cause.kind.action.endswith("onlineEndpoints/write")
        return replace(endpoint, **self._written(now, told.after)) if is_written else endpoint

    def _deployment(self, deployment: Deployment, now: int) -> Deployment:
        told = self.scenario
        deployment = replace(deployment, **told.deployment_before)
        is_written = self.cause is not None and self.cause.kind.action.endswith("deployments/write")
        return replace(deployment, **self._written(now, told.deployment_after)) if is_written else deployment

    def _written(self, now: int, after: dict[str, Any]) -> dict[str, Any]:
        """Return the fields that the cause changed, once it is there."""
        cause = self.cause
        if cause is None or now < cause.at:
            return {}
        state = "Updating" if now < cause.ends else "Failed" if cause.is_failed else "Succeeded"
        return {**after, "changed": cause.at, "state": state}


def incident_of(name: str, places: Sequence[Place], born: int, seed: int) -> Incident | None:
    """Return the incident of a scenario; None for no name, or where its workspace is not. Raises KeyError."""
    place = next((one for one in places if one.name == _OF), None)
    return Incident(SCENARIOS[name], place, born, seed) if name and place else None
