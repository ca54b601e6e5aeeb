"""ARM: storage accounts, key vaults, registries, Application Insights and Log Analytics of the emulated workspaces."""

from __future__ import annotations

from collections.abc import Callable

from services.emulator.answers import Json, Refusal, gateway_error
from services.emulator.callers import caller_of
from services.emulator.dependent_documents import KINDS, dependent_document, log_table_document, names_of
from services.emulator.fault_answers import forbidden, operation_of
from services.emulator.places import Place
from services.emulator.postures import posture_of
from services.emulator.routing import Ask, Handler, Route

_TABLES = ("AmlOnlineEndpointTrafficLog", "AmlOnlineEndpointConsoleLog", "AmlComputeJobEvent", "AppRequests")


def _place_of(ask: Ask, what: str) -> Place:
    """Return the workspace whose resource this is. Raises Refusal where it is gone, hidden or never was."""
    subscription, group, name = (ask.parts[key].lower() for key in ("subscription", "group", what))
    for place in ask.world.places:
        mine = (place.subscription.lower(), place.group.lower(), names_of(place).get(what, "").lower())
        if mine == (subscription, group, name):
            return _allowed(ask, place, what)
    raise _gone(ask, what)


def _allowed(ask: Ask, place: Place, what: str) -> Place:
    posture = posture_of(place)
    if what in posture.gone:
        raise _gone(ask, what)
    if what in posture.refused or place.access == "forbidden":
        action = operation_of("GET", ask.request.path)
        raise Refusal(forbidden(ask.request.path, action, caller_of(ask.request)))
    return place


def _gone(ask: Ask, what: str) -> Refusal:
    message = (
        f"The Resource '{KINDS[what]}/{ask.parts[what]}' under resource group '{ask.parts['group']}' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix"
    )
    return Refusal(gateway_error(404, "ResourceNotFound", message))


def _get(what: str) -> Callable[[Ask], Json]:
    return lambda ask: dependent_document(_place_of(ask, what), what, ask.now)


def get_log_table(ask: Ask) -> Json:
    """Answer one table of a Log Analytics workspace."""
    place = _place_of(ask, "logs")
    table = next((one for one in _TABLES if one.lower() == ask.parts["table"].lower()), None)
    if table is None:
        raise Refusal(gateway_error(404, "ResourceNotFound", f"Table {ask.parts['table']} was not found."))
    return log_table_document(place, table)


_GROUP = "/subscriptions/{subscription}/resourceGroups/{group}/providers/"
_HANDLERS: dict[str, Handler] = {what: _get(what) for what in KINDS}

ROUTES = (
    *(Route("GET", "arm", f"{_GROUP}{KINDS[what]}/{{{what}}}", handler) for what, handler in _HANDLERS.items()),
    Route("GET", "arm", f"{_GROUP}{KINDS['logs']}/{{logs}}/tables/{{table}}", get_log_table),
)
