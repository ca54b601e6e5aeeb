"""Refusals of the emulated sign-in service, in the words and the frame of the real one.

Texts: https://learn.microsoft.com/entra/identity-platform/reference-error-codes and answers quoted in public issues.
"""

from __future__ import annotations

from services.emulator.answers import Refusal, Response, ok
from services.emulator.dice import guid
from services.emulator.ticks import DAY, clock_text, day_text

TEXTS: dict[int, tuple[str, str]] = {
    50020: ("invalid_grant", "User account '{user}' from identity provider 'https://sts.windows.net/{home}/' does not "
            "exist in tenant 'Example' and cannot access the application '{client}' in that tenant. The account needs "
            "to be added as an external user in the tenant first."),
    50034: ("invalid_grant", "The user account {user} does not exist in the {tenant} directory. To sign into this "
            "application, the account must be added to the directory."),
    50057: ("invalid_grant", "The user account is disabled."),
    50076: ("interaction_required", "Due to a configuration change made by your administrator, or because you moved to "
            "a new location, you must use multi-factor authentication to access '{resource}'."),
    50079: ("interaction_required", "Due to a configuration change made by your administrator, or because you moved to "
            "a new location, you must enroll in multi-factor authentication to access '{resource}'."),
    50105: ("invalid_grant", "Your administrator has configured the application Azure ML tools ('{client}') to block "
            "users unless they are specifically granted ('assigned') access to the application."),
    50126: ("invalid_grant", "Error validating credentials due to invalid username or password."),
    50158: ("interaction_required", "External security challenge not satisfied. User will be redirected to another "
            "page or authentication provider to satisfy additional authentication challenges."),
    50173: ("invalid_grant", "The provided grant has expired due to it being revoked, a fresh auth token is needed. "
            "The user might have changed or reset their password. The grant was issued on '{issued}' and the "
            "TokensValidFrom date (before which tokens are not valid) for this user is '{now}'."),
    53003: ("interaction_required", "Access has been blocked by Conditional Access policies. The access policy does "
            "not allow token issuance."),
    65001: ("invalid_grant", "The user or administrator has not consented to use the application with ID '{client}' "
            "named 'Azure ML tools'. Send an interactive authorization request for this user and resource."),
    70000: ("invalid_grant", "The provided authorization code or refresh token is not valid."),
    70016: ("authorization_pending", "OAuth 2.0 device flow error. Authorization is pending. Continue polling."),
    70018: ("authorization_declined", "The user declined the authorization request."),
    70020: ("expired_token", "The provided value for the input parameter 'device_code' is not valid. This device code "
            "has expired."),
    70043: ("invalid_grant", "The refresh token has expired or is invalid due to sign-in frequency checks by "
            "conditional access. The token was issued on {issued} and the maximum allowed lifetime for this request is "
            "28800."),
    90002: ("invalid_request", "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are "
            "signing into the correct cloud. Check with your subscription administrator, this may happen if there are "
            "no active subscriptions for the tenant."),
    90072: ("invalid_grant", "User account '{user}' from identity provider 'https://sts.windows.net/{home}/' does not "
            "exist in tenant 'Example' and cannot access the application '{client}' in that tenant."),
    500011: ("invalid_resource", "The resource principal named {resource} was not found in the tenant named Example. "
             "This can happen if the application has not been installed by the administrator of the tenant or "
             "consented to by any user in the tenant."),
    700016: ("unauthorized_client", "Application with identifier '{client}' was not found in the directory 'Example'. "
             "This can happen if the application has not been installed by the administrator of the tenant."),
    700024: ("invalid_client", "Client assertion is not within its valid time range. Current time: {now}, expiry time "
             "of assertion {issued}."),
    700027: ("invalid_client", "The certificate with identifier used to sign the client assertion is not registered on "
             "application. [Reason - The key was not found., Thumbprint of key used by client: '{thumbprint}']"),
    700082: ("invalid_grant", "The refresh token has expired due to inactivity. The token was issued on {issued} and "
             "was inactive for 90.00:00:00."),
    700213: ("invalid_request", "No matching federated identity record found for presented assertion subject "
             "'{user}'. Check your federated identity credential Subject, Audience and Issuer against the presented "
             "assertion."),
    7000215: ("invalid_client", "Invalid client secret provided. Ensure the secret being sent in the request is the "
              "client secret value, not the client secret ID, for a secret added to app '{client}'."),
    7000222: ("invalid_client", "The provided client secret keys for app '{client}' are expired. Visit the Azure "
              "portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate "
              "credentials for added security: https://aka.ms/certCreds."),
    900144: ("invalid_request", "The request body must contain the following parameter: '{missing}'."),
}  # fmt: skip
"""The protocol's error and the service's text, by AADSTS code."""

_SUBERRORS = {50076: "basic_action", 50079: "basic_action", 53003: "message_only", 50173: "bad_token",
              700082: "bad_token", 70043: "token_expired"}  # fmt: skip


def refusal(code: int, at: int, host: str = "login.microsoftonline.com", **words: str) -> Refusal:
    """Return the refusal of a code at a time (ticks), to be raised. A code without a text here is told without one."""
    return Refusal(_response(code, at, host, words))


def _response(code: int, at: int, host: str, words: dict[str, str]) -> Response:
    error, text = TEXTS.get(code, ("invalid_grant", "The sign-in was refused."))
    now = f"{day_text(at // DAY)}T{clock_text(at)}.0000000Z"
    told = _Words(words, now=now, issued=now)
    when = f"{day_text(at // DAY)} {clock_text(at)}Z"
    trace, correlation = guid("trace", code, at), guid("correlation", code, at)
    description = (
        f"AADSTS{code}: {text.format_map(told)} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {when}"
    )
    document: dict[str, object] = {
        "error": error, "error_description": description, "error_codes": [code], "timestamp": when,
        "trace_id": trace, "correlation_id": correlation, "error_uri": f"https://{host}/error?code={code}",
    }  # fmt: skip
    if code in _SUBERRORS:
        document["suberror"] = _SUBERRORS[code]
    return ok(document, status=401 if error in ("invalid_client", "unauthorized_client") else 400)


class _Words(dict[str, str]):
    """The words of a text; what is not known stays a dash."""

    def __init__(self, words: dict[str, str], **more: str) -> None:
        super().__init__({**more, **words})

    def __missing__(self, key: str) -> str:
        return "-"
