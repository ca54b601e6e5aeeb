"""Every way Azure has of saying no becomes one of our errors and one sentence somebody can act on."""

from __future__ import annotations

import json
import os
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3
from azure.core import exceptions as azure
from azure.identity import CredentialUnavailableError

from services.calls import Answer, Call
from services.errors import (
    Conflict,
    Forbidden,
    ForeignHost,
    Malformed,
    NotFound,
    NotSignedIn,
    PrivateOnly,
    Refused,
    ServiceBroken,
    ServiceError,
    Throttled,
    Unreachable,
    foreign,
)
from services.translating import translate

WIRE = Path(os.environ.get("AMLDECK_WIRE", Path(__file__).parents[3] / "shared" / "wire")) / "errors"
WS = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/ml-prod"
CALL = Call(url=f"https://management.azure.com{WS}/jobs")


def answer(status: int, body: object = b"", call: Call = CALL, **headers: str) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(call=call, status=status, body=raw, headers=named, fetched_at=datetime(2026, 11, 21, tzinfo=UTC))


RECORDED: dict[str, tuple[type[ServiceError], tuple[str, ...]]] = {
    "400-cancel-terminal-debuginfo": (Refused, ("is in terminal status", "can't be canceled")),
    "400-cancel-terminal-run": (Refused, ("is in terminal status",)),
    "400-component-input-missing": (Refused, ("component_in_file", "does not exist")),
    "400-graph-query": (Refused, ("Query is invalid",)),
    "400-immutable-field": (Refused, ('"code" is immutable', "try specifying a new version")),
    "401-expired-token": (NotSignedIn, ("earlier than current", "amldeck sign-in")),
    "401-invalid-token": (NotSignedIn, ("token is invalid", "amldeck sign-in")),
    "403-aml-user-error": (Forbidden, ("not having read access", "codes")),
    "403-authorization-failed": (
        Forbidden,
        ("Microsoft.Network/locations/operations/read", "/subscriptions/2a6b40d9-16cb-4676-8609-d5a1df110803", "role"),
    ),
    "404-aml-component": (NotFound, ("component test_968045258483",)),
    "404-connection": (NotFound, ("can't be found in this workspace",)),
    "404-flow-nested": (NotFound, ("Flow with id fake_flow_name not found",)),
    "404-job": (NotFound, ("Job test_594403285257 not found",)),
    "404-resource-group": (NotFound, ("custodian-test-deployment-units", "could not be found")),
    "404-trigger-debuginfo-11kb": (NotFound, ("Trigger test_501674609020 not found",)),
    "404-workspace": (NotFound, ("e2etest_test_496978202099", "was not found")),
    "409-missing-registration": (Conflict, ("not registered", "Microsoft.RecoveryServices")),
    "409-role-assignment-exists": (Conflict, ("already exists",)),
    "409-scope-locked": (Conflict, ("are locked",)),
    "429-aml-no-retry-after": (Throttled, ("too many requests", "20 s")),
    "429-cost-management": (Throttled, ("Too many requests", "60 s")),
    "500-aml-service-error": (ServiceBroken, ("500", "Azure's side")),
    "500-arm-internal": (ServiceBroken, ("500", "internal server error")),
    "502-bad-gateway-connection": (ServiceBroken, ("502", "connectivity issue")),
    "502-nginx-html": (ServiceBroken, ("502 Bad Gateway",)),
    "503-server-timeout": (ServiceBroken, ("503", "timed out")),
    "504-nginx-html": (ServiceBroken, ("504 Gateway Time-out",)),
}


def recorded(name: str) -> Answer:
    document: dict[str, Any] = json.loads((WIRE / f"{name}.json").read_text())
    meta = document["meta"]
    body = document["body_text"].encode() if "body_text" in document else document["body"]
    call = Call(url=f"https://{meta['host']}{meta['path']}", method=meta["method"])
    headers = {name.lower(): value for name, value in (meta.get("headers") or {}).items()}
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(call=call, status=meta["status"], body=raw, headers=headers, fetched_at=datetime.now(UTC))


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_a_recorded_error_has_the_right_kind_and_words(name: str) -> None:
    if not (WIRE / f"{name}.json").is_file():
        pytest.skip(f"NO RECORDED ANSWER {name} at {WIRE}: set AMLDECK_WIRE to their folder")
    kind, words = RECORDED[name]
    error = translate(recorded(name))
    said = str(error)
    assert type(error) is kind
    for word in words:
        assert word in said
    assert said.endswith(".")
    assert "\r" not in said
    assert "\n" not in said
    assert len(said) < 900


def test_every_recorded_error_becomes_one_sentence_of_its_status() -> None:
    names = [path.stem for path in WIRE.glob("*.json")]
    if not names:
        pytest.skip(f"NO RECORDED ANSWERS at {WIRE}: set AMLDECK_WIRE to their folder")
    for name in names:
        error = translate(recorded(name))
        assert type(error) is not ServiceError, name
        assert str(error).endswith("."), name
        assert "\n" not in str(error), name


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, Malformed),
        (400, Refused),
        (401, NotSignedIn),
        (402, Refused),
        (403, Forbidden),
        (404, NotFound),
        (405, Refused),
        (407, Unreachable),
        (408, Unreachable),
        (409, Conflict),
        (410, NotFound),
        (412, Conflict),
        (416, Refused),
        (423, Conflict),
        (429, Throttled),
        (500, ServiceBroken),
        (503, ServiceBroken),
        (529, ServiceBroken),
    ],
)
def test_the_status_decides_and_never_the_code(status: int, kind: type[ServiceError]) -> None:
    for code in ("UserError", "NotFound", "429", "AuthorizationFailed", "InternalServerError"):
        error = translate(answer(status, {"error": {"code": code, "message": "Something about it."}}))
        assert type(error) is kind
        assert error.status == status
        assert error.code == code


def test_a_missing_right_is_taken_apart() -> None:
    message = (
        "The client 'x' with object id 'y' does not have authorization to perform action "
        "'Microsoft.MachineLearningServices/workspaces/jobs/read' over scope '/subscriptions/s/x' or it is invalid."
    )
    error = translate(answer(403, {"error": {"code": "AuthorizationFailed", "message": message}}))
    assert isinstance(error, Forbidden)
    assert error.action == "Microsoft.MachineLearningServices/workspaces/jobs/read"
    assert error.scope == "/subscriptions/s/x"


@pytest.mark.parametrize("ending", ["' or the scope is invalid.", "'.", "'", ". If access was recently granted …"])
def test_the_scope_of_a_missing_right_keeps_its_dots(ending: str) -> None:
    scope = "/subscriptions/s/resourceGroups/g.1/providers/Microsoft.MachineLearningServices/workspaces/ml.prod"
    quote = "'" if ending.startswith("'") else ""
    message = f"x does not have authorization to perform action 'A/read' over scope {quote}{scope}{ending}"
    error = translate(answer(403, {"error": {"code": "AuthorizationFailed", "message": message}}))
    assert isinstance(error, Forbidden)
    assert error.scope == scope


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (403, "Public network access is disabled for this workspace."),
        (403, "Access to workspace was denied based on workspace private link configuration."),
        (502, "Access to workspace was denied based on workspace private link configuration."),
        (403, "Client address is not authorized and caller is not a trusted service."),
        (403, "The request was denied by the firewall of the resource."),
        (403, "Connections to this host are only approved through a private endpoint."),
    ],
)
def test_a_private_workspace_is_told_apart_from_a_missing_right(status: int, message: str) -> None:
    error = translate(answer(status, {"error": {"code": "UserError", "message": message}}))
    assert type(error) is PrivateOnly
    assert "private network" in str(error)
    assert "cached data" in str(error)


def test_secrets_do_not_enter_a_sentence() -> None:
    body = {
        "error": {
            "message": "Cannot read https://a.blob.core.windows.net/x?sv=1&sig=CANARYCANARY%3D&se=2 "
            "with AccountKey=CANARYCANARY=="
        }
    }
    assert "CANARY" not in str(translate(answer(403, body)))


def test_an_empty_answer_still_makes_a_sentence_that_says_where() -> None:
    said = str(translate(answer(404)))
    assert "404" in said
    assert "jobs of ml-prod" in said


def test_an_error_keeps_the_number_support_asks_for() -> None:
    assert translate(answer(500, b"", x_ms_request_id="42")).request_id == "42"


def test_a_401_without_body_is_explained_by_its_challenge() -> None:
    challenge = (
        'Bearer authorization_uri="https://login/", error="invalid_token", error_description="The token has expired."'
    )
    assert "The token has expired" in str(translate(answer(401, b"", www_authenticate=challenge)))


def test_throttled_always_says_when_to_come_back() -> None:
    assert translate(answer(429)).retry_after == 30


REFUSED = urllib3.exceptions.NewConnectionError(None, "Connection refused")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("problem", "kind", "word"),
    [
        (azure.ServiceRequestError("x"), Unreachable, "cannot be reached"),
        (azure.ServiceRequestTimeoutError("x"), Unreachable, "in time"),
        (azure.ServiceResponseError("x"), Unreachable, "broke off"),
        (azure.ServiceResponseTimeoutError("x"), Unreachable, "too long"),
        (azure.IncompleteReadError("x"), Unreachable, "broke off"),
        (azure.DecodeError("x"), Malformed, "decoded"),
        (azure.HttpResponseError("x"), Unreachable, "reached"),
        (
            azure.ClientAuthenticationError("AADSTS700082: The refresh token has expired"),
            NotSignedIn,
            "not used for a long time",
        ),
        (CredentialUnavailableError("Azure CLI not found on path"), NotSignedIn, "not installed"),
        (CredentialUnavailableError("Please run 'az login' to set up an account"), NotSignedIn, "az login"),
        (CredentialUnavailableError("Failed to invoke the Azure CLI"), NotSignedIn, "did not answer"),
        (requests.ConnectionError(REFUSED), Unreachable, "refuses"),
        (requests.ReadTimeout("x"), Unreachable, "too long"),
        (requests.ConnectTimeout("x"), Unreachable, "in time"),
        (requests.exceptions.ProxyError("x"), Unreachable, "HTTPS_PROXY"),
        (
            requests.exceptions.SSLError("certificate verify failed: unable to get local issuer"),
            Unreachable,
            "REQUESTS_CA_BUNDLE",
        ),
        (requests.exceptions.ChunkedEncodingError("x"), Unreachable, "broke off"),
        (urllib3.exceptions.ProtocolError("x"), Unreachable, "reached"),
        (socket.gaierror(-2, "Name or service not known"), Unreachable, "cannot be resolved"),
        (ConnectionRefusedError(111, "Connection refused"), Unreachable, "refuses"),
        (ConnectionResetError(104, "reset"), Unreachable, "reached"),
        (TimeoutError("timed out"), Unreachable, "too long"),
        (ssl.SSLCertVerificationError("x"), Unreachable, "certificate"),
        (json.JSONDecodeError("x", "y", 0), Malformed, "decoded"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"), Malformed, "decoded"),
        (RecursionError("x"), Malformed, "decoded"),
    ],
)
def test_exceptions_of_the_sdk_and_the_network_become_ours(
    problem: BaseException, kind: type[ServiceError], word: str
) -> None:
    error = translate(problem, CALL)
    assert type(error) is kind
    assert word in str(error)


def test_an_error_of_an_sdk_client_is_told_by_its_status() -> None:
    class Response:
        status_code = 404
        reason = "Not Found"
        headers = {"X-Ms-Request-Id": "42"}  # noqa: RUF012

        def body(self) -> bytes:
            return b'{"error": {"code": "UserError", "message": "Job x not found."}}'

        def text(self, encoding: str | None = None) -> str:
            return self.body().decode()

    error = translate(azure.HttpResponseError(response=Response()), CALL)  # type: ignore[arg-type]
    assert isinstance(error, NotFound)
    assert "Job x not found" in str(error)
    assert error.request_id == "42"


def test_our_own_error_stays_what_it_is_and_a_bug_looks_like_a_bug() -> None:
    error = NotFound("x")
    assert translate(error) is error
    with pytest.raises(ZeroDivisionError):
        translate(ZeroDivisionError("a bug"))


def test_exceptions_that_hold_each_other_do_not_loop() -> None:
    first, second = azure.ServiceRequestError("a"), OSError("b")
    first.__cause__, second.__cause__ = second, first
    assert isinstance(translate(first, CALL), Unreachable)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NotFound("Job x not found."), "Job x not found."),
        (NotFound("Job x not found", on="jobs/y of w"), "Job x not found (jobs/y of w)."),
        (NotFound("Job x not found", on="job x"), "Job x not found."),
        (NotFound("Job x not found", on="w", do="refresh"), "Job x not found (w); refresh."),
    ],
)
def test_a_sentence_says_what_where_and_what_to_do(error: ServiceError, said: str) -> None:
    assert str(error) == said


def test_a_foreign_link_is_named_by_its_host_only() -> None:
    error = foreign("https://user:secret@evil.example/path?sig=CANARYCANARY", CALL)
    assert isinstance(error, ForeignHost)
    assert "evil.example" in str(error)
    assert "secret" not in str(error)
    assert "CANARY" not in str(error)
