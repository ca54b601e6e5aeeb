"""The sign-in service: where it says its endpoints are, device codes, the page for a browser, and tokens.

Shapes: RFC 6749, 7636 and 8628 as https://learn.microsoft.com/entra/identity-platform documents them.
"""

from __future__ import annotations

import html
from urllib.parse import parse_qsl

from services.emulator.answers import Json, Response
from services.emulator.login import CODE_LASTS, Grant
from services.emulator.login_errors import refusal
from services.emulator.login_grants import token_answer
from services.emulator.routing import Ask, Route
from services.emulator.samples import TENANT
from services.emulator.sign_ins import DEVELOPER_APP, TENANTS

_ALIASES = (
    ("login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"),
    ("login.microsoftonline.us", "login.usgovcloudapi.net"),
    ("login.partner.microsoftonline.cn", "login.chinacloudapi.cn"),
)


def tenant_of(ask: Ask) -> str:
    """Return the tenant of the path as its id. Raises the Refusal of one that does not exist."""
    named = ask.parts["tenant"].lower()
    if named not in TENANTS:
        raise refusal(90002, ask.now, ask.request.host, tenant=ask.parts["tenant"])
    return TENANT


def _configuration(ask: Ask) -> Json:
    tenant, host = tenant_of(ask), ask.request.host
    base = f"https://{host}/{ask.parts['tenant'] if ask.parts['tenant'] in TENANTS[3:] else tenant}"
    token_host = ask.world.login.policy.token_host
    return {
        "token_endpoint": (f"https://{token_host}/{tenant}" if token_host else base) + "/oauth2/v2.0/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": f"{base}/discovery/v2.0/keys", "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"], "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": f"https://{host}/{tenant}/v2.0", "request_uri_parameter_supported": False,
        "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        "tenant_region_scope": "EU", "cloud_instance_name": host.partition(".")[2],
    }  # fmt: skip


def _discovery(ask: Ask) -> Json:
    asked = ask.query("authorization_endpoint") or f"https://{ask.request.host}/common/oauth2/v2.0/authorize"
    tenant = asked.split("/")[3] if asked.count("/") >= 3 else "common"
    metadata = [{"preferred_network": names[0], "preferred_cache": names[1], "aliases": list(names)}
                for names in _ALIASES]  # fmt: skip
    return {
        "tenant_discovery_endpoint": f"https://{ask.request.host}/{tenant}/v2.0/.well-known/openid-configuration",
        "api-version": "1.1", "metadata": metadata,
    }  # fmt: skip


def form_of(ask: Ask) -> dict[str, str]:
    """Return the fields of the body of a request."""
    return dict(parse_qsl(ask.request.body.decode("utf-8", "replace"), keep_blank_values=True))


def _device_code(ask: Ask) -> Json:
    tenant_of(ask)
    form, policy = form_of(ask), ask.world.login.policy
    if "client_id" not in form:
        raise refusal(900144, ask.now, missing="client_id")
    if policy.refuse_all is not None:
        raise refusal(policy.refuse_all, ask.now, ask.request.host, client=form["client_id"])
    secret, flow = ask.world.login.start(form["client_id"], form.get("scope", ""))
    message = (
        f"To sign in, use a web browser to open the page {policy.page} and enter the code {flow.code} to authenticate."
    )
    return {"user_code": flow.code, "device_code": secret, "verification_uri": policy.page,
            "expires_in": CODE_LASTS, "interval": policy.interval, "message": message}  # fmt: skip


def _authorize(ask: Ask) -> Response:
    """Answer as the page of a person who is signed in already: a form that posts the code to the program."""
    tenant_of(ask)
    asked, policy = ask.request.query, ask.world.login.policy
    redirect = asked.get("redirect_uri", "")
    if not redirect.startswith(("http://localhost:", "http://127.0.0.1:")):
        raise refusal(50011, ask.now, ask.request.host)
    fields = {"state": asked.get("state", "")}
    if policy.refuse_all is not None:
        fields |= {
            "error": "access_denied",
            "error_description": f"AADSTS{policy.refuse_all}: The sign-in was refused.",
        }
    else:
        grant = Grant(policy.upn, asked.get("client_id", DEVELOPER_APP), ask.now, asked.get("code_challenge", ""),
                      asked.get("nonce", ""), asked.get("scope", ""), redirect)  # fmt: skip
        fields["code"] = ask.world.login.grant("code", grant)
    inputs = "".join(f'<input type="hidden" name="{name}" value="{html.escape(value)}" />'
                     for name, value in fields.items())  # fmt: skip
    page = (
        '<html><head><title>Working...</title></head><body><form method="POST" name="hiddenform" '
        f'action="{html.escape(redirect)}">{inputs}</form></body></html>'
    )
    return Response(headers={"content-type": "text/html; charset=utf-8"}, body=page.encode())


def _token(ask: Ask) -> Json:
    tenant_of(ask)
    return token_answer(ask, form_of(ask))


ROUTES = (
    Route("GET", "login", "/{tenant}/v2.0/.well-known/openid-configuration", _configuration, needs_token=False),
    Route("GET", "login", "/common/discovery/instance", _discovery, needs_token=False),
    Route("POST", "login", "/{tenant}/oauth2/v2.0/devicecode", _device_code, needs_token=False),
    Route("GET", "login", "/{tenant}/oauth2/v2.0/authorize", _authorize, needs_token=False),
    Route("POST", "login", "/{tenant}/oauth2/v2.0/token", _token, needs_token=False),
)
