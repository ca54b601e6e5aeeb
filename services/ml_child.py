"""azure-ai-ml in a process of its own: what it makes of a job's YAML, without a second of its import in ours.

The child has neither socket nor token. Its reads are answered through our guarded connection; the job it would send is
taken from it and not sent; anything else it would change is refused.
"""

from __future__ import annotations

import base64
import os
import queue
import re
import site
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from services.calls import Call
from services.errors import Malformed, NotFound, Unreachable
from services.records import Stop, WorkspaceRef, never

if TYPE_CHECKING:
    from services.connection import Connection

DEADLINE = 90.0
"""Seconds all of it may take: the import alone takes up to three, on a busy machine ten."""
MOST_LINE = 16 << 20
"""Bytes of one line the child may write."""
LOOK_EVERY = 0.1
NOTHING_SENT = "nothing was sent"

_MAIN = Path(__file__).with_name("ml_child_main.py")
_PASSED = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "SYSTEMDRIVE", "PYTHONPATH", "VIRTUAL_ENV", "WINDIR")


class Put(msgspec.Struct, frozen=True, kw_only=True):
    """The job azure-ai-ml would send: its name, the api-version, and the properties."""

    name: str
    api: str
    properties: dict[str, Any]


class NotTaken(Exception):
    """azure-ai-ml does not take the file, or would do more than send a job; `str()` is what it says, often long."""


class _Request(msgspec.Struct):
    method: str
    url: str
    body: str


class _Line(msgspec.Struct):
    request: _Request | None = None
    failed: str | None = None
    kind: str = ""


def planned_put(
    connection: Connection, ref: WorkspaceRef, text: str, *, stop: Stop = never, deadline: float = DEADLINE,
    main: Path = _MAIN,
) -> Put:  # fmt: skip
    """Return the job azure-ai-ml makes of a YAML text; nothing is sent.

    Raises NotTaken with what it says against the text; ServiceError when a read it makes fails, when it is stopped,
    takes too long or ends without a word. For workers: takes seconds.
    """
    asked = {"text": text, "subscription": ref.subscription, "resource_group": ref.resource_group,
             "workspace": ref.name, "cloud": connection.cloud.name}  # fmt: skip
    with _child(main) as (process, said, notes):
        _write(process, asked)
        for line in _lines(said, process, notes, stop, time.monotonic() + deadline):
            if line.failed is not None:
                raise NotTaken(line.failed)
            if line.request is None:
                break
            if (put := _job_of(line.request, connection, ref)) is not None:
                return put
            _write(process, _answer(line.request, connection, stop))
    raise Malformed("azure-ai-ml gave an answer that cannot be read", do=NOTHING_SENT)


@contextmanager
def _child(main: Path) -> Generator[tuple[subprocess.Popen[bytes], queue.SimpleQueue[bytes], Path]]:
    """Start it in a folder of its own, which it leaves nothing behind in; it is ended however this is left."""
    with tempfile.TemporaryDirectory(prefix="amldeck-", ignore_cleanup_errors=True) as folder:
        # A job without an experiment gets the name of the working folder: Azure's own word for none is Default.
        home, notes = Path(folder, "Default"), Path(folder, "notes")
        home.mkdir()
        with notes.open("wb") as stderr:
            process = _started(main, home, stderr)
        said: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        assert process.stdout is not None
        assert process.stdin is not None
        reader = threading.Thread(target=_read, args=(process.stdout, said), name="ml-child", daemon=True)
        reader.start()
        try:
            yield process, said, notes
        finally:
            process.kill()
            process.wait(10)
            reader.join(10)
            with suppress(OSError):
                process.stdin.close()


def _started(main: Path, home: Path, stderr: IO[bytes]) -> subprocess.Popen[bytes]:
    # -P: the folder of that file is ours, and its everyday names are not to be found by anybody's import.
    words = [sys.executable, "-P", "-X", "utf8", "-W", "ignore", str(main)]
    try:
        return subprocess.Popen(
            words, cwd=home, env=environment(os.environ, home), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=stderr, start_new_session=sys.platform != "win32",
        )  # fmt: skip
    except (OSError, ValueError) as error:
        raise Malformed(f"azure-ai-ml could not be started: {error}", do=NOTHING_SENT) from error


def environment(ours: Mapping[str, str], home: Path) -> dict[str, str]:
    """Return what the child sees of the environment: where Python is, and nothing that could be a secret."""
    passed = {name: ours[name] for name in _PASSED if name in ours}
    return passed | {"HOME": str(home), "USERPROFILE": str(home), "TMPDIR": str(home), "TEMP": str(home),
                     "TMP": str(home), "PYTHONUSERBASE": site.getuserbase()}  # fmt: skip


def _read(pipe: IO[bytes], said: queue.SimpleQueue[bytes]) -> None:
    with pipe:
        while line := pipe.readline(MOST_LINE):
            said.put(line)
    said.put(b"")


def _lines(
    said: queue.SimpleQueue[bytes], process: subprocess.Popen[bytes], notes: Path, stop: Stop, end: float
) -> Iterator[_Line]:
    while True:
        if stop():
            raise Unreachable("Checking the job was stopped", do=NOTHING_SENT)
        if time.monotonic() >= end:
            raise Unreachable("azure-ai-ml took too long to check the job", do=f"{NOTHING_SENT}; try again")
        try:
            line = said.get(timeout=LOOK_EVERY)
        except queue.Empty:
            continue
        if not line:
            raise Malformed(f"azure-ai-ml ended before it had an answer{_last_words(notes)}", do=NOTHING_SENT)
        try:
            yield msgspec.json.decode(line, type=_Line)
        except msgspec.MsgspecError:
            return


def _last_words(notes: Path) -> str:
    with suppress(OSError):
        words = notes.read_bytes()[-2_000:].decode("utf-8", "replace").strip().splitlines()
        return f": {words[-1][:200]}" if words else ""
    return ""


def _write(process: subprocess.Popen[bytes], said: object) -> None:
    assert process.stdin is not None
    # When it is gone, the line that is not coming says so.
    with suppress(OSError):
        process.stdin.write(msgspec.json.encode(said) + b"\n")
        process.stdin.flush()


def _job_of(request: _Request, connection: Connection, ref: WorkspaceRef) -> Put | None:
    """Return the job a request would submit to this workspace; None for any other request."""
    url = urlsplit(request.url)
    found = re.fullmatch(re.escape(ref.id) + "/jobs/([^/]+)", url.path, re.IGNORECASE)
    if request.method != "PUT" or found is None or url.netloc.lower() != connection.cloud.arm:
        return None
    try:
        body = msgspec.json.decode(base64.b64decode(request.body), type=dict[str, Any])
        return Put(name=unquote(found[1]), api=parse_qs(url.query)["api-version"][0],
                   properties=msgspec.convert(body["properties"], dict[str, Any]))  # fmt: skip
    except (msgspec.MsgspecError, KeyError, ValueError) as error:
        raise Malformed("The job azure-ai-ml made cannot be read", do=NOTHING_SENT) from error


def _answer(request: _Request, connection: Connection, stop: Stop) -> dict[str, Any]:
    """Return the answer to a read, made through the connection, or that there is no such thing."""
    if request.method not in ("GET", "HEAD"):
        raise NotTaken(_other_change(request))
    try:
        answer = connection.read(Call(url=request.url, method=request.method), stop=stop)
    except NotFound as error:
        body = msgspec.json.encode({"error": {"code": error.code or "NotFound", "message": str(error)}})
        return {"status": 404, "body": base64.b64encode(body).decode()}
    return {"status": answer.status, "body": base64.b64encode(answer.body).decode()}


def _other_change(request: _Request) -> str:
    kind, _, rest = urlsplit(request.url).path.partition("/workspaces/")[2].partition("/")[2].partition("/")
    what = kind.rstrip("s") or "thing"
    return (
        f"azure-ai-ml would first register a new {what} ({unquote(rest)[:60]}), and amldeck sends the job alone. "
        f"Register it (az ml {what} create) and name it as azureml:NAME:VERSION"
    )
