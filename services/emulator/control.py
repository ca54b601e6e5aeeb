"""The emulator's own address: what it is, its faults, and what it was asked. Not part of the world it shows."""

from __future__ import annotations

import msgspec

from services.emulator.answers import Refusal, Request, Response, gateway_error, ok
from services.emulator.faults import fault_of
from services.emulator.login import Decision, Policy
from services.emulator.ticks import stamp
from services.emulator.world import World


def control(world: World, request: Request) -> Response:
    """Answer a request that was sent to the emulator itself.

    GET /emulator says what it is. /emulator/faults: GET lists, POST adds one (JSON), DELETE lifts (`?match=`).
    /emulator/requests: GET lists (`?match=`), DELETE forgets. /emulator/deleted: POST takes runs or experiments out of
    the world: {"workspace": NAME, "runs": [ID…], "experiments": [NAME…]}.

    A fault says what it hits (`match`, `times`), how long it waits (`latency`, `stall`), and what is answered: `status`
    with `retry_after` (seconds, or any text), `drop` (nothing is done or answered), `lose` (done, then no answer),
    `late` (202 now, done after so many seconds), or the usual answer as `kind` leaves it:
    `truncate` cut where `seed` says, with the whole length told; `malform` spoilt in the way number `seed`;
    `html` 200 with a page of a hotel's network; `error` 200 with an error inside; `huge` `size` bytes long, and `bomb`
    so long once unpacked; `drip` a byte every `pace` seconds; `headers` with more than a client takes; `redirect` to
    `to`, or to itself; `foreign` with every link in it leading to `to`; `cycle` pages that lead back; `endless` pages
    that lead ever on; `half` the first page of a listing, and `status` for those after it.
    /emulator/sign-in: GET says which device codes wait and how sign-ins are taken; POST changes that (fields of
    `login.Policy`) or decides: {"approve": CODE, "upn": WHO}, {"decline": CODE}, {"expire": true}; "" means every code.
    """
    if "origin" in request.headers:
        # A page in a browser on this machine could reach this address; no page has business here.
        return gateway_error(403, "Forbidden", "the emulator does not answer web pages")
    match (request.method.upper(), request.path.rstrip("/").lower()):
        case ("GET", "/emulator"):
            return ok({"name": "amldeck emulator", "seed": world.seed, "now": stamp(world.now(), "Z"),
                       "workspaces": [place.id for place in world.places]})  # fmt: skip
        case (method, "/emulator/faults"):
            return _faults(world, method, request)
        case (method, "/emulator/requests"):
            return _requests(world, method, request)
        case ("POST", "/emulator/deleted"):
            return _delete(world, request)
        case (method, "/emulator/sign-in"):
            return _sign_in(world, method, request)
        case _:
            message = f"the emulator has no route for {request.method} {request.host}{request.path}"
            return gateway_error(404, "NotFound", f"{message}; Azure's hosts are told apart by the Host header")


def _faults(world: World, method: str, request: Request) -> Response:
    if method == "POST":
        try:
            world.faults.add(fault_of(request.json()))
        except Refusal as refusal:
            return refusal.response
        except ValueError as error:
            return gateway_error(400, "InvalidFault", str(error))
    elif method == "DELETE":
        world.faults.clear(request.query.get("match"))
    elif method != "GET":
        return gateway_error(405, "MethodNotAllowed", f"{method} is not for {request.path}")
    return ok({"value": [msgspec.to_builtins(fault) for fault in world.faults.all]})


def _requests(world: World, method: str, request: Request) -> Response:
    if method == "DELETE":
        world.log.clear()
    elif method != "GET":
        return gateway_error(405, "MethodNotAllowed", f"{method} is not for {request.path}")
    entries = world.log.entries(request.query.get("match", ""))
    return ok({"count": len(world.log), "value": [msgspec.to_builtins(entry) for entry in entries]})


def _delete(world: World, request: Request) -> Response:
    asked = request.json()
    place = next((one for one in world.places if one.name == asked.get("workspace")), None)
    if place is None:
        return gateway_error(404, "ResourceNotFound", f"there is no workspace {asked.get('workspace')}")
    missing = [run for run in asked.get("runs") or () if not world.delete_run(place, str(run))]
    for name in asked.get("experiments") or ():
        world.delete_experiment(place, str(name))
    return ok({"missing": missing})


def _sign_in(world: World, method: str, request: Request) -> Response:
    login = world.login
    if method == "POST":
        try:
            wanted = request.json()
            upn = str(wanted.pop("upn", login.policy.upn))
            for word, decision in _DECISIONS:
                if word in wanted:
                    login.decide(str(wanted.pop(word)), decision, upn)
            if wanted.pop("expire", False):
                login.expire()
            login.policy = msgspec.convert({**msgspec.to_builtins(login.policy), "upn": upn, **wanted}, Policy)
        except Refusal as refusal:
            return refusal.response
        except msgspec.ValidationError as error:
            return gateway_error(400, "InvalidSignIn", str(error))
    elif method != "GET":
        return gateway_error(405, "MethodNotAllowed", f"{method} is not for {request.path}")
    return ok({"waiting": login.waiting, "policy": msgspec.to_builtins(login.policy)})


_DECISIONS: tuple[tuple[str, Decision], ...] = (("approve", "approved"), ("decline", "declined"))
