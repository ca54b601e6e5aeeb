"""How a room says which requests it answers: a pattern of the path, and a function from the question to the answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from services.emulator.answers import Json, Refusal, Request, Response, aml_error, data_error, gateway_error
from services.emulator.places import Place
from services.emulator.runbook import RunBook
from services.emulator.world import World

Host = Literal["arm", "data", "logs", "metrics", "prices", "login", "metadata", "blob", "score"]

WORKSPACE = (
    "/subscriptions/{subscription}/resourceGroups/{group}"
    "/providers/Microsoft.MachineLearningServices/workspaces/{workspace}"
)

_PLAIN = ":;,/'()$!*"
"""What stays as it is in a nextLink: the activity log's tokens hold colons and semicolons."""


class Write(msgspec.Struct, frozen=True):
    """What a route changes: the action a role must grant, and its title in the activity log.

    The action is one below `…/workspaces/`, unless it begins with a provider of its own.
    """

    action: str
    title: str
    ticks: int = 0
    """How long the service works on it; 0 is done at once."""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One question: the request, the names in its path, and the time it is answered for."""

    world: World
    request: Request
    parts: dict[str, str]
    now: int
    host: Host
    place_or_none: Place | None = None
    write: Write | None = None

    @property
    def place(self) -> Place:
        """The workspace of the path. Only routes with a workspace may ask."""
        assert self.place_or_none is not None
        return self.place_or_none

    @property
    def book(self) -> RunBook:
        """The runs of the workspace."""
        return self.world.book(self.place)

    def query(self, name: str) -> str | None:
        """Return a query parameter by its name, in any case, with or without its dollar sign."""
        asked = name.lower().lstrip("$")
        return next((value for key, value in self.request.query.items() if key.lower().lstrip("$") == asked), None)

    def bare_query(self) -> Json:
        """Return the query parameters without dollar signs, as the body of a POST would name them."""
        return {key.lstrip("$"): value for key, value in self.request.query.items()}

    def url(self, **changed: str) -> str:
        """Return the address of this request with other query parameters: what a nextLink holds, `$` and all."""
        names = {key.lower().lstrip("$"): key for key in self.request.query}
        query = dict(self.request.query)
        for key, value in changed.items():
            query[names.get(key.lower(), f"${key}")] = value
        written = "&".join(f"{key}={quote(value, safe=_PLAIN)}" for key, value in query.items())
        return f"https://{self.request.host}{self.request.path}?{written}"

    def missing(self, message: str, *codes: str) -> Refusal:
        """Return the 404 of a thing inside a workspace, to be raised."""
        frame = data_error if self.host == "data" else aml_error
        return Refusal(frame(404, message, ("NotFound", *codes), region=self.place.region, at=self.now))

    def wrong(self, message: str) -> Refusal:
        """Return the 400 of a question that cannot be read, to be raised."""
        if self.host == "arm" and self.place_or_none is None:
            return Refusal(gateway_error(400, "BadRequest", message))
        region = self.place_or_none.region if self.place_or_none else "westeurope"
        frame = data_error if self.host == "data" else aml_error
        return Refusal(frame(400, message, ("BadArgument", "ArgumentInvalid"), region=region, at=self.now))


Handler = Callable[[Ask], Response | Json | list[Any]]


class Route(msgspec.Struct, frozen=True):
    """Which requests a handler answers. `{name}` in the pattern is one name of the path, `{ws}` a workspace."""

    method: str
    host: Host
    pattern: str
    handler: Handler
    needs_token: bool = True
    is_open: bool = False
    """Answered even for a workspace that is private: ARM's own knowledge of it."""
    is_filtered: bool = False
    """Shows every caller what they may see, and refuses nobody."""
    write: Write | None = None
    """Set for a route that changes something."""


_NAME = re.compile(r"\{(\w+)\}")


def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern as an expression; `{scope}` matches any number of names."""
    whole = pattern.replace("{ws}", WORKSPACE)
    text, at = "", 0
    for found in _NAME.finditer(whole):
        text += re.escape(whole[at : found.start()])
        text += f"(?P<{found[1]}>.*?)" if found[1] == "scope" else f"(?P<{found[1]}>[^/]+)"
        at = found.end()
    return re.compile(text + re.escape(whole[at:]) + "/?", re.IGNORECASE)


def find_place(world: World, parts: dict[str, str]) -> Place | None:
    """Return the workspace a path names. Raises Refusal where subscription, group or workspace does not exist."""
    if "workspace" not in parts:
        return None
    subscription, group, name = parts["subscription"], parts["group"], parts["workspace"]
    place = world.place(subscription, group, name)
    if place is not None:
        return place
    known = [one for one in world.places if one.subscription.lower() == subscription.lower()]
    if not known:
        message = f"The subscription '{subscription}' could not be found."
        raise Refusal(gateway_error(404, "SubscriptionNotFound", message))
    if group.lower() not in {one.group.lower() for one in known}:
        raise Refusal(gateway_error(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found."))
    message = (
        f"The Resource 'Microsoft.MachineLearningServices/workspaces/{name}' under resource group '{group}' was not "
        "found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"
    )
    raise Refusal(gateway_error(404, "ResourceNotFound", message))


def check_access(ask: Ask, route: Route) -> None:
    """Raise the Refusal of a workspace that lets nobody in from here."""
    place = ask.place_or_none
    if place is None or place.access != "private" or route.is_open:
        return
    frame = data_error if ask.host == "data" else aml_error
    message = "Access to workspace was denied based on workspace private link configuration."
    raise Refusal(frame(403, message, ("Auth", "Authorization"), region=place.region, at=ask.now))
