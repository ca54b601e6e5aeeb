"""A login host in this process: discovery, device codes, authorization codes, refresh tokens and secrets."""

from __future__ import annotations

import base64
import io
import json
import threading
import urllib.request
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

TENANT = "11111111-2222-3333-4444-555555555555"
APP = "99999999-8888-7777-6666-555555555555"
ANA = "person01@example.com"
HOST = "login.microsoftonline.com"


def _base64(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


class Login(HTTPAdapter):
    """Gives out tokens whose text begins with `mark`, and counts what it was asked by grant."""

    def __init__(self, mark: str = "canary", user: str = ANA) -> None:
        super().__init__()
        self.mark = mark
        self.user = user
        self.nonce = ""
        self.grants: list[str] = []
        self._given = 0

    def transport(self) -> Any:
        session = requests.Session()
        session.trust_env = False
        session.mount("https://", self)
        return RequestsTransport(session=session, session_owner=False, use_env_settings=False)

    def open(self, url: str) -> bool:
        """What a browser does whose user signs in at once: it sends the code to where the page leads back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        self.nonce = asked["nonce"]
        back = urlencode({"code": "the-code", "state": asked["state"]}).encode()
        threading.Thread(target=lambda: urllib.request.urlopen(asked["redirect_uri"], back).close()).start()
        return True

    def send(self, request: Any, *_: Any, **__: Any) -> requests.Response:
        path = urlsplit(request.url).path
        given = parse_qs(request.body if isinstance(request.body, str) else (request.body or b"").decode())
        answer = json.dumps(self._answer(path, {name: values[0] for name, values in given.items()})).encode()
        headers = {"Content-Type": "application/json"}
        raw = HTTPResponse(io.BytesIO(answer), status=200, headers=headers, preload_content=False)
        return self.build_response(request, raw)

    def _answer(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        base = f"https://{HOST}/{TENANT}"
        if path.endswith("/openid-configuration"):
            return {"issuer": f"{base}/v2.0", "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                    "token_endpoint": f"{base}/oauth2/v2.0/token",
                    "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode"}  # fmt: skip
        if path.endswith("/discovery/instance"):
            alias = {"preferred_network": HOST, "preferred_cache": HOST, "aliases": [HOST]}
            return {"tenant_discovery_endpoint": f"{base}/v2.0/.well-known/openid-configuration", "metadata": [alias]}
        if path.endswith("/devicecode"):
            return {"user_code": "ABCD-EFGH", "device_code": "the-device", "verification_uri": "https://aka.ms/devicelogin",
                    "expires_in": 900, "interval": 1, "message": "Go there"}  # fmt: skip
        self.grants.append(form["grant_type"].rpartition(":")[2])
        self._given += 1
        token = {"token_type": "Bearer", "expires_in": 3600, "access_token": f"{self.mark}-access-{self._given}"}
        return token if form["grant_type"] == "client_credentials" else {**token, **self._of_user(form)}

    def _of_user(self, form: dict[str, str]) -> dict[str, Any]:
        claims = {
            "aud": APP,
            "iss": f"https://{HOST}/{TENANT}/v2.0",
            "tid": TENANT,
            "sub": self.user,
            "preferred_username": self.user,
            "iat": 1_700_000_000,
            "exp": 4_000_000_000,
            "nonce": self.nonce,
        }
        return {
            "refresh_token": f"{self.mark}-refresh-{self._given}",
            "scope": form.get("scope", "https://management.azure.com/.default"),
            "id_token": f"{_base64({'alg': 'none'})}.{_base64(claims)}.",
            "client_info": _base64({"uid": self.user, "utid": TENANT}),
        }
