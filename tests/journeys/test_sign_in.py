"""Signing in from the deck: rows stay, the dialog says what is going on, and everything goes on in place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from app.links import DEMO, Account, Link
from app.screens.first_run import FirstRun
from app.screens.sign_in import SigningIn, left_words
from app.screens.sign_in_form import SignInForm
from app.session import Session
from app.sign_ins import link_of
from app.tables import TABLES
from cache.store import Store
from services.emulator.samples import PIPELINE_APP, TENANT, UPNS
from services.emulator.sign_ins import NEEDS_MFA, SECRET
from services.emulator.transport import in_process
from services.emulator.world import World
from services.errors import NotSignedIn
from services.sign_in import SignIn
from services.signing import signed_in
from tests.journeys.stage import NARROW, RUNS, WIDE, Stage, staged
from tests.services.signing_in import tenant


@pytest.fixture(autouse=True)
def plain_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without az, display and identity, and a config folder of its own."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path / "config"))


def session_of_person(folder: Path, world: World) -> Session:
    """The demo's session, signed in by device code as its person."""
    transport = lambda: in_process(world)  # noqa: E731
    made = signed_in(SignIn(method="device code"), transport=transport())
    link = link_of(made, DEMO.cloud, transport())
    return Session(Store.open(folder, TABLES), mode="demo", account=DEMO, link=lambda: link, transport=transport)


async def choose(stage: Stage, method: str) -> None:
    await stage.see("how")
    await stage.type(method)
    await stage.press("enter")


async def test_a_revoked_sign_in_leaves_rows_and_l_signs_in_again_in_place(tmp_path: Path) -> None:
    world = tenant(approve_after=0)
    session = session_of_person(tmp_path / "cache", world)
    async with staged(tmp_path, world=world, session=session, pane="runs", reads=RUNS) as stage:
        await stage.settled()
        await stage.press("j", "j")
        cursor, query, count = stage.cursor, stage.query, stage.deck.view.keeper.count
        world.login.policy.refuse = 50173
        forget_tokens(session)
        await stage.press("r")
        await stage.until(lambda: "▲ signed out" in stage.notice, "the banner")
        assert "revoked" in stage.notice
        assert "L signs in" in stage.text
        assert stage.deck.view.keeper.count == count
        await stage.press("d", "d", "v", "escape")
        assert stage.cursor == cursor
        world.login.policy.refuse = None
        await stage.press("L")
        await choose(stage, "device")
        await stage.until(lambda: "signed out" not in stage.header and len(stage.deck.screen_stack) == 1, "the sign-in")
        await stage.until(lambda: "● live" in stage.header, "fresh rows")
        assert (stage.cursor, stage.query, stage.pane) == (cursor, query, "runs")


def forget_tokens(session: Session) -> None:
    """Let the access tokens be over, as they are an hour later; the refresh token stays."""
    connection = session.connection
    assert connection is not None
    caching = connection._credential  # pyright: ignore[reportPrivateUsage]
    caching.forget(connection.cloud.scopes["arm"])
    credential: Any = caching._credential  # pyright: ignore[reportPrivateUsage]
    for app in credential._client_applications.values():
        for token in list(app.token_cache.search("AccessToken")):
            app.token_cache.remove_at(token)


async def test_a_device_code_is_shown_copied_counted_in_words_and_cancelled(tmp_path: Path) -> None:
    world = tenant(approve_after=None)
    async with staged(tmp_path, world=world, pane="runs", session=_demo(tmp_path, world), reads=RUNS) as stage:
        await stage.settled()
        stage.deck.do("sign_in")
        await choose(stage, "device")
        await stage.see("https://microsoft.com/devicelogin")
        (code,) = world.login.waiting
        assert " ".join(code) in stage.text
        assert "It is good for 14 more minutes." in stage.text
        assert "y copy the code  esc cancel" in stage.text
        await stage.press("y")
        await stage.press("escape")
        await stage.until(lambda: len(stage.deck.screen_stack) == 1, "the deck")
        await stage.until(lambda: stage.notice.startswith("Copied the code"), "what was copied")
        assert "● live" in stage.header


def _demo(folder: Path, world: World) -> Session:
    from tests.journeys.stage import session_of

    session = session_of(folder / "cache", world)
    session.way.transport = lambda: in_process(world)
    return session


async def test_a_refused_sign_in_says_why_and_can_be_tried_again(tmp_path: Path) -> None:
    world = tenant(approve_after=0, upn=NEEDS_MFA)
    async with staged(tmp_path, world=world, pane="runs", session=_demo(tmp_path, world), reads=RUNS) as stage:
        await stage.settled()
        stage.deck.do("sign_in")
        await choose(stage, "device")
        await stage.see("The tenant asks for a second factor (MFA)")
        assert "AADSTS50076" in stage.text
        world.login.policy.upn = UPNS[0]
        await stage.press("enter")
        await stage.until(lambda: stage.notice == f"Signed in as {UPNS[0]}.", "who is signed in")


async def test_a_secret_is_masked_checked_and_signs_the_application_in(tmp_path: Path) -> None:
    world = tenant()
    async with staged(tmp_path, world=world, pane="runs", session=_demo(tmp_path, world), reads=RUNS) as stage:
        await stage.settled()
        stage.deck.do("sign_in")
        await choose(stage, "client secret")
        await stage.until(lambda: isinstance(stage.deck.screen, SignInForm), "the form")
        await stage.press("enter")
        await stage.see("needs the tenant and the")
        fields = {field.id: field for field in stage.deck.screen.query(Input)}
        fields["field-tenant"].value = TENANT
        fields["field-client_id"].value = PIPELINE_APP
        await stage.press("tab", "tab")
        await stage.type("wrong")
        await stage.press("enter")
        await stage.see("enter type it anew")
        assert "The client secret is wrong" in stage.text
        await stage.press("enter")
        await stage.until(lambda: isinstance(stage.deck.screen, SignInForm), "the form, filled in but for the secret")
        assert [field.value for field in stage.deck.screen.query(Input)] == [TENANT, PIPELINE_APP, ""]
        await stage.type(SECRET)
        assert SECRET not in stage.text
        assert "•" * len(SECRET) in stage.text
        await stage.press("enter")
        await stage.until(lambda: stage.notice == f"Signed in as {PIPELINE_APP}.", "the application")
        assert stage.deck.desk.session.account == Account("demo", "demo", PIPELINE_APP)


@pytest.mark.parametrize("size", [NARROW, (60, 20)])
async def test_the_dialog_fits(tmp_path: Path, size: tuple[int, int]) -> None:
    world = tenant(approve_after=None)
    async with staged(
        tmp_path, world=world, pane="runs", session=_demo(tmp_path, world), size=size, reads=RUNS
    ) as stage:
        await stage.settled()
        stage.deck.do("sign_in")
        await choose(stage, "device")
        await stage.see("microsoft.com/devicelogin")
        assert " ".join(world.login.waiting[0]) in stage.text
        assert isinstance(stage.deck.screen, SigningIn)


def test_what_is_left_is_told_in_minutes() -> None:
    said = [str(left_words(seconds)) for seconds in (0, 30, 61, 899)]
    assert said == ["The code is over.", "It is good for less than a minute.", "It is good for 1 more minute.",
                    "It is good for 14 more minutes."]  # fmt: skip


async def test_l_still_moves_the_columns_while_somebody_is_signed_in(tmp_path: Path) -> None:
    async with staged(tmp_path, pane="runs", reads=RUNS) as stage:
        await stage.settled()
        await stage.press("L")
        await stage.pilot.pause()
        assert len(stage.deck.screen_stack) == 1
        assert not isinstance(stage.deck.screen, FirstRun)


async def test_the_first_screen_leads_to_the_other_ways_to_sign_in(tmp_path: Path) -> None:
    world = tenant(approve_after=0)

    def nobody() -> Link:
        raise NotSignedIn("Nobody is signed in")

    store = Store.open(tmp_path / "cache", TABLES)
    session = Session(store, mode="azure", link=nobody, transport=lambda: in_process(world))
    async with staged(tmp_path, world=world, session=session, pane=None) as stage:
        await stage.see("az is not installed")
        await stage.press("L")
        await choose(stage, "device")
        await stage.see("ml-research")
        assert session.account == Account("public", TENANT, UPNS[0])


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_the_header_says_that_tokens_are_in_memory_only(tmp_path: Path, size: tuple[int, int]) -> None:
    world = tenant(approve_after=0)
    session = session_of_person(tmp_path / "cache", world)
    async with staged(tmp_path, world=world, session=session, pane="runs", size=size, reads=RUNS) as stage:
        await stage.settled()
        await stage.until(lambda: "tokens in memory" in stage.header, "the words in the header")


async def test_the_header_says_nothing_of_tokens_that_others_keep(tmp_path: Path) -> None:
    async with staged(tmp_path, reads=RUNS) as stage:
        await stage.settled()
        assert "tokens" not in stage.header
