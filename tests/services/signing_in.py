"""An emulated tenant to sign in to, in process or over loopback, and a person with a browser."""

from __future__ import annotations

import base64
import re
import threading
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from services.emulator.asking import ask
from services.emulator.samples import PIPELINE_APP, TENANT
from services.emulator.serve import serving
from services.emulator.sign_ins import SUBJECT
from services.emulator.ticks import SECOND
from services.emulator.tokens import signed_by_nobody
from services.emulator.transport import in_process, over_loopback
from services.emulator.world import World

WAYS = ("in process", "over loopback")


def tenant(**policy: Any) -> World:
    """A small world whose sign-in service makes nobody wait."""
    world = World(runs=10)
    world.login.policy.interval = 0
    for name, value in policy.items():
        setattr(world.login.policy, name, value)
    return world


@contextmanager
def reached(world: World, way: str) -> Generator[Any]:
    """A transport to a world."""
    if way == "in process":
        yield in_process(world)
    else:
        with serving(world) as url:
            yield over_loopback(url)


def certificate(folder: Path, world: World, password: bytes | None = None) -> Path:
    """A certificate with its key, made now, which the world's application trusts."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "training-pipeline")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    path = folder / "app.pem"
    path.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    for algorithm in (hashes.SHA1(), hashes.SHA256()):
        thumbprint = base64.urlsafe_b64encode(made.fingerprint(algorithm)).rstrip(b"=").decode()
        for written in (thumbprint, thumbprint + "=" * (-len(thumbprint) % 4)):
            world.login.policy.thumbprints[written] = PIPELINE_APP
    return path


def pod(folder: Path, world: World, subject: str = SUBJECT, *, age: int = 0) -> dict[str, str]:
    """The environment of a pod with a federated token of this subject, `age` seconds over its hour."""
    now = world.now() // SECOND - age
    token = signed_by_nobody({"aud": "api://AzureADTokenExchange", "sub": subject, "nbf": now, "exp": now + 3_600,
                              "iss": "https://oidc.example.com"})  # fmt: skip
    path = folder / "federated-token"
    path.write_text(token)
    return {"AZURE_FEDERATED_TOKEN_FILE": str(path), "AZURE_CLIENT_ID": PIPELINE_APP, "AZURE_TENANT_ID": TENANT}


class Person:
    """Plays the browser: opens the page, and posts the form it holds to the program, on a thread of its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.opened: list[str] = []

    def open(self, url: str) -> bool:
        self.opened.append(url)
        threading.Thread(target=self._go, args=(url,), daemon=True).start()
        return True

    def _go(self, url: str) -> None:
        page = ask(self.world, "GET", url, has_token=False).body.decode()
        found = re.search(r'action="([^"]+)"', page)
        assert found is not None, page
        fields = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page)}
        to = unescape(found[1])
        assert urlsplit(to).hostname == "localhost"
        assert dict(parse_qsl(urlsplit(url).query))["redirect_uri"] == to
        urllib.request.urlopen(to, urlencode(fields).encode(), timeout=10).close()
