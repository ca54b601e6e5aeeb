"""Whether test calls may be made at all: they are off until somebody switches them on."""

from __future__ import annotations

from app.session import Session

OFF = (
    "Test calls are off: test_calls = true in the settings switches them on. A call is billed and answered by what is "
    "in production."
)


def why_not(session: Session) -> str | None:
    """Why no test call can be made here, as a sentence; None when one can, once writing is unlocked."""
    if session.bundle is not None:
        return "An incident bundle is shown: it is only read."
    if not session.is_online:
        return "Offline nothing is sent to an endpoint."
    return None if session.has_test_calls else OFF
