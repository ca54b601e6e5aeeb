"""The emulated services behind one function: `answer(world, request)`, from a question to an answer, nothing else.

It looks at the host name and the path, both in any case. It neither waits nor logs nor fails on purpose: `respond`,
which the transports call, adds the faults and the log of the world around it.
"""

from __future__ import annotations

import re

from services.clouds import CLOUDS
from services.emulator import (
    route_access,
    route_activity,
    route_alerts,
    route_artifacts,
    route_autoscale,
    route_batch,
    route_blobs,
    route_budgets,
    route_cluster_changes,
    route_compute,
    route_compute_changes,
    route_costs,
    route_dependents,
    route_endpoint_changes,
    route_endpoint_keys,
    route_endpoints,
    route_environments,
    route_experiments,
    route_governance,
    route_graph,
    route_history,
    route_index,
    route_job_changes,
    route_jobs,
    route_login,
    route_machines,
    route_measures,
    route_metadata,
    route_mlflow,
    route_models,
    route_monitor,
    route_operations,
    route_other_endpoints,
    route_prices,
    route_quotas,
    route_run_changes,
    route_schedules,
    route_scoring,
    route_usage_details,
    route_workspace_changes,
    route_workspaces,
)  # fmt: skip
from services.emulator.answers import Refusal, Request, Response, gateway_error, ok
from services.emulator.dice import guid
from services.emulator.fault_answers import fault_response
from services.emulator.fault_kinds import spoilt
from services.emulator.fault_links import anew, is_continued
from services.emulator.faults import Fault
from services.emulator.request_log import Logged
from services.emulator.rights import check_rights
from services.emulator.routing import Ask, Host, Route, check_access, compiled, find_place
from services.emulator.ticks import SECOND
from services.emulator.token_check import check_token
from services.emulator.world import World
from services.emulator.writing import write

_ROOMS = (
    route_workspaces, route_experiments, route_history, route_index, route_mlflow, route_jobs, route_models,
    route_compute, route_machines, route_endpoints, route_autoscale, route_batch, route_other_endpoints,
    route_environments,
    route_access, route_quotas, route_prices, route_activity, route_costs, route_budgets, route_monitor, route_measures,
    route_usage_details,
    route_login, route_metadata, route_dependents, route_governance, route_graph, route_artifacts, route_blobs,
    route_run_changes, route_job_changes, route_compute_changes, route_cluster_changes, route_endpoint_changes,
    route_endpoint_keys, route_workspace_changes,
    route_alerts, route_schedules,
    route_operations, route_scoring,
)  # fmt: skip

ROUTES: tuple[tuple[Route, re.Pattern[str]], ...] = tuple(
    (route, compiled(route.pattern)) for room in _ROOMS for route in room.ROUTES
)

_SLASHES = re.compile("/{2,}")

_HOSTS: tuple[tuple[str, Host], ...] = (
    ("management.azure.com", "arm"), (".api.azureml.ms", "data"), ("api.loganalytics.io", "logs"),
    (".metrics.monitor.azure.com", "metrics"), ("prices.azure.com", "prices"), (".blob.core.windows.net", "blob"),
    (".inference.ml.azure.com", "score"),
    *((cloud.login, "login") for cloud in CLOUDS.values()), ("169.254.169.254", "metadata"),
    ("management.usgovcloudapi.net", "arm"), ("management.chinacloudapi.cn", "arm"),
)  # fmt: skip


def host_kind(host: str) -> Host | None:
    """Return which service a host name belongs to, None for one that is not emulated."""
    name = host.lower()
    for known, kind in _HOSTS:
        if name == known or (known.startswith(".") and name.endswith(known) and len(name) > len(known)):
            return kind
    return None


def answer(world: World, request: Request) -> Response:
    """Return the answer to one request. The same world, time and changes give the same bytes for the same request."""
    now = world.now()
    try:
        found = _answer(world, request, now)
    except Refusal as refusal:
        found = refusal.response
    headers = {
        "x-ms-request-id": guid("request", request.method, request.path, now), "x-request-time": "0.042",
        "x-ms-correlation-request-id": guid("correlation", request.path, now), **found.headers,
    }  # fmt: skip
    if host_kind(request.host) == "arm":
        kind = "reads" if _method(request) == "GET" else "writes"
        headers[f"x-ms-ratelimit-remaining-subscription-{kind}"] = "11999" if kind == "reads" else "1199"
    return Response(status=found.status, headers=headers, body=found.body, length=found.length)


def _answer(world: World, request: Request, now: int) -> Response:
    kind = host_kind(request.host)
    path = _SLASHES.sub("/", request.path)
    matches = [(route, found) for route, pattern in ROUTES if route.host == kind and (found := pattern.fullmatch(path))]
    chosen = next(((route, found) for route, found in matches if route.method == _method(request)), None)
    if kind is None or chosen is None:
        raise _unknown(request, is_known=bool(matches))
    route, found = chosen
    if route.needs_token:
        check_token(_token(request), kind, now)
    if kind == "arm" and not any(name.lower() == "api-version" for name in request.query):
        message = "The api-version query parameter (?api-version=) is required for all requests."
        raise Refusal(gateway_error(400, "MissingApiVersionParameter", message))
    parts = found.groupdict()
    ask = Ask(
        world=world, request=request, parts=parts, now=now, host=kind, place_or_none=find_place(world, parts),
        write=route.write,
    )  # fmt: skip
    check_rights(ask, route)
    check_access(ask, route)
    made = route.handler(ask) if route.write is None else write(ask, route.handler)
    return made if isinstance(made, Response) else ok(made)


def _method(request: Request) -> str:
    return "GET" if request.method.upper() == "HEAD" else request.method.upper()


def _token(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" and token else None


def _unknown(request: Request, *, is_known: bool) -> Refusal:
    """Return the refusal of what the emulator does not do, naming it: most writes are not done, a path is not known."""
    if is_known or request.method.upper() not in ("GET", "HEAD", "POST"):
        message = f"not supported by the emulator yet: {request.method} {request.host}{request.path}"
        return Refusal(gateway_error(405, "MethodNotAllowed", message))
    message = f"the emulator has no route for {request.method} {request.host}{request.path}"
    return Refusal(gateway_error(404, "NoRegisteredProviderFound", message))


class Dropped(Exception):
    """The connection is to be closed without an answer, as the fault in force says."""


class TooSlow(Exception):
    """The client's patience ended before the answer came."""


def respond(world: World, request: Request, *, patience: float | None = None) -> Response:
    """Return the answer with the world's faults applied and the request logged.

    Waits where a fault says so, at most `patience` seconds. Raises Dropped or TooSlow where there is no answer.
    """
    for postponed in world.faults.due(world.now()):
        answer(world, postponed)
    fault = world.faults.take(request)
    response = None
    try:
        response = _with_fault(world, request, fault, patience)
        if (thought := _thought(response)) and not world.faults.wait(thought, patience):
            raise TooSlow
        return response
    finally:
        query = "&".join(f"{name}={value}" for name, value in request.query.items())
        world.log.add(
            Logged(method=request.method, host=request.host, path=request.path, query=query,
                   status=response.status if response else 0, has_token=_token(request) is not None)
        )  # fmt: skip


def _thought(response: Response) -> float:
    """Return for how many seconds a model was at work on an answer, as the answer says itself."""
    return float(response.headers.get("x-ms-run-fn-exec-ms", 0)) / 1000


def _with_fault(world: World, request: Request, fault: Fault | None, patience: float | None) -> Response:
    if fault is None:
        return world.cost_throttle.refusal(request, world.now()) or answer(world, request)
    if not world.faults.wait(fault.latency + fault.stall, patience):
        raise TooSlow
    if fault.drop:
        raise Dropped
    made = spoilt(fault, request, _before_spoiling(world, request, fault), world.faults)
    if fault.lose:
        raise Dropped
    return made


def _before_spoiling(world: World, request: Request, fault: Fault) -> Response:
    """Return what is answered under a fault, before its kind spoils it."""
    now = world.now()
    if fault.late and request.method.upper() not in ("GET", "HEAD"):
        world.faults.postpone(request, now + int(fault.late * SECOND))
        return ok({}, status=202)
    if fault.kind == "half":
        return fault_response(fault, request, now) if is_continued(request) else answer(world, request)
    return answer(world, anew(request)) if fault.status is None else fault_response(fault, request, now)
