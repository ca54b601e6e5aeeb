"""The certificate a scoring host shows: until when it is good, for which names, and whether this machine trusts it.

Managed endpoints have Azure's own. Those on Kubernetes have one that somebody made, and that nobody is told of when it
runs out. Nothing is sent but the greeting of TLS.
"""

from __future__ import annotations

import socket
import ssl
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from services.errors import Malformed, Refused, Unreachable
from services.patience import Patience, TookTooLong

if TYPE_CHECKING:
    from cryptography.x509 import Certificate as X509

DEADLINE = 10.0
"""Seconds for both greetings together: one that checks, and one that takes whatever is shown."""


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """What a host showed. Times are UTC; names are foreign text."""

    host: str
    port: int
    subject: str
    issuer: str
    names: tuple[str, ...] = ()
    """The names it is for."""
    starts: datetime
    ends: datetime
    is_trusted: bool
    """Whether this machine's authorities vouch for it, for this host and today."""
    why_not: str = ""
    """What speaks against it, in the words of OpenSSL."""


def read_certificate(address: str, seconds: float = DEADLINE, *, trusts: ssl.SSLContext | None = None) -> Certificate:
    """Return the certificate of an address's host, in `seconds` at most; any thread.

    Raises Refused for an address that is not https, Unreachable where nobody answers, Malformed for what cannot be
    read. `trusts` are the authorities to check it with, in place of this machine's.
    """
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or 443
    if parts.scheme != "https" or not host:
        raise Refused(f"{address or 'Its address'} is not https: there is no certificate", do="nothing was sent")
    on, do = f"{host}:{port}", "is it reachable from here?"
    try:
        outcome = Patience("amldeck certificate").call(lambda: _shown(host, port, seconds, trusts), seconds)
        document, why_not = outcome.value
    except TookTooLong:
        raise Unreachable(
            f"Nobody answered within {seconds:g} seconds", on=on, do="is it reachable from here?"
        ) from None
    except OSError as error:
        raise Unreachable(f"It cannot be reached ({error})", on=on, do=do) from error
    return _read(document, host, port, why_not)


def _shown(host: str, port: int, seconds: float, trusts: ssl.SSLContext | None) -> tuple[bytes, str]:
    """Return the certificate as DER, and what speaks against it."""
    checks = trusts or ssl.create_default_context()
    try:
        return _greeted(host, port, seconds, checks), ""
    except ssl.SSLCertVerificationError as error:
        takes_all = ssl.create_default_context()
        takes_all.check_hostname = False
        takes_all.verify_mode = ssl.CERT_NONE  # it is only looked at: nothing is sent to who shows it
        return _greeted(host, port, seconds, takes_all), error.verify_message


def _greeted(host: str, port: int, seconds: float, context: ssl.SSLContext) -> bytes:
    with (
        socket.create_connection((host, port), timeout=seconds) as plain,
        context.wrap_socket(plain, server_hostname=host) as secured,
    ):
        return secured.getpeercert(binary_form=True) or b""


def _read(document: bytes, host: str, port: int, why_not: str) -> Certificate:
    from cryptography import x509

    try:
        found = x509.load_der_x509_certificate(document)
        return Certificate(
            host=host, port=port, subject=found.subject.rfc4514_string(), issuer=found.issuer.rfc4514_string(),
            names=_names(found), starts=found.not_valid_before_utc, ends=found.not_valid_after_utc,
            is_trusted=not why_not, why_not=why_not,
        )  # fmt: skip
    except ValueError as error:
        raise Malformed("Its certificate cannot be read", on=f"{host}:{port}", do="try openssl s_client") from error


def _names(found: X509) -> tuple[str, ...]:
    from cryptography import x509

    try:
        named = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return (*named.get_values_for_type(x509.DNSName), *map(str, named.get_values_for_type(x509.IPAddress)))
