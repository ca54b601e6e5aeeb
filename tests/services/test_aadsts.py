"""What the sign-in service says, in its real words, as a sentence with the next step."""

from __future__ import annotations

import base64
import json

import pytest
from azure.core.exceptions import ClientAuthenticationError

from services.aadsts import SAID, explained, of_challenge
from services.calls import Answer, Call
from services.connection import utc_now
from services.errors import NotSignedIn
from services.failures import signed_out
from services.translating import translate

TAIL = (
    "\r\nTrace ID: 0a1b2c3d-0000-4000-8000-000000000001\r\nCorrelation ID: 0a1b2c3d-0000-4000-8000-000000000002"
    "\r\nTimestamp: 2026-11-21 12:00:00Z"
)
REAL = {
    50076: ("Due to a configuration change made by your administrator, or because you moved to a new location, you "
            "must use multi-factor authentication to access '797f4846-ba00-4fd7-ba43-dac1f8f63013'.", "second factor"),
    50079: ("Due to a configuration change made by your administrator, or because you moved to a new location, you "
            "must enroll in multi-factor authentication to access '797f4846-ba00-4fd7-ba43-dac1f8f63013'.", "set up"),
    50158: ("External security challenge not satisfied. User will be redirected to another page or authentication "
            "provider to satisfy additional authentication challenges.", "conditional access"),
    53003: ("Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
            "blocks this sign-in"),
    70043: ("The refresh token has expired or is invalid due to sign-in frequency checks by conditional access. The "
            "token was issued on 2026-11-20T08:00:00.0000000Z and the maximum allowed lifetime for this request is "
            "28800.", "every so often"),
    700082: ("The refresh token has expired due to inactivity. The token was issued on 2026-01-21T12:34:56.7890123Z "
             "and was inactive for 90.00:00:00.", "not used for a long time"),
    50173: ("The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have "
            "changed or reset their password. The grant was issued on '2026-11-01T00:00:00.0000000Z' and the "
            "TokensValidFrom date (before which tokens are not valid) for this user is '2026-11-20T00:00:00.0000000Z'.",
            "revoked"),
    50020: ("User account '{EUII Hidden}' from identity provider 'https://sts.windows.net/x/' does not exist in tenant "
            "'Example' and cannot access the application '04b07795-8ddb-461a-bbee-02f9e1bf7b46'(Microsoft Azure CLI) "
            "in that tenant. The account needs to be added as an external user in the tenant first.",
            "not of that tenant"),
    90072: ("User account '{EUII Hidden}' from identity provider 'live.com' does not exist in tenant 'Example' and "
            "cannot access the application.", "not known in that tenant"),
    65001: ("The user or administrator has not consented to use the application with ID "
            "'04b07795-8ddb-461a-bbee-02f9e1bf7b46' named 'Microsoft Azure CLI'. Send an interactive authorization "
            "request for this user and resource.", "consented"),
    50105: ("Your administrator has configured the application Example ('x') to block users unless they are "
            "specifically granted ('assigned') access to the application.", "not assigned"),
    7000215: ("Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, "
              "not the client secret ID, for a secret added to app 'x'.", "secret is wrong"),
    7000222: ("The provided client secret keys for app 'x' are expired. Visit the Azure portal to create new keys for "
              "your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: "
              "https://aka.ms/certCreds.", "secret has expired"),
    700027: ("The certificate with identifier used to sign the client assertion is not registered on application. "
             "[Reason - The key was not found., Thumbprint of key used by client: 'AB12']", "certificate is not one"),
    700024: ("Client assertion is not within its valid time range. Current time: 2026-11-21T12:00:00.0000000Z, expiry "
             "time of assertion 2026-11-21T11:00:00.0000000Z.", "not valid now"),
    70016: ("OAuth 2.0 device flow error. Authorization is pending. Continue polling.", "not used yet"),
    70019: ("Verification code expired.", "has expired"),
    70020: ("The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
            "has expired"),
    90002: ("Tenant 'contoso.example' not found. Check to make sure you have the correct tenant ID and are signing "
            "into the correct cloud.", "tenant was not found"),
    50034: ("The user account {EUII Hidden} does not exist in the x directory. To sign into this application, the "
            "account must be added to the directory.", "does not exist"),
    50057: ("The user account is disabled.", "disabled"),
    50126: ("Error validating credentials due to invalid username or password.", "password is wrong"),
    500011: ("The resource principal named https://management.azure.com was not found in the tenant named Example. "
             "This can happen if the application has not been installed by the administrator of the tenant or "
             "consented to by any user in the tenant.", "does not know the service"),
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(REAL))
def test_the_real_text_of_a_code_becomes_a_sentence_with_a_step(code: int) -> None:
    text, words = REAL[code]
    said = f"AADSTS{code}: {text}{TAIL}"
    for told in (said, f"Authentication failed: {said}", f"ERROR: {said}\r\nInteractive authentication is needed."):
        error = explained(told)
        assert error is not None
        assert words in error.what
        assert error.do
        assert error.code == f"AADSTS{code}"
        assert "Trace ID" not in str(error)
    assert signed_out(ClientAuthenticationError(said)).what == error.what


@pytest.mark.parametrize("code", sorted(SAID))
def test_every_sentence_names_what_to_do_and_fits_a_notice(code: int) -> None:
    for told in (f"AADSTS{code}: x.", f"ERROR: AADSTS{code}: x. Please run: az login"):
        error = explained(told)
        assert error is not None
        assert len(error.what) < 100
        assert "{" not in str(error)
        assert not error.what.endswith(".")


def test_azs_own_words_lead_back_to_az_and_the_others_to_amldeck() -> None:
    of_az = signed_out(RuntimeError("ERROR: AADSTS700082: The refresh token has expired.\r\nTrace ID: 1"))
    assert of_az.do == "run `az login`"
    own = signed_out(ClientAuthenticationError("Authentication failed: AADSTS700082: The refresh token has expired."))
    assert own.do == "sign in again (L, or `amldeck sign-in`)"
    wrong = explained("ERROR: AADSTS50020: User account does not exist in tenant", is_az=True)
    assert wrong is not None
    assert "az login --tenant TENANT" in wrong.do


def test_an_unknown_code_keeps_its_description_tidied_and_its_number() -> None:
    error = signed_out(ClientAuthenticationError(f"AADSTS999123: A policy named \x1b[31mnobody\x1b[0m knows.{TAIL}"))
    assert error.what.endswith("knows (AADSTS999123)")
    assert "\x1b" not in str(error)
    assert "Trace" not in str(error)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Timed out waiting for user to authenticate", "device code has expired"),
        ("Timed out after waiting 300 seconds for the user to authenticate", "Nobody signed in"),
        ("Failed to open a browser", "No browser"),
        ("expired_token", "device code has expired"),
        ("authorization_declined", "declined"),
    ],
)
def test_what_is_said_without_a_code_is_known_too(text: str, words: str) -> None:
    error = explained(text)
    assert error is not None
    assert words in error.what


def test_words_that_have_nothing_to_do_with_a_sign_in_are_left_alone() -> None:
    assert explained("Connection refused") is None


def challenge(claims: object) -> str:
    encoded = base64.b64encode(json.dumps(claims).encode()).decode()
    return (
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
        f'error="insufficient_claims", claims="{encoded}"'
    )


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"access_token": {"nbf": {"essential": True, "value": "1700000000"}}}, "revoked"),
        ({"access_token": {"acrs": {"essential": True, "value": "p1"}}}, "stronger sign-in"),
        ({"access_token": {}}, "new sign-in"),
    ],
)
def test_a_claims_challenge_says_what_azure_asks_for(claims: object, words: str) -> None:
    call = Call(url="https://management.azure.com/subscriptions")
    headers = {"www-authenticate": challenge(claims)}
    error = translate(Answer(call=call, status=401, body=b"", headers=headers, fetched_at=utc_now()))
    assert type(error) is NotSignedIn
    assert words in error.what
    assert "amldeck sign-in" in error.do


def test_a_plain_401_is_no_claims_challenge() -> None:
    assert of_challenge('Bearer authorization_uri="https://login/", error="invalid_token"') is None
