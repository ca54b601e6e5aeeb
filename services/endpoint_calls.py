"""A test call of an online endpoint: one payload, to the endpoint or to deployments of it, once each.

Keys and tokens are read for the call and let go after it. They go to Azure's own hosts for managed endpoints alone:
the address of a Kubernetes endpoint is its cluster's, so it is explained and not called.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec

from services.calls import Call
from services.clouds import Cloud, is_host_of
from services.depth import is_too_deep
from services.endpoint_failures import Failure, of_response
from services.endpoint_keys import Secret, read_secret
from services.endpoints import Endpoint, get_endpoint
from services.errors import Refused, ServiceError
from services.guards import oddity
from services.planning import az, only
from services.records import WorkspaceRef
from services.scoring import Scored, must_be_unlocked, score
from services.sentences import tidy

if TYPE_CHECKING:
    from services.connection import Connection

LARGEST = 1024 * 1024
"""Bytes of a payload: Azure takes 1.5 MB."""
DEEPEST = 64
MOST = 4
"""Deployments that are called with one payload."""
SCORE = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action"

_DEPLOYMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_AUTH = {
    "key": "its primary key, read for this call and let go after it",
    "amltoken": "a token of the endpoint, made for this call and let go after it",
    "aadtoken": "you, by your Entra token",
}


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be called, as the endpoint stands: nothing was sent yet."""

    endpoint: Endpoint
    deployments: tuple[str, ...] = ()
    """Those that are called by name; none lets the traffic choose."""

    @property
    def host(self) -> str:
        """Where it is sent."""
        return urlsplit(self.endpoint.scoring_uri or "").hostname or ""

    @property
    def proves(self) -> str:
        """With what the call says who it is."""
        return _AUTH[(self.endpoint.auth_mode or "").lower()]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How one call ended: an answer of any status, or a sentence that says why there is none."""

    deployment: str
    scored: Scored | None = None
    problem: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the model answered."""
        return self.scored is not None and 200 <= self.scored.status < 300


def checked_payload(payload: bytes) -> bytes:
    """Return a payload as it may be sent. Raises Refused for what is too large, too deep or no JSON."""
    if len(payload) > LARGEST:
        raise Refused(f"The payload is larger than {LARGEST // 1024:,} KB", do="nothing was sent")
    if is_too_deep(payload, DEEPEST):
        raise Refused(f"The payload is nested deeper than {DEEPEST} levels", do="nothing was sent")
    try:
        msgspec.json.decode(payload)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Refused(f"The payload is no JSON: {tidy(str(error))[:200]}", do="nothing was sent") from None
    return payload.strip()


def why_not_called(cloud: Cloud, endpoint: Endpoint) -> str | None:
    """Return why an endpoint is not called from here, as a sentence; None when it can be."""
    name, uri = endpoint.name, endpoint.scoring_uri
    if not uri:
        return f"{name} has no address to call yet"
    host = tidy(uri.partition("//")[2].partition("/")[0])[:80]
    if uri.lower().startswith("http:"):
        return f"{name} answers at {host} over plain http, where anybody on the way could read its key"
    if (why := oddity(uri)) is not None:
        return f"The address of {name} is not one a key may go to: {why}"
    if not is_host_of(cloud, "score", urlsplit(uri).hostname or ""):
        whose = "its cluster's own" if (endpoint.kind or "").lower().startswith("k") else "not Azure's"
        return f"{name} answers at {host}, which is {whose}; keys and tokens go to Azure's hosts alone"
    if (endpoint.auth_mode or "").lower() not in _AUTH:
        return f"How {name} wants to be asked who calls is not known: {endpoint.auth_mode or 'Azure does not say'}"
    return None


def plan_call(connection: Connection, ref: WorkspaceRef, name: str, deployments: Sequence[str] = ()) -> Target:
    """Return what would be called, from a fresh reading; nothing is sent to it. Raises ServiceError.

    Refused where it may not be called from here, or for the name of a deployment that is none.
    Reads GET …/onlineEndpoints/{name}.
    """
    chosen = tuple(dict.fromkeys(deployments))
    if len(chosen) > MOST:
        raise Refused(f"{len(chosen)} deployments are too many for one call; {MOST} at most", do="nothing was sent")
    for one in chosen:
        if not _DEPLOYMENT.fullmatch(one):
            raise Refused(f"{tidy(one)[:60]!r} is no name of a deployment", do="nothing was sent")
    endpoint = only(get_endpoint(connection, ref, name), f"endpoint {name}")
    if (why := why_not_called(connection.cloud, endpoint)) is not None:
        raise Refused(why, do=f"`{invoke_command(ref, name, chosen)}` calls it outside amldeck; nothing was sent")
    return Target(endpoint=endpoint, deployments=chosen)


def invoke_command(ref: WorkspaceRef, name: str, deployments: Sequence[str] = (), file: str = "payload.json") -> str:
    """Return the `az` command that calls an endpoint, or the first of the deployments."""
    to = ("--deployment-name", deployments[0]) if deployments else ()
    return az(ref, "ml online-endpoint invoke", "--name", name, *to, "--request-file", file)


def curl_command(target: Target, file: str = "payload.json") -> str:
    """Return the `curl` command that sends the same, with the key or token left to the shell that runs it."""
    to = ("-H", f"azureml-model-deployment: {target.deployments[0]}") if target.deployments else ()
    options = ("-H", "Content-Type: application/json", *to, "--data", f"@{file}", target.endpoint.scoring_uri or "")
    return f'curl -X POST -H "Authorization: Bearer $TOKEN" {shlex.join(options)}'


def make_calls(connection: Connection, ref: WorkspaceRef, target: Target, payload: bytes) -> tuple[Outcome, ...]:
    """Send a payload, once to each deployment of the target or once to the endpoint, one after the other. For workers.

    Raises ReadOnly while writing is locked and another ServiceError when the key or token cannot be had: then nothing
    was sent. Sends POST …/listKeys or …/token,
    then POST to the endpoint's own address.
    """
    body = checked_payload(payload)
    must_be_unlocked(connection.lock, ref, f"endpoint {target.endpoint.name}")
    secret = _secret(connection, ref, target.endpoint)
    return tuple(_outcome(connection, ref, target, body, secret, one) for one in target.deployments or ("",))


def _outcome(
    connection: Connection, ref: WorkspaceRef, target: Target, body: bytes, secret: Secret, deployment: str
) -> Outcome:
    headers = {"x-ms-client-request-id": str(uuid4()), "Accept-Encoding": "gzip"}
    if deployment:
        headers["azureml-model-deployment"] = deployment
    call = Call(
        url=target.endpoint.scoring_uri or "", method="POST", body=msgspec.Raw(body), audience="score",
        headers={"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "amldeck", **headers},
        is_content=True,
    )  # fmt: skip
    try:
        return Outcome(deployment=deployment, scored=score(connection, ref, call, secret, deployment))
    except ServiceError as error:
        fate = " Whether the model ran is not known; it is not sent again." if error.is_outcome_unknown else ""
        return Outcome(deployment=deployment, problem=f"{error}{fate}")


def _secret(connection: Connection, ref: WorkspaceRef, endpoint: Endpoint) -> Secret:
    mode = (endpoint.auth_mode or "").lower()
    if mode == "aadtoken":
        return Secret(connection.token("score").token)
    return read_secret(connection, ref, endpoint.name, "primary" if mode == "key" else "token")


def known_of(scored: Scored) -> Failure | None:
    """Return what is known of an answer that is no success; None for one that is, or that nobody knows."""
    if scored.status < 400:
        return None
    words = scored.body[:2_000].decode("utf-8", "replace")
    return of_response(scored.status, scored.model_status, [scored.model_reason, words])


def meaning_of(scored: Scored) -> str:
    """Return what a status means, in a few words."""
    if scored.status < 300:
        return "the model answered"
    if scored.status < 400:
        host = tidy(urlsplit(scored.location or "").hostname or "nowhere")[:80]
        return f"it redirects to {host}; a key is never sent after a redirect"
    known = known_of(scored)
    return known.meaning if known is not None else "not a status that is known here"
