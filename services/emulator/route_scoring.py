"""The addresses where online endpoints answer: who may call, which deployment it goes to, and how that ends.

A call ends as the requests of that minute do, so a scenario's trouble is met here too; and it is counted among them.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec

from services.emulator.access import may
from services.emulator.answers import JSON_TYPE, Json, Refusal, Response, ok
from services.emulator.callers import caller_of
from services.emulator.changes import Called
from services.emulator.demand import demand_of
from services.emulator.dice import Dice, guid
from services.emulator.endpoint_documents import model_version
from services.emulator.endpoints import Deployment, Endpoint
from services.emulator.flows import Minute, minute_of, shares_of, timeout_ms
from services.emulator.overlays import endpoints_of
from services.emulator.places import Place
from services.emulator.route_endpoint_keys import key_of
from services.emulator.routing import Ask, Route
from services.emulator.samples import TENANT
from services.emulator.ticks import MINUTE, SECOND
from services.emulator.tokens import parts_of
from services.wire import as_dict

SCORE = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action"
_CLOSED = "Public network access is disabled. Please use a private endpoint to call this endpoint."
_RAISED = {"message": "Unexpected exception occurred in the scoring script; see the logs of the deployment."}
_REFUSED = {429: 4.0, 502: 22.0, 503: 9.0, 500: 35.0}
"""Milliseconds it takes to be turned away."""


def score(ask: Ask) -> Response:
    """Answer one request of a caller. Raises Refusal: 401, 403 and 404 as the gateway before the model says them."""
    place, endpoint = _called(ask)
    _check(ask, place, endpoint)
    minute = minute_of(ask.world, place, endpoint.name, ask.now // MINUTE * MINUTE)
    assert minute is not None
    deployment = _chosen(ask, minute)
    called = ask.world.changes.called
    dice = Dice("score", ask.world.seed, endpoint.name, deployment.name, ask.now, len(called))
    code = _code(minute, deployment, dice)
    body, model = _answer(ask, place, deployment, code)
    code = 424 if model is not None else code
    own = guid("scored", endpoint.name, ask.now, len(called))
    called.append(
        Called(place=place.name, endpoint=endpoint.name, at=minute.at, deployment=deployment.name, code=code, id=own,
               agent=ask.request.headers.get("user-agent", "-"), identity=caller_of(ask.request).id)
    )  # fmt: skip
    headers = {
        "content-type": JSON_TYPE, "x-ms-request-id": own, "azureml-model-deployment": deployment.name,
        "x-ms-run-fn-exec-ms": f"{_took(minute, deployment, code, dice):.1f}",
    }  # fmt: skip
    if model is not None:
        headers |= {"ms-azureml-model-error-statuscode": str(model), "ms-azureml-model-error-reason": "model_error"}
    return Response(status=code, headers=headers, body=msgspec.json.encode(body))


def _called(ask: Ask) -> tuple[Place, Endpoint]:
    name, region = ask.request.host.lower().split(".")[:2]
    for place in ask.world.places:
        if place.region == region:
            for one in endpoints_of(ask.world.changes, place, ask.now):
                if one.name.lower() == name:
                    return place, one
    raise _refusal(404, "NotFound", f"There is no endpoint at {ask.request.host}.")


def _refusal(status: int, code: str, message: str) -> Refusal:
    return Refusal(ok({"error": {"code": code, "message": message}}, status=status))


def _check(ask: Ask, place: Place, endpoint: Endpoint) -> None:
    """Let in who may call, by the way the endpoint wants it."""
    if endpoint.public == "Disabled":
        raise _refusal(403, "PublicNetworkAccessDisabled", _CLOSED)
    scheme, _, given = ask.request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given:
        raise _refusal(401, "auth_header_missing", "The request has no key and no token.")
    if endpoint.auth == "Key":
        if given not in [key_of(ask.world, place, endpoint, kind) for kind in ("Primary", "Secondary")]:
            raise _refusal(401, "key_auth_access_denied", "The key is not one of this endpoint.")
        return
    parts = parts_of(given)
    claims: Json = parts[1] if parts else {}
    if endpoint.auth == "AMLToken":
        if str(claims.get("sub", "")).lower() != f"{place.id}/onlineEndpoints/{endpoint.name}".lower():
            raise _refusal(401, "token_auth_access_denied", "The token is not one of this endpoint.")
    elif claims.get("tid") != TENANT or claims.get("aud") != "https://ml.azure.com":
        raise _refusal(401, "aad_auth_invalid_token", "The token is not for this service.")
    elif int(claims.get("exp", 0)) <= ask.now // SECOND:
        raise _refusal(401, "aad_auth_expired_token", "The token has expired.")
    elif not may(ask.world, caller_of(ask.request), place, SCORE):
        raise _refusal(403, "aad_auth_access_denied", f"The identity may not perform {SCORE}.")


def _chosen(ask: Ask, minute: Minute) -> Deployment:
    """Return the deployment that is named, or one by the split of the traffic."""
    named = ask.request.headers.get("azureml-model-deployment") or _by_traffic(ask, minute)
    found = next((one for one in minute.endpoint.deployments if one.name.lower() == named.lower()), None)
    if found is None:
        raise _refusal(
            404, "DeploymentNotFound", f"The endpoint has no deployment {named}: see azureml-model-deployment."
        )
    return found


def _by_traffic(ask: Ask, minute: Minute) -> str:
    luck = 100 * Dice("split", ask.now, len(ask.world.changes.called)).unit(0)
    for name, share in minute.traffic.items():
        luck -= share
        if luck < 0:
            return name
    raise _refusal(404, "NotFound", "The endpoint has no deployment with traffic.")


def _code(minute: Minute, deployment: Deployment, dice: Dice) -> int:
    if deployment.state == "Failed":
        return 503
    luck = dice.unit(0)
    for code, share in shares_of(minute, deployment.name).items():
        luck -= share
        if luck < 0:
            return code
    return 200


def _answer(ask: Ask, place: Place, deployment: Deployment, code: int) -> tuple[Any, int | None]:
    """Return the body, and the status of the model's own where it raised."""
    try:
        asked = ask.request.json()
    except Refusal:
        return {"message": "The input is not a JSON object."}, 400
    if code == 424:
        return _RAISED, 500
    if code != 200:
        return {
            "error": {"code": str(code), "message": {408: "upstream request timeout"}.get(code, "no healthy upstream")}
        }, None
    version = model_version(ask.world.book(place), deployment, ask.now)
    rows = _rows(asked)
    drawn = Dice("prediction", deployment.model, msgspec.json.encode(asked).decode())
    own = Dice("weights", deployment.model, version)
    scores = [round(min(1.0, max(0.0, drawn.unit(row) + (own.unit(row) - 0.5) * 0.04)), 4) for row in range(rows)]
    return {"model": f"{deployment.model}:{version}", "predictions": [
        {"score": one, "label": "yes" if one >= 0.5 else "no"} for one in scores
    ]}, None  # fmt: skip


MOST_ROWS = 100


def _rows(asked: Json) -> int:
    """Return how many rows a payload asks about: of `data`, or of `input_data` and its `data`."""
    given = asked.get("data", asked.get("input_data"))
    given = as_dict(given).get("data", given)
    return min(MOST_ROWS, max(1, len(cast("list[Any]", given)))) if isinstance(given, list) else 1


def _took(minute: Minute, deployment: Deployment, code: int, dice: Dice) -> float:
    """Return how many milliseconds it took."""
    if code in _REFUSED:
        return _REFUSED[code]
    most = timeout_ms(deployment)
    if code == 408:
        return most
    part = 0.4 if code == 424 else 1.0
    return min(
        most, demand_of(minute.endpoint.name).quantile(2 * dice.unit(1) - 1, minute.slow(deployment.name)) * part
    )


ROUTES = (Route("POST", "score", "/score", score, needs_token=False),)
