"""Every named sign-in, with the real azure-identity, against the emulated login host, in process and over loopback."""

from __future__ import annotations

import io
import logging
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.connection import Connection
from services.credentials import credential_of
from services.emulator.faults import Fault
from services.emulator.samples import PIPELINE_APP, TENANT, UPNS
from services.emulator.sign_ins import (
    DISABLED,
    GUEST,
    MACHINE,
    NEEDS_MFA,
    OLD_APP,
    OLD_SECRET,
    PARTNER_TENANT,
    SECRET,
    SUBJECT,
)  # fmt: skip
from services.errors import NotSignedIn, ServiceBroken, ServiceError, Unreachable
from services.login_transport import Cancelled, has_metadata_service, metadata_transport
from services.sign_in import METHODS, DeviceCode, Method, SignIn
from services.signing import SignedIn, signed_in
from tests.services.signing_in import WAYS, Person, certificate, pod, reached, tenant

APP = {"tenant": TENANT, "client_id": PIPELINE_APP}


@pytest.fixture(autouse=True)
def plain_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No identity of the machine the tests run on."""
    for name in ("IDENTITY_ENDPOINT", "MSI_ENDPOINT", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_CLIENT_ID",
                 "AZURE_TENANT_ID", "AZURE_AUTHORITY_HOST", "AZURE_POD_IDENTITY_AUTHORITY_HOST"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)


def subscriptions(made: SignedIn, transport: Any) -> int:
    """How many subscriptions the emulated ARM lists to whoever signed in: it checks their token."""
    connection = Connection(made.credential, cloud=made.sign_in.azure, transport=transport)
    answer = connection.read(connection.arm("/subscriptions", "2022-12-01"))
    return answer.body.count(b'"subscriptionId"')


@pytest.mark.parametrize("way", WAYS)
def test_a_device_code_is_shown_waited_for_and_good(way: str) -> None:
    world = tenant(approve_after=2)
    shown: list[DeviceCode] = []
    with reached(world, way) as transport:
        made = signed_in(SignIn(method="device code"), prompt=shown.append, transport=transport)
        assert subscriptions(made, transport) == 2
    (code,) = shown
    assert code.url == "https://microsoft.com/devicelogin"
    assert len(code.code) == 9
    assert made.identity.user == UPNS[0]
    assert made.identity.tenant == TENANT
    assert not made.identity.is_guest
    polls = [one for one in world.log.entries("") if one.path.endswith("/token")]
    assert [one.status for one in polls] == [400, 400, 200]


@pytest.mark.parametrize("way", WAYS)
def test_a_browser_brings_the_code_to_the_program(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world = tenant(upn=UPNS[2])
    person = Person(world)
    monkeypatch.setattr(webbrowser, "open", person.open)
    with reached(world, way) as transport:
        made = signed_in(SignIn(method="browser", tenant=TENANT), transport=transport)
        assert subscriptions(made, transport) == 2
    assert made.identity.user == UPNS[2]
    assert len(person.opened) == 1
    assert person.opened[0].startswith(f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/authorize?")


@pytest.mark.parametrize("way", WAYS)
def test_a_client_secret_is_an_application(way: str) -> None:
    world = tenant()
    with reached(world, way) as transport:
        made = signed_in(SignIn(method="client secret", **APP), secret=lambda _: SECRET, transport=transport)
        assert subscriptions(made, transport) == 2
    assert made.identity.user == PIPELINE_APP
    assert made.identity.is_application
    assert made.record == ""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("password", [None, "open"])
def test_a_certificate_signs_its_own_assertion(way: str, password: str | None, tmp_path: Path) -> None:
    world = tenant()
    path = certificate(tmp_path, world, password.encode() if password else None)
    with reached(world, way) as transport:
        sign_in = SignIn(method="certificate", certificate=str(path), **APP)
        made = signed_in(sign_in, secret=lambda _: password, transport=transport)
        assert subscriptions(made, transport) == 2
    assert made.identity.app_id == PIPELINE_APP


@pytest.mark.parametrize("way", WAYS)
def test_a_pod_exchanges_its_federated_token(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = tenant()
    for name, value in pod(tmp_path, world).items():
        monkeypatch.setenv(name, value)
    with reached(world, way) as transport:
        made = signed_in(SignIn(method="workload identity"), transport=transport)
        assert subscriptions(made, transport) == 2
    assert made.identity.is_application


@pytest.mark.parametrize("way", WAYS)
def test_a_machine_has_an_identity_of_its_own(way: str) -> None:
    world = tenant()
    with reached(world, way) as transport:
        made = signed_in(SignIn(method="managed identity"), transport=transport)
        assert subscriptions(made, transport) == 2
    assert made.identity.app_id == MACHINE
    assert all(one.host in ("169.254.169.254", "management.azure.com") for one in world.log.entries(""))


@pytest.mark.parametrize(("cloud", "host"), [("usgov", "login.microsoftonline.us"),
                                             ("china", "login.partner.microsoftonline.cn")])  # fmt: skip
def test_another_cloud_has_another_login_host(cloud: str, host: str) -> None:
    world = tenant(approve_after=0)
    with reached(world, "in process") as transport:
        made = signed_in(SignIn(method="device code", cloud=cloud), transport=transport)
        assert subscriptions(made, transport) == 2
    assert made.identity.cloud == cloud
    assert {one.host for one in world.log.entries("login")} == {host}


def test_a_guest_is_told_by_the_directory_that_vouches_for_them() -> None:
    world = tenant(approve_after=0, upn=GUEST)
    with reached(world, "in process") as transport:
        made = signed_in(SignIn(method="device code", tenant=TENANT), transport=transport)
    assert made.identity.is_guest
    assert made.identity.home == PARTNER_TENANT
    assert made.identity.user == GUEST


Setting = Callable[[pytest.MonkeyPatch, Path, Any], SignIn]


def refused(sign_in: SignIn, world: Any, *, secret: str | None = None) -> ServiceError:
    with reached(world, "in process") as transport, pytest.raises(ServiceError) as raised:
        signed_in(sign_in, secret=lambda _: secret, transport=transport)
    return raised.value


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ({"upn": NEEDS_MFA}, "second factor"),
        ({"upn": DISABLED}, "disabled"),
        ({"refuse_all": 53003}, "conditional access"),
        ({"refuse_all": 65001}, "consent"),
        ({"refuse_all": 50105}, "not assigned"),
        ({"refuse_all": 50020}, "not of that tenant"),
    ],
)
def test_a_tenant_that_refuses_is_told_as_a_sentence(policy: dict[str, Any], words: str) -> None:
    error = refused(SignIn(method="device code"), tenant(approve_after=0, **policy))
    assert type(error) is NotSignedIn
    assert words in str(error)
    assert "AADSTS" not in error.what


@pytest.mark.parametrize(
    ("sign_in", "secret", "words"),
    [
        (SignIn(method="client secret", **APP), "another", "The client secret is wrong"),
        (SignIn(method="client secret", tenant=TENANT, client_id=OLD_APP), OLD_SECRET, "has expired"),
        (SignIn(method="client secret", tenant=TENANT, client_id=TENANT), SECRET, "does not know the application"),
        (
            SignIn(method="client secret", tenant="no-such.example.org", client_id=PIPELINE_APP),
            SECRET,
            "tenant was not",
        ),
        (SignIn(method="client secret", **APP), None, "No secret of the application"),
        (SignIn(method="client secret"), SECRET, "needs the tenant and the client id"),
        (SignIn(method="certificate", certificate="/no/such.pem", **APP), None, "cannot be read"),
        (SignIn(method="certificate", certificate=__file__, **APP), None, "holds no certificate"),
        (SignIn(method="workload identity"), None, "AZURE_FEDERATED_TOKEN_FILE"),
        (SignIn(method="device code", tenant="no-such.example.org"), None, "tenant was not"),
    ],
)
def test_what_is_wrong_with_a_sign_in_is_said_with_the_next_step(
    sign_in: SignIn, secret: str | None, words: str
) -> None:
    error = refused(sign_in, tenant(), secret=secret)
    assert type(error) is NotSignedIn
    assert words in error.what
    assert error.do


def test_a_certificate_of_another_application_is_refused(tmp_path: Path) -> None:
    world = tenant()
    path = certificate(tmp_path, world)
    world.login.policy.thumbprints.clear()
    error = refused(SignIn(method="certificate", certificate=str(path), **APP), world)
    assert "certificate is not one of the application's" in error.what


@pytest.mark.parametrize(("subject", "age", "words"), [("system:serviceaccount:x:y", 0, "subject"),
                                                       (SUBJECT, 7_200, "not valid now")])  # fmt: skip
def test_a_pod_that_is_not_trusted_is_refused(
    subject: str, age: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = tenant()
    for name, value in pod(tmp_path, world, subject, age=age).items():
        monkeypatch.setenv(name, value)
    assert words in refused(SignIn(method="workload identity"), world).what


def test_a_declined_device_code_and_an_expired_one_say_so() -> None:
    for act, words in (("decline", "declined"), ("expire", "expired")):
        world = tenant(approve_after=None)

        def decide(code: DeviceCode, act: str = act, world: Any = world) -> None:
            if act == "decline":
                assert world.login.decide(code.code, "declined")
            else:
                world.login.expire()

        with reached(world, "in process") as transport, pytest.raises(NotSignedIn, match=words):
            signed_in(SignIn(method="device code"), prompt=decide, transport=transport)


def test_a_device_code_that_nobody_wants_any_more_ends_at_once_and_asks_no_further() -> None:
    world = tenant(approve_after=None)
    shown, is_over = threading.Event(), threading.Event()
    with reached(world, "in process") as transport:

        def prompt(code: DeviceCode) -> None:
            shown.set()
            is_over.set()

        with pytest.raises(Cancelled, match="cancelled"):
            signed_in(SignIn(method="device code"), prompt=prompt, transport=transport, stop=is_over.is_set)
        assert shown.is_set()
        for thread in threading.enumerate():
            if thread.name == "sign-in":
                thread.join(10)
        # Approving it now brings nobody a token.
        asked = len(world.log.entries("/token"))
        world.login.decide("", "approved")
        assert len(world.log.entries("/token")) == asked
        assert 200 not in [one.status for one in world.log.entries("/token")]


@pytest.mark.parametrize(
    "page",
    ["https://microsoft.com.evil.example/devicelogin", "http://microsoft.com/devicelogin", "https://evil.example",
     "https://microsoft.com@evil.example/", "https://microsoft.com:8443/devicelogin", "javascript:alert(1)", ""],
)  # fmt: skip
def test_a_page_that_is_not_microsofts_is_never_shown(page: str) -> None:
    world = tenant(approve_after=0, page=page)
    shown: list[DeviceCode] = []
    with reached(world, "in process") as transport, pytest.raises(NotSignedIn, match=r"not Microsoft's.*do not type"):
        signed_in(SignIn(method="device code"), prompt=shown.append, transport=transport)
    assert shown == []
    assert world.log.entries("/oauth2/v2.0/token") == ()


@pytest.mark.parametrize("method", [one for one in METHODS if one in ("device code", "browser", "client secret",
                                                                      "certificate")])  # fmt: skip
def test_a_login_host_that_names_a_foreign_place_for_tokens_gets_nothing_sent_there(
    method: Method, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = tenant(approve_after=0, token_host="login.evil.example")
    person = Person(world)
    monkeypatch.setattr(webbrowser, "open", person.open)
    path = certificate(tmp_path, world)
    sign_in = SignIn(method=method, certificate=str(path), **APP)
    error = refused(sign_in, world, secret=None if method == "certificate" else SECRET)
    assert "login.evil.example" in error.what
    assert "nothing was sent" in str(error)
    assert person.opened == []
    assert world.log.entries("/oauth2/v2.0/token") == ()


def test_a_machine_without_a_metadata_service_is_known_in_a_second() -> None:
    world = tenant()
    waits: list[tuple[float, float]] = []
    with reached(world, "in process") as transport:
        real = transport.send

        def send(request: Any, **options: Any) -> Any:
            waits.append((options["connection_timeout"], options["read_timeout"]))
            return real(request, **options)

        transport.send = send
        world.faults.add(Fault(match="169.254.169.254", drop=True))
        with pytest.raises(NotSignedIn, match="no managed identity"):
            credential_of(SignIn(method="managed identity"), transport=transport)
        world.faults.clear()
        world.faults.add(Fault(match="169.254.169.254", stall=60))
        assert not has_metadata_service(metadata_transport(transport), 0.05)
    assert waits == [(1.0, 1.0), (0.05, 0.05)]


def test_a_machine_whose_identity_was_taken_away_says_so() -> None:
    error = refused(SignIn(method="managed identity"), tenant(has_identity=False))
    assert "Identity not found" in error.what or "No identity" in error.what


def renewed(made: SignedIn, transport: Any, times: int = 2) -> list[int]:
    """Read with a credential whose tokens are over at once, so each read renews them."""
    return [subscriptions(made, transport) for _ in range(times)]


def test_a_token_that_is_over_is_renewed_in_silence() -> None:
    world = tenant(approve_after=0, lifetime=60)
    with reached(world, "in process") as transport:
        made = signed_in(SignIn(method="device code"), transport=transport)
        assert renewed(made, transport) == [2, 2]
    asked = world.log.entries("/oauth2/v2.0/token")
    assert len(asked) >= 3
    assert len(world.log.entries("/devicecode")) == 1


@pytest.mark.parametrize(("code", "words"), [(50173, "revoked"), (70043, "every so often"), (700082, "long time"),
                                             (50076, "second factor")])  # fmt: skip
def test_a_revoked_sign_in_says_why_and_asks_nobody_by_itself(code: int, words: str) -> None:
    world = tenant(approve_after=0, lifetime=60)
    shown: list[DeviceCode] = []
    with reached(world, "in process") as transport:
        made = signed_in(SignIn(method="device code"), prompt=shown.append, transport=transport)
        world.login.policy.refuse = code
        with pytest.raises(NotSignedIn, match=words) as raised:
            subscriptions(made, transport)
    assert "amldeck sign-in" in raised.value.do
    assert len(shown) == 1


def test_a_network_that_is_gone_is_offline_and_a_broken_login_host_is_broken() -> None:
    world = tenant()
    sign_in = SignIn(method="client secret", **APP)
    world.faults.add(Fault(match="login.microsoftonline.com", drop=True))
    assert type(refused(sign_in, world, secret=SECRET)) is Unreachable
    world.faults.clear()
    world.faults.add(Fault(match="login.microsoftonline.com", status=503))
    assert type(refused(sign_in, world, secret=SECRET)) is ServiceBroken


def test_no_secret_and_no_token_is_in_any_error_repr_or_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    canary = "canary-7Q~secret-of-the-application"
    world = tenant(approve_after=0, lifetime=60)
    told: list[str] = []
    heard = io.StringIO()
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [logging.StreamHandler(heard)])
    monkeypatch.setattr(root, "level", logging.DEBUG)
    with reached(world, "in process") as transport:
        made = signed_in(SignIn(method="device code"), transport=transport)
        token: str = made.credential.get_token(made.sign_in.azure.scopes["arm"]).token
        told += [repr(made), repr(made.credential), repr(made.identity), str(made)]
        path = certificate(tmp_path, world, b"canary-passphrase")
        for sign_in, secret in (
            (SignIn(method="client secret", **APP), canary),
            (SignIn(method="certificate", certificate=str(path), **APP), canary),
        ):
            error = refused(sign_in, world, secret=secret)
            told += [str(error), repr(error), *map(repr, _causes(error))]
    out, err = capfd.readouterr()
    everything = "\n".join((*told, heard.getvalue(), out, err))
    assert canary not in everything
    assert "canary-passphrase" not in everything
    assert token not in everything
    assert token.split(".")[1] not in everything
    assert "1.emulated-" not in everything


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and len(found) < 10:
        found.append(current)
        current = current.__cause__ or current.__context__
    return found
