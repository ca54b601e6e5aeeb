"""Signing in, once, when somebody asks for it: the only place where a person is asked, with a way out at any moment."""

from __future__ import annotations

import threading
from typing import Any

import msgspec

from services.credentials import Prompt, Secret, credential_of, no_prompt, no_secret
from services.errors import NotSignedIn, ServiceError
from services.identity import Identity, identity_of
from services.login_transport import Cancelled
from services.records import Stop, never
from services.sign_in import PERSONAL, SignIn
from services.translating import translate

PATIENCE = 0.2
"""Seconds between two looks at whether the user gave up."""
LONGEST = 1_800.0
"""Seconds after which any sign-in is given up: device codes last fifteen minutes."""


class SignedIn(msgspec.Struct, frozen=True):
    """A sign-in that worked: the credential to go on with, who it is, and the record that names the account."""

    sign_in: SignIn
    credential: Any
    identity: Identity
    record: str = ""
    """azure-identity's AuthenticationRecord as text; empty for what is no person's. It holds no secret."""


def signed_in(
    sign_in: SignIn,
    *,
    secret: Secret = no_secret,
    prompt: Prompt = no_prompt,
    transport: Any = None,
    cache: Any = None,
    stop: Stop = never,
) -> SignedIn:
    """Sign in, asking the person where the method does, and return who it is. For a worker.

    `stop` ends the wait within a fifth of a second; what azure-identity is in the middle of sends nothing afterwards.
    Raises NotSignedIn with the next step, Cancelled when stopped, and other ServiceErrors of the network.
    """
    done = threading.Event()
    ended: list[SignedIn | ServiceError] = []
    given_up = threading.Event()

    def is_over() -> bool:
        """Whether the user gave up; once signed in, the same transport goes on to renew tokens."""
        return not done.is_set() and (given_up.is_set() or stop())

    def attempt() -> None:
        try:
            ended.append(_attempt(sign_in, secret, prompt, transport, cache, is_over))
        except ServiceError as error:
            ended.append(error)
        finally:
            done.set()

    # azure-identity sleeps between two questions and cannot be woken: the thread is left to find out by itself.
    threading.Thread(target=attempt, name="sign-in", daemon=True).start()
    waited = 0.0
    while not done.wait(PATIENCE):
        waited += PATIENCE
        if stop() or waited > LONGEST:
            given_up.set()
            raise Cancelled("Signing in was cancelled", do="nothing was changed")
    if not ended:
        raise NotSignedIn("Signing in ended without an answer", do="try it again")
    if isinstance(ended[0], ServiceError):
        raise ended[0]
    return ended[0]


def resumed(sign_in: SignIn, *, secret: Secret, transport: Any, cache: Any, record: str) -> SignedIn:
    """Go on with a sign-in made before, asking nobody. For a worker. Raises NotSignedIn when that cannot be."""
    from azure.core.exceptions import AzureError

    made = credential_of(sign_in, secret=secret, transport=transport, cache=cache, record=record)
    try:
        token = made.get_token(sign_in.azure.scopes["arm"])
    except (AzureError, OSError, ValueError) as error:
        raise translate(_as_sign_in(error)) from error
    return SignedIn(sign_in, made, identity_of(token.token, token.expires_on, sign_in.azure), record)


def _attempt(sign_in: SignIn, secret: Secret, prompt: Prompt, transport: Any, cache: Any, stop: Stop) -> SignedIn:
    from azure.core.exceptions import AzureError

    made = credential_of(sign_in, secret=secret, prompt=prompt, transport=transport, cache=cache, stop=stop)
    scope = sign_in.azure.scopes["arm"]
    record = ""
    try:
        if sign_in.method in PERSONAL:
            record = made.authenticate(scopes=[scope]).serialize()
        token = made.get_token(scope)
    except (AzureError, OSError, ValueError) as error:
        raise translate(_as_sign_in(error)) from error
    return SignedIn(sign_in, made, identity_of(token.token, token.expires_on, sign_in.azure), record)


def _as_sign_in(error: Exception) -> Exception:
    """Every failure of a credential is one of signing in; MSAL says a tenant it cannot find with a ValueError."""
    from azure.core.exceptions import ClientAuthenticationError

    if isinstance(error, ClientAuthenticationError):
        return error
    made = ClientAuthenticationError(str(error))
    made.__cause__ = error
    return made
