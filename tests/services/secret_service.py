"""A D-Bus of the test's own, with a real Secret Service on it or none; without a display, also as root.

`python -m tests.services.secret_service CMD…` runs a command beside an unlocked one.
Needs gnome-keyring and dbus, as Debian calls them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PASSWORD = "test-password"

_NEEDED = ("gnome-keyring-daemon", "dbus-daemon")
_HOMES = {"HOME": "home", "XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache",
          "XDG_RUNTIME_DIR": "run"}  # fmt: skip
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "GNOME_KEYRING_CONTROL")


def need_secret_service() -> None:
    """Skip the test where there is no Secret Service to be had; fail where one was promised."""
    missing = [name for name in _NEEDED if shutil.which(name) is None]
    if not missing:
        return
    how = f"{', '.join(missing)} is missing: apt install gnome-keyring dbus libsecret-tools"
    if os.environ.get("AMLDECK_SECRET_SERVICE_REQUIRED"):
        pytest.fail(f"AMLDECK_SECRET_SERVICE_REQUIRED is set, and {how}")
    pytest.skip(f"NOT TESTED against a real Secret Service: {how}")


@contextmanager
def bus() -> Iterator[dict[str, str]]:
    """The environment of a session bus of our own, whose home is empty and gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="amldeck-bus.", ignore_cleanup_errors=True) as folder:
        for part in (*_HOMES.values(), "data/keyrings"):
            (Path(folder) / part).mkdir(mode=0o700)
        env = {name: value for name, value in os.environ.items() if name not in _DISPLAYS}
        env |= {name: str(Path(folder) / part) for name, part in _HOMES.items()}
        command = ["dbus-daemon", "--session", "--nofork", "--print-address"]
        daemon = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            assert daemon.stdout is not None
            yield {**env, "DBUS_SESSION_BUS_ADDRESS": daemon.stdout.readline().strip()}
        finally:
            _end(daemon)


@contextmanager
def secret_service() -> Iterator[dict[str, str]]:
    """The environment of a session bus with an unlocked Secret Service."""
    with bus() as env:
        command = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
        complaints = Path(env["HOME"]) / "complaints"
        with complaints.open("wb") as stderr:
            daemon = subprocess.Popen(
                command, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=stderr
            )
        try:
            assert daemon.stdin is not None
            daemon.stdin.write(PASSWORD)
            daemon.stdin.close()
            wait_for_service(env)
            yield env
        finally:
            if daemon.poll() is not None:
                print(f"gnome-keyring ended by itself with {daemon.returncode}: {complaints.read_text()}")
            _end(daemon)


def wait_for_service(env: dict[str, str]) -> None:
    """Wait until somebody owns the Secret Service's name on the bus: the bus says when."""
    from jeepney import DBusAddress, MatchRule, message_bus, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    name = "org.freedesktop.secrets"
    dbus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
    rule = MatchRule(type="signal", interface="org.freedesktop.DBus", member="NameOwnerChanged")
    rule.add_arg_condition(0, name)
    with open_dbus_connection(env["DBUS_SESSION_BUS_ADDRESS"]) as connection, connection.filter(rule) as changes:
        connection.send_and_get_reply(message_bus.AddMatch(rule))
        owned = connection.send_and_get_reply(new_method_call(dbus, "NameHasOwner", "s", (name,)))
        if not owned.body[0]:
            connection.recv_until_filtered(changes, timeout=30)


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


if __name__ == "__main__":
    with secret_service() as environment:
        sys.exit(subprocess.run(sys.argv[1:], env=environment, check=False).returncode)
