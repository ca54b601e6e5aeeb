"""A session knows whose rows it shows, remembers the workspace, and leaves Azure alone until somebody refreshes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.links import DEMO, Account, NotLoopback, loopback
from app.opening import open_session
from app.session import Session
from services.errors import NotSignedIn
from services.records import WorkspaceRef
from tests.app.commanding import ANA, PROD, REPOSITORY, cached, leave_runs


def test_rows_are_kept_by_cloud_tenant_account_and_workspace(tmp_path: Path) -> None:
    with cached(tmp_path) as session:
        assert session.account_scope == "public/tenant/ana@example.com"
        assert session.scope == f"public/tenant/ana@example.com{PROD.key}"
        session.choose(WorkspaceRef(PROD.subscription.upper(), "RG-ML", "ML-PROD"))
        assert session.scope == f"public/tenant/ana@example.com{PROD.key}"


def test_account_and_workspace_are_those_of_last_time(tmp_path: Path) -> None:
    with cached(tmp_path):
        pass
    session = open_session("azure", tmp_path)
    assert (session.account, session.workspace) == (ANA, PROD)
    assert session.connection is None
    session.close()


def test_before_anybody_signed_in_there_are_no_rows_and_no_error(tmp_path: Path) -> None:
    session = open_session("offline", tmp_path)
    assert (session.workspace, list(session.known_workspaces()), session.is_online) == (None, [], False)
    session.close()


def test_offline_shows_the_rows_of_the_signed_in_account(tmp_path: Path) -> None:
    leave_runs(tmp_path)
    session = open_session("offline", tmp_path)
    assert [one.name for one in session.known_workspaces()] == ["ml-prod"]
    assert session.store.counts("runs", session.scope, "status") == {"Completed": 2, "Failed": 1}
    session.close()


def test_the_demo_has_a_default_workspace_and_a_scope_of_its_own(tmp_path: Path) -> None:
    session = open_session("demo", tmp_path)
    assert session.account == DEMO
    assert session.default_workspace is not None
    assert session.scope.startswith("demo/")
    session.close()


def test_two_emulators_do_not_share_rows(tmp_path: Path) -> None:
    scopes: set[str] = set()
    for port in (8001, 8002):
        session = open_session("emulator", tmp_path, emulator=f"http://localhost:{port}")
        scopes.add(session.scope)
        session.close()
    assert len(scopes) == 2


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com:1",
        "http://127.0.0.1.evil.example:1",
        "https://127.0.0.1:1",
        "http://10.0.0.1",
        "http://127.0.0.1:99999",
        "http://user@evil.example:1",
    ],
)
def test_an_address_that_is_not_of_this_machine_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(NotLoopback):
        open_session("emulator", tmp_path, emulator=address)


def test_an_emulators_address_may_leave_out_what_is_clear() -> None:
    assert loopback("http://localhost:8123/") == loopback("127.0.0.1:8123") == "127.0.0.1:8123"


def test_without_az_connecting_says_so_and_asks_again_only_when_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    session = open_session("azure", tmp_path)
    with pytest.raises(NotSignedIn, match="az") as first:
        session.connect()
    with pytest.raises(NotSignedIn) as second:
        session.connect()
    assert first.value is second.value
    session.forget_failure()
    with pytest.raises(NotSignedIn) as third:
        session.connect()
    assert third.value is not first.value
    session.close()


AZ = """#!/bin/sh
echo '{"id": "22222222-2222-2222-2222-222222222222", "tenantId": "t-9", "name": "Prod",
"environmentName": "AzureUSGovernment", "user": {"name": "Ana@Example.com", "type": "user"}}'
"""


@pytest.mark.skipif(sys.platform == "win32", reason="az is a shell script here")
def test_signing_in_takes_account_and_cloud_from_az_and_remembers_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    az = tmp_path / "bin" / "az"
    az.parent.mkdir()
    az.write_text(AZ)
    az.chmod(0o755)
    monkeypatch.setenv("PATH", f"{az.parent}:/bin:/usr/bin")
    session = open_session("azure", tmp_path / "cache")
    connection = session.connect()
    assert connection.cloud.arm == "management.usgovcloudapi.net"
    assert session.account_scope == "usgov/t-9/ana@example.com"
    session.close()
    again = open_session("offline", tmp_path / "cache")
    assert again.account == Account("usgov", "t-9", "Ana@Example.com")
    again.close()


def test_opening_a_session_imports_nothing_of_azure(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from app.opening import open_session;"
        f"s = open_session('azure', Path({str(tmp_path)!r})); s.store.view('runs', s.scope).prepare(); s.close();"
        "print([name for name in sys.modules if name.split('.')[0] in ('azure', 'requests', 'textual', 'keyring')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=REPOSITORY, check=True)
    assert done.stdout.strip() == "[]"


def chosen(tmp_path: Path) -> Session:
    session = open_session("demo", tmp_path / "demo", runs=10)
    session.choose(session.default_workspace or WorkspaceRef("s", "g", "w"))
    return session


def test_a_session_is_locked_until_it_is_unlocked_for_its_workspace(tmp_path: Path) -> None:
    session = chosen(tmp_path)
    assert session.lock.unlocked is None
    session.unlock(600.0)
    assert session.lock.unlocked is not None
    assert session.workspace is not None
    assert session.lock.unlocked.workspace == session.workspace.id
    session.relock()
    assert session.lock.unlocked is None
    session.close()


def test_the_connection_of_a_session_is_behind_its_lock(tmp_path: Path) -> None:
    session = chosen(tmp_path)
    connection = session.connect()
    assert connection.lock is session.lock
    session.close()


def test_another_workspace_locks_the_session(tmp_path: Path) -> None:
    session = chosen(tmp_path)
    session.unlock(600.0)
    session.choose(WorkspaceRef("s", "g", "another"))
    assert session.lock.unlocked is None
    session.close()


def test_offline_nothing_can_be_unlocked_and_it_is_said_why(tmp_path: Path) -> None:
    session = open_session("offline", tmp_path / "demo", is_demo=True)
    session.workspace = WorkspaceRef("s", "g", "w")
    session.unlock(600.0)
    assert session.lock.unlocked is None
    assert "--offline" in (session.read_only_because or "")
    session.close()


def test_where_the_record_cannot_be_kept_writing_stays_locked_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("a file in the place of the folder")
    session = chosen(tmp_path)
    assert "nothing is sent" in (session.read_only_because or "")
    session.close()


def test_a_workspace_pinned_in_the_settings_is_not_unlocked(tmp_path: Path) -> None:
    session = chosen(tmp_path)
    session.is_pinned = lambda name, arm_id: name == "ml-prod"
    session.unlock(600.0)
    assert session.lock.unlocked is None
    assert "pinned read-only" in (session.read_only_because or "")
    session.close()
