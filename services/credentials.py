"""The credential of azure-identity that a sign-in means, each built on its own: no chain, and no prompt by itself.

A person's credential gives tokens silently or fails; only `services.signing` lets it ask. azure-identity is imported
when a credential is made.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from services.az_cli import az_credential
from services.errors import NotSignedIn
from services.login_transport import (
    has_metadata_service,
    login_transport,
    look_at_login_host,
    metadata_transport,
    page_of,
)
from services.offers import ENDPOINTS
from services.records import Stop, never
from services.sign_in import DeviceCode, SignIn, check
from services.silence import silence_sdk_logging

Secret = Callable[[SignIn], str | None]
"""Gives the client secret, or a certificate's passphrase: from the keyring, on the worker that asks; None for none."""
Prompt = Callable[[DeviceCode], None]
"""Shows a device code. Called on the thread that signs in."""

BROWSER_SECONDS = 300
"""Seconds a person has for the page in the browser."""
PROBE_SECONDS = 1.0


def no_secret(sign_in: SignIn) -> str | None:
    """Know no secret."""
    return None


def no_prompt(code: DeviceCode) -> None:
    """Show nothing; whoever asks a person passes a prompt that does."""


def credential_of(
    sign_in: SignIn,
    *,
    secret: Secret = no_secret,
    prompt: Prompt = no_prompt,
    transport: Any = None,
    cache: Any = None,
    record: str = "",
    stop: Stop = never,
) -> Any:
    """Return the credential for a sign-in. Slow (imports, the keyring, the probe of IMDS): for a worker.

    `cache` is a token cache of MSAL, None keeps tokens in memory alone; `record` names the account a person signed in
    with; `transport` ends in an emulator. Raises NotSignedIn with a sentence when something for it is missing.
    """
    check(sign_in)
    silence_sdk_logging()
    make = _MAKERS[sign_in.method]
    with _told(sign_in):
        return make(_Making(sign_in, secret, prompt, transport, cache, record, stop))


class _Making:
    """What a credential is made from, and the options that all of them share."""

    def __init__(
        self, sign_in: SignIn, secret: Secret, prompt: Prompt, transport: Any, cache: Any, record: str, stop: Stop
    ) -> None:
        self.sign_in = sign_in
        self.secret = secret
        self.prompt = prompt
        self.transport = transport
        self.cache = cache
        self.record = record
        self.stop = stop

    def options(self) -> dict[str, Any]:
        """No retries: the refresher has a pace of its own, and azure-identity would sleep for as long as it is told."""
        cloud = self.sign_in.azure
        inner = login_transport(cloud, self.transport, stop=self.stop)
        return {"authority": cloud.login, "transport": inner, "retry_total": 0}

    def cached(self) -> dict[str, Any]:
        """The cache, by the name azure-identity knows it; its other one, `_cae_cache`, is never asked."""
        return {} if self.cache is None else {"_cache": self.cache}

    def person(self) -> dict[str, Any]:
        """Options of the credentials that ask a person."""
        options = {**self.options(), **self.cached(), "disable_automatic_authentication": True}
        if self.sign_in.client_id:
            options["client_id"] = self.sign_in.client_id
        if self.sign_in.tenant:
            options["tenant_id"] = self.sign_in.tenant
        if self.record:
            from azure.identity import AuthenticationRecord

            record = AuthenticationRecord.deserialize(self.record)
            if record.authority != self.sign_in.azure.login:
                raise NotSignedIn("The sign-in is of another cloud", do="sign in again")
            options["authentication_record"] = record
            del options["authority"]  # the record has it, and azure-identity takes it once
        return options


def _azure_cli(making: _Making) -> Any:
    return az_credential(making.sign_in.tenant)


def _browser(making: _Making) -> Any:
    from azure.identity import InteractiveBrowserCredential

    if not making.record:
        # azure-identity opens its port before it asks where the page is, and leaves it open when that fails.
        look_at_login_host(making.sign_in, making.options()["transport"])
    return InteractiveBrowserCredential(**making.person(), timeout=BROWSER_SECONDS)


def _device_code(making: _Making) -> Any:
    from azure.identity import DeviceCodeCredential

    def show(url: str, code: str, expires: datetime) -> None:
        making.prompt(DeviceCode(code, page_of(url), expires.timestamp()))

    return DeviceCodeCredential(**making.person(), prompt_callback=show)


def _workload(making: _Making) -> Any:
    from azure.identity import WorkloadIdentityCredential

    sign_in = making.sign_in
    if not os.environ.get("AZURE_FEDERATED_TOKEN_FILE"):
        raise NotSignedIn("AZURE_FEDERATED_TOKEN_FILE is not set", do="workload identity works in a pod that has one")
    caches = {} if making.cache is None else {"cache": making.cache}
    return WorkloadIdentityCredential(
        tenant_id=sign_in.tenant or None, client_id=sign_in.client_id or None, **making.options(), **caches
    )


def _managed(making: _Making) -> Any:
    from azure.identity import ManagedIdentityCredential

    transport = metadata_transport(making.transport, stop=making.stop)
    is_named = any(os.environ.get(name) for name in ENDPOINTS)
    if not is_named and not has_metadata_service(transport, PROBE_SECONDS):
        raise NotSignedIn(
            "This machine has no managed identity: no metadata service answers", do="choose another way to sign in"
        )
    return ManagedIdentityCredential(
        client_id=making.sign_in.client_id or None,
        transport=transport,
        retry_total=0,
        _exclude_workload_identity_credential=True,
    )


def _certificate(making: _Making) -> Any:
    from azure.identity import CertificateCredential

    sign_in = making.sign_in
    path = os.path.expanduser(sign_in.certificate)
    return CertificateCredential(
        sign_in.tenant,
        sign_in.client_id,
        path,
        password=making.secret(sign_in),
        **making.options(),
        **making.cached(),
    )


def _client_secret(making: _Making) -> Any:
    from azure.identity import ClientSecretCredential

    sign_in = making.sign_in
    found = making.secret(sign_in)
    if not found:
        raise NotSignedIn(
            f"No secret of the application {sign_in.client_id} is known here", do="sign in again and type it"
        )
    return ClientSecretCredential(sign_in.tenant, sign_in.client_id, found, **making.options(), **making.cached())


_MAKERS: dict[str, Callable[[_Making], Any]] = {
    "azure cli": _azure_cli,
    "browser": _browser,
    "device code": _device_code,
    "workload identity": _workload,
    "managed identity": _managed,
    "certificate": _certificate,
    "client secret": _client_secret,
}


@contextmanager
def _told(sign_in: SignIn) -> Generator[None]:
    """Tell what the makers of credentials raise, without the words of the exception: it may quote a secret."""
    try:
        yield
    except OSError as error:
        raise NotSignedIn(
            f"{error.filename or 'A file'} cannot be read: {error.strerror}", do="check the path"
        ) from None
    except (ValueError, TypeError):
        what = f"The file {sign_in.certificate} holds no certificate with its key that this passphrase opens"
        if sign_in.method != "certificate":
            what = f"The {sign_in.method} sign-in cannot be used as it is set up"
        raise NotSignedIn(what, do="check tenant, client id and file") from None
