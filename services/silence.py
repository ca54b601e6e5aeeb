"""The SDK's loggers write to stderr when nobody listens, which is our screen; so somebody listens and says nothing."""

from __future__ import annotations

import logging

LOGGERS = ("azure", "msal", "msal_extensions", "urllib3", "requests")


def silence_sdk_logging() -> None:
    """Give the SDK's loggers a handler that drops everything, and let nothing through to the root. Idempotent."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.propagate = False
        if not any(isinstance(handler, logging.NullHandler) for handler in logger.handlers):
            logger.addHandler(logging.NullHandler())
