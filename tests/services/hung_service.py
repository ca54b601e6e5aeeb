"""A Secret Service whose prompt nobody ever answers, or that never answers at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jeepney import MessageType, message_bus, new_error, new_method_return
from jeepney.io.blocking import DBusConnection, open_dbus_connection

NAME = "org.freedesktop.secrets"


class HungService:
    """Answers on a thread of its own until its bus ends. `has_prompted` is set once a client waits for the prompt."""

    def __init__(self, connection: DBusConnection, *, is_silent: bool) -> None:
        self.has_prompted = threading.Event()
        self.was_called = threading.Event()
        self.prompts = 0
        self._connection = connection
        self._is_silent = is_silent

    def serve(self) -> None:
        try:
            while True:
                self._take(self._connection.receive())
        except OSError:  # the bus has ended
            self._connection.close()

    def _take(self, message: Any) -> None:
        if message.header.message_type is not MessageType.method_call:
            return
        self.was_called.set()
        if not self._is_silent:
            self._connection.send(self._answer(message))

    def _answer(self, message: Any) -> Any:
        member = {field.name: value for field, value in message.header.fields.items()}["member"]
        if member == "Get":
            value = ("b", True) if message.body[1] == "Locked" else ("s", "Login")
            return new_method_return(message, "v", (value,))
        if member == "Unlock":
            return new_method_return(message, "aoo", ([], "/org/freedesktop/secrets/prompt/p1"))
        if member == "Prompt":
            self.prompts += 1
            self.has_prompted.set()
            return new_method_return(message)
        return new_error(message, "org.freedesktop.DBus.Error.NotSupported")


@contextmanager
def hung_service(address: str, *, is_silent: bool = False) -> Iterator[HungService]:
    """Take the Secret Service's name on a bus, for as long as the bus is there."""
    connection = open_dbus_connection(address)
    connection.send_and_get_reply(message_bus.RequestName(NAME))
    service = HungService(connection, is_silent=is_silent)
    threading.Thread(target=service.serve, name="hung service", daemon=True).start()
    yield service
