"""A key or token of an endpoint from Azure onto the clipboard, past everything that is kept, shown or written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.clipboard import put
from app.permits import learn_from
from cache.errors import CacheError
from services.endpoint_keys import Which, read_secret
from services.errors import Forbidden, ServiceError
from widgets.safe import Safe, safe

if TYPE_CHECKING:
    from app.session import Session

ACTIONS: dict[Which, str] = {
    "primary": "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/listKeys/action",
    "secondary": "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/listKeys/action",
    "token": "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/token/action",
}
"""What Azure checks before it gives one away."""


class NotCopied(Exception):
    """Nothing was copied; the text says why, as a sentence."""


def words(which: Which) -> str:
    """What it is called: `primary key`, `token`."""
    return which if which == "token" else f"{which} key"


def copy_secret(session: Session, endpoint: str, which: Which, write: Callable[[str], object] | None) -> Safe:
    """Read it and put it on the clipboard; the sentence that says so. Raises NotCopied. For workers: it asks Azure."""
    workspace = session.workspace
    if workspace is None or not session.is_online:
        raise NotCopied(f"Offline nobody can ask Azure for the {words(which)} of {endpoint}; it is kept nowhere.")
    try:
        secret = read_secret(session.connect(), workspace, endpoint, which)
    except ServiceError as error:
        if isinstance(error, Forbidden):
            learn_from(session.store, session.scope, error, session.now())
        raise NotCopied(str(error)) from None
    except CacheError as error:
        raise NotCopied(str(error)) from None
    # It is made of printable ASCII alone, and goes nowhere but to the clipboard.
    done = put(Safe(secret.reveal()), write)
    if done is None:
        raise NotCopied(f"There is no clipboard here, so the {words(which)} of {endpoint} was let go.")
    ends = f", it ends {secret.expires:%d %b %H:%M}Z" if secret.expires is not None else ""
    return Safe(f"{words(which).capitalize()} of {safe(endpoint, 40)} copied {done.route}{ends}")
