"""What the token endpoint gives for what: device code, refresh token, authorization code, secret, certificate, pod."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from services.emulator.answers import Json, Refusal
from services.emulator.login import REFRESH_LASTS, Grant
from services.emulator.login_errors import refusal
from services.emulator.routing import Ask
from services.emulator.samples import PIPELINE_APP, TENANT
from services.emulator.sign_ins import OLD_APP, OLD_SECRET, SECRET, SUBJECT, Account, application, person_named
from services.emulator.ticks import SECOND
from services.emulator.tokens import access_claims, client_info, id_claims, parts_of, signed_by_nobody

Form = Mapping[str, str]

_PROTOCOL = frozenset({"openid", "profile", "offline_access", "email"})
_RESOURCES = re.compile(
    r"https://(management\.(core\.)?(azure\.com|windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)"
    r"|api\.loganalytics\.(io|us|azure\.cn)|metrics\.monitor\.azure\.(com|us|cn)|ml\.azure\.com|graph\.microsoft\.com"
    r"|storage\.azure\.com)/*"
)


def token_answer(ask: Ask, form: Form) -> Json:
    """Return the answer of the token endpoint. Raises Refusal."""
    refuse_all = ask.world.login.policy.refuse_all
    if refuse_all is not None:
        raise _no(ask, form, refuse_all)
    match form.get("grant_type", ""):
        case "urn:ietf:params:oauth:grant-type:device_code" | "device_code":
            return _of_device_code(ask, form)
        case "refresh_token":
            return _of_refresh_token(ask, form)
        case "authorization_code":
            return _of_code(ask, form)
        case "client_credentials":
            return _given(ask, form, _application(ask, form))
        case _:
            raise refusal(900144, ask.now, ask.request.host, missing="grant_type")


def _no(ask: Ask, form: Form, code: int, **words: str) -> Refusal:
    known = {"client": form.get("client_id", "-"), "resource": _resource(form), "tenant": TENANT, **words}
    return refusal(code, ask.now, ask.request.host, **known)


def _of_device_code(ask: Ask, form: Form) -> Json:
    flow = ask.world.login.poll(form.get("device_code", ""))
    if flow is None:
        raise _no(ask, form, 70020)
    if flow.decision != "approved":
        raise _no(ask, form, 70018 if flow.decision == "declined" else 70016)
    return _given(ask, {**form, "scope": form.get("scope") or flow.scope}, _person(ask, form, flow.upn))


def _of_refresh_token(ask: Ask, form: Form) -> Json:
    login = ask.world.login
    grant = login.granted(form.get("refresh_token", ""), is_kept=True)
    if login.policy.refuse is not None:
        raise _no(ask, form, login.policy.refuse)
    if grant is None:
        raise _no(ask, form, 70000)
    if ask.now - grant.issued > REFRESH_LASTS * SECOND:
        raise _no(ask, form, 700082)
    return _given(ask, form, _person(ask, form, grant.upn))


def _of_code(ask: Ask, form: Form) -> Json:
    grant = ask.world.login.granted(form.get("code", ""), is_kept=False)
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if grant is None or grant.challenge != proof or grant.redirect != form.get("redirect_uri", grant.redirect):
        raise _no(ask, form, 70000)
    asked = {**form, "scope": form.get("scope") or grant.scope}
    return _given(ask, asked, _person(ask, form, grant.upn), nonce=grant.nonce)


def _person(ask: Ask, form: Form, upn: str) -> Account:
    found = person_named(upn, form.get("client_id", ""))
    if found is None:
        raise _no(ask, form, 50034, user=upn)
    if found.trouble is not None:
        raise _no(ask, form, found.trouble, user=upn)
    return found


def _application(ask: Ask, form: Form) -> Account:
    found = application(form.get("client_id", ""))
    if found is None:
        raise _no(ask, form, 700016)
    if "client_assertion" in form:
        _check_assertion(ask, form, found)
    elif form.get("client_secret") == OLD_SECRET and found.client_id == OLD_APP:
        raise _no(ask, form, 7000222)
    elif form.get("client_secret") != SECRET or found.client_id != PIPELINE_APP:
        raise _no(ask, form, 7000215)
    return found


def _check_assertion(ask: Ask, form: Form, account: Account) -> None:
    """Refuse an assertion that is not one of the application's: of its certificate, or of a pod it trusts."""
    parts = parts_of(form["client_assertion"])
    if parts is None:
        raise _no(ask, form, 700027, thumbprint="-")
    head, claims = parts
    if not claims.get("nbf", 0) - 300 <= ask.now // SECOND < claims.get("exp", 0):
        raise _no(ask, form, 700024)
    thumbprint = head.get("x5t") or head.get("x5t#S256")
    if thumbprint is None:
        _check_subject(ask, form, claims)
        return
    whose = ask.world.login.policy.thumbprints.get(str(thumbprint))
    audience = str(claims.get("aud", ""))
    if whose != account.client_id or claims.get("sub") != account.client_id or ask.request.host not in audience:
        raise _no(ask, form, 700027, thumbprint=str(thumbprint))


def _check_subject(ask: Ask, form: Form, claims: dict[str, Any]) -> None:
    if claims.get("sub") != SUBJECT or claims.get("aud") != "api://AzureADTokenExchange":
        raise _no(ask, form, 700213, user=str(claims.get("sub", "-")))


def _resource(form: Form) -> str:
    named = [one for one in form.get("scope", "").split() if one not in _PROTOCOL]
    return named[0].removesuffix("/.default").rstrip("/") if named else ""


def _given(ask: Ask, form: Form, account: Account, nonce: str = "") -> Json:
    resource = _resource(form)
    if not _RESOURCES.fullmatch(resource):
        raise _no(ask, form, 500011)
    now, lifetime = ask.now // SECOND, ask.world.login.policy.lifetime
    claims = access_claims(account, resource, now, lifetime=lifetime)
    answer: Json = {
        "token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime,
        "access_token": signed_by_nobody(claims),
    }  # fmt: skip
    if account.is_application:
        return answer
    refresh = ask.world.login.grant("refresh", Grant(account.upn, account.client_id, ask.now))
    host = ask.request.host
    return {
        **answer, "scope": f"{resource}/user_impersonation {form.get('scope', '')}".strip(),
        "refresh_token": refresh, "foci": "1",
        "id_token": signed_by_nobody(id_claims(account, now, nonce or None, host, lifetime=lifetime)),
        "client_info": client_info(account),
    }  # fmt: skip
