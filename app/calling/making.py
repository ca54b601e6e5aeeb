"""Planning a test call and making it, for the deck and the command line alike. All of it asks Azure: for workers."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from app.calling.allowed import why_not
from app.permits import learn_from
from app.session import Session
from cache.errors import CacheError
from services.endpoint_calls import Outcome, Target, make_calls, plan_call
from services.errors import Forbidden, ServiceBroken, ServiceError, Throttled, Unreachable
from services.records import WorkspaceRef


class NotCalled(Exception):
    """Nothing was sent to the endpoint; the text says why. `is_retryable` where trying again may help."""

    is_retryable = False


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A test call that is planned and not made: what it goes to, and what is sent."""

    workspace: WorkspaceRef
    target: Target
    payload: bytes
    named: str
    """What the payload is called."""


def planned(session: Session, endpoint: str, deployments: Sequence[str], payload: bytes, named: str) -> Call:
    """Return the call, its endpoint read afresh. Raises NotCalled."""
    workspace = _workspace(session)
    try:
        target = plan_call(session.connect(), workspace, endpoint, deployments)
    except ServiceError as error:
        raise _not_called(session, error) from error
    return Call(workspace=workspace, target=target, payload=payload, named=named)


def made(session: Session, call: Call) -> tuple[Outcome, ...]:
    """Send it, once to each deployment, and return how that ended. Raises NotCalled when no key could be had."""
    if (reason := why_not(session)) is not None:
        raise NotCalled(reason)
    try:
        return make_calls(session.connect(), call.workspace, call.target, call.payload)
    except (ServiceError, CacheError) as error:
        raise _not_called(session, error) from None


def _workspace(session: Session) -> WorkspaceRef:
    if (reason := why_not(session)) is not None:
        raise NotCalled(reason)
    if session.workspace is None:
        raise NotCalled("No workspace is chosen.")
    return session.workspace


def _not_called(session: Session, error: ServiceError | CacheError) -> NotCalled:
    if isinstance(error, Forbidden):
        learn_from(session.store, session.scope, error, session.now())
    found = NotCalled(str(error))
    found.is_retryable = isinstance(error, Unreachable | Throttled | ServiceBroken)
    return found
