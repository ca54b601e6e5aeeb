"""The certificate of a scoring host, shown by a real TLS server on this machine."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.certificates import read_certificate
from services.errors import Refused, Unreachable

ENDS = datetime(2035, 5, 4, 3, 2, 1, tzinfo=UTC)


def made(folder: Path, *, starts: datetime, ends: datetime, name: str = "localhost") -> Path:
    """A certificate that vouches for itself, with its key, in one file."""
    key, named = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder().subject_name(named).issuer_name(named).public_key(key.public_key())
        .serial_number(7).not_valid_before(starts).not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "both.pem"
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path.write_bytes(certificate.public_bytes(encoding)
                     + key.private_bytes(encoding, form, serialization.NoEncryption()))  # fmt: skip
    return path


@contextmanager
def served(pem: Path | None) -> Iterator[str]:
    """The address of a host that shows it; of one that says nothing at all without."""
    with socket.create_server(("localhost", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, pem))
        thread.start()
        try:
            yield f"https://localhost:{listener.getsockname()[1]}/score"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(listener: socket.socket, pem: Path | None) -> None:
    with ExitStack() as connections:
        while True:
            try:
                plain = connections.enter_context(listener.accept()[0])
            except OSError:  # the listener is closed
                return
            if pem is not None:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(pem)
                with suppress(OSError):
                    context.wrap_socket(plain, server_side=True).close()


def test_a_certificate_somebody_vouches_for_is_trusted_and_says_until_when(tmp_path: Path) -> None:
    pem = made(tmp_path, starts=datetime.now(UTC) - timedelta(days=1), ends=ENDS)
    with served(pem) as address:
        found = read_certificate(address, trusts=ssl.create_default_context(cafile=str(pem)))
    assert (found.is_trusted, found.why_not, found.ends) == (True, "", ENDS)
    assert (found.host, found.subject, found.issuer, found.names) == (
        "localhost", "CN=localhost", "CN=localhost", ("localhost",),
    )  # fmt: skip


def test_one_that_has_ended_or_is_nobodys_is_read_all_the_same_and_says_why_it_is_not_trusted(tmp_path: Path) -> None:
    past = datetime(2025, 1, 1, tzinfo=UTC)
    pem = made(tmp_path, starts=past - timedelta(days=90), ends=past)
    with served(pem) as address:
        ended = read_certificate(address, trusts=ssl.create_default_context(cafile=str(pem)))
        stranger = read_certificate(address)
    assert (ended.is_trusted, ended.ends) == (False, past)
    assert "expired" in ended.why_not
    assert "self" in stranger.why_not


def test_no_https_no_host_and_a_silent_one_are_sentences_in_time() -> None:
    for address in ("", "http://example.net/score", "https://"):
        with pytest.raises(Refused, match="not https"):
            read_certificate(address)
    with socket.create_server(("localhost", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable, match="cannot be reached"):
        read_certificate(f"https://localhost:{port}/score")
    with served(None) as address, pytest.raises(Unreachable, match=r"within 0\.2 seconds|timed out"):
        read_certificate(address, 0.2)
