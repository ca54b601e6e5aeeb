"""The process in which azure-ai-ml reads a job's YAML: it has no socket, no token and no screen.

It is started as a file and imports nothing of ours. It reads one line of JSON from its standard input, what to check;
every request any client in here makes goes out as a line on its standard output, and the answer comes back as a line.
The last line says what azure-ai-ml made of the file. It ends with its parent.
"""

from __future__ import annotations

import base64
import io
import json
import logging
import os
import queue
import sys
import threading
from typing import Any

REFUSED = ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "subprocess.Popen", "os.system",
           "os.exec", "os.posix_spawn", "os.fork", "os.startfile")  # fmt: skip
"""What this process may not do, as Python's audit events: everything that leads out of it."""
ORPHANED = 3


class Closed(PermissionError):
    """Something tried to leave this process by another way than the pipe."""


def refuse_all_ways_out() -> None:
    """From here on no socket can be opened and no program started, whoever tries."""

    def judge(event: str, given: tuple[Any, ...]) -> None:
        if event in REFUSED:
            raise Closed(f"{event} is closed in here")

    sys.addaudithook(judge)


class Pipe:
    """The two standard streams as lines of JSON; nothing else may write to them."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "wb")
        self._given: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._turn = threading.Lock()
        # Whatever prints does so into the file the parent keeps for it.
        os.dup2(2, 1)
        threading.Thread(target=self._read, args=(os.fdopen(os.dup(0), "rb"),), daemon=True).start()

    def _read(self, given: Any) -> None:
        for line in given:
            self._given.put(line)
        os._exit(ORPHANED)  # the parent is gone, or done with us

    def take(self) -> dict[str, Any]:
        """Return the next line."""
        return json.loads(self._given.get())

    def say(self, said: dict[str, Any]) -> None:
        """Write one line."""
        self._out.write(json.dumps(said).encode("ascii") + b"\n")
        self._out.flush()

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the parent's answer to a request; one at a time, whatever thread asks."""
        with self._turn:
            self.say({"request": request})
            return self.take()


def send_through(pipe: Pipe) -> None:
    """Let every client in this process send through the pipe: also those that take no `transport=`."""
    import requests.adapters
    import urllib3

    def send(self: Any, request: Any, *_: Any, **__: Any) -> Any:
        body: Any = request.body or b""
        sent: bytes = body.read() if hasattr(body, "read") else body.encode() if isinstance(body, str) else body
        answer = pipe.ask({"method": request.method, "url": request.url, "body": base64.b64encode(sent).decode()})
        raw = urllib3.HTTPResponse(
            body=io.BytesIO(base64.b64decode(answer["body"])), status=answer["status"],
            headers={"Content-Type": "application/json"}, preload_content=False,
        )  # fmt: skip
        return self.build_response(request, raw)

    requests.adapters.HTTPAdapter.send = send  # pyright: ignore[reportAttributeAccessIssue]


class NoCredential:
    """The parent has the tokens; what stands here is never sent."""

    def get_token(self, *scopes: str, **_: Any) -> Any:
        """Return a token that opens nothing."""
        from azure.core.credentials import AccessToken

        return AccessToken("none", 2**33)


def submit(given: dict[str, Any]) -> None:
    """Have azure-ai-ml read, validate and send the job. Raises whatever it raises."""
    from azure.ai.ml import MLClient, load_job  # pyright: ignore[reportUnknownVariableType]

    logging.getLogger("azure.ai.ml").setLevel(logging.ERROR)
    client: Any = MLClient(
        NoCredential(), given["subscription"], given["resource_group"], given["workspace"],  # pyright: ignore[reportArgumentType]
        enable_telemetry=False, show_progress=False, cloud=given["cloud"],
    )  # fmt: skip
    client.jobs.create_or_update(load_job(io.StringIO(given["text"])))


def main() -> None:
    """Answer one question."""
    pipe = Pipe()
    refuse_all_ways_out()
    given = pipe.take()
    try:
        send_through(pipe)
        submit(given)
    except Exception as error:  # noqa: BLE001  whatever a client says about the file is for whoever wrote it
        pipe.say({"failed": str(error), "kind": type(error).__name__})
    else:
        pipe.say({"failed": "azure-ai-ml sent no job", "kind": ""})


if __name__ == "__main__":
    main()
