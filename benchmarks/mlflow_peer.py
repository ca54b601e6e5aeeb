"""A local MLflow server with the same runs, as fast as it can be had: SQLite, loopback, one connection kept open.

MLflow lives in an environment of its own, made by pip when it is first wanted. Runs are put straight into its database,
because logging a hundred thousand through its interface takes hours; what is asked then goes over HTTP, as it has to.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any

from services.run import Run

DEADLINE = 180.0
_STATUS = {"Completed": "FINISHED", "Failed": "FAILED", "Canceled": "KILLED", "Running": "RUNNING"}
_BATCH = 2_000


def environment(folder: Path) -> Path:
    """The folder of programs of an environment that has MLflow, made when it is not there."""
    home = folder / "mlflow-venv"
    programs = home / ("Scripts" if sys.platform == "win32" else "bin")
    if not any(programs.glob("mlflow*")):
        print(f"Making an environment for MLflow in {home}; this takes minutes.", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "mlflow"]
        subprocess.run(pip, check=True)
    return programs


class MLflow:
    """A server and a connection to it; leaving the block ends it."""

    def __init__(self, folder: Path, count: int) -> None:
        self.programs = environment(folder)
        self.home = folder / f"mlflow-{count}"
        self.count = count
        self.ids: list[str] = []

    @property
    def uri(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> MLflow:
        self.home.mkdir(parents=True, exist_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port: int = free.getsockname()[1]
        command = [
            str(self.programs / "mlflow"), "server", "--host", "127.0.0.1", "--port", str(self._port), "--workers", "1",
            "--backend-store-uri", f"sqlite:///{self.home / 'mlflow.db'}",
            "--artifacts-destination", str(self.home / "artifacts"),
        ]  # fmt: skip
        with open(self.home / "server.log", "wb") as log:
            self._server = subprocess.Popen(
                command, cwd=self.home, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, "MLFLOW_TELEMETRY_DISABLED": "true", "DO_NOT_TRACK": "true"},
            )  # fmt: skip
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(self._server.pid, number)
                self._server.wait(10)

    def _wait(self) -> None:
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            with suppress(OSError, http.client.HTTPException):
                self._http = http.client.HTTPConnection("127.0.0.1", self._port, timeout=DEADLINE)
                self._http.request("GET", "/health")
                if self._http.getresponse().read():
                    return
            time.sleep(0.2)
        raise TimeoutError(f"MLflow does not answer; {self.home / 'server.log'} says why")

    def search(self, where: str = "", order: str = "attributes.start_time DESC", most: int = 50) -> list[Any]:
        """The first runs that match, as MLflow answers them."""
        body = {"experiment_ids": self.ids, "filter": where, "order_by": [order], "max_results": most}
        self._http.request(
            "POST", "/api/2.0/mlflow/runs/search", json.dumps(body), {"Content-Type": "application/json"}
        )
        answer = self._http.getresponse()
        found = json.loads(answer.read())
        if answer.status != 200:
            raise RuntimeError(f"MLflow answers {answer.status}: {found}")
        return found.get("runs", [])

    def memory(self) -> float:
        """MiB of the server's processes, shared pages divided among those that share them (Linux)."""
        group = [int(name) for name in os.listdir("/proc") if name.isdecimal() and _group(name) == self._server.pid]
        return sum(map(pss, group))

    def fill(self, made: Iterable[Run]) -> None:
        """Put the runs into the database, unless they are there."""
        db = sqlite3.connect(self.home / "mlflow.db", timeout=60)
        (held,) = db.execute("SELECT count(*) FROM runs").fetchone()
        if held < self.count:
            experiments: dict[str, int] = {}
            runs = iter(made)
            while some := list(islice(runs, _BATCH)):
                _insert(db, experiments, some)
                db.commit()
            db.execute("ANALYZE")
        self.ids = [str(number) for (number,) in db.execute("SELECT experiment_id FROM experiments")]
        db.close()
        self._http.close()  # it has been idle for too long for the server; the next request opens it again


def _insert(db: sqlite3.Connection, experiments: dict[str, int], made: list[Run]) -> None:
    for name in {run.experiment or "" for run in made} - experiments.keys():
        values = (len(experiments) + 1, name, "", "active", 0, 0)
        db.execute("INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, "
                   "last_update_time) VALUES (?, ?, ?, ?, ?, ?)", values)  # fmt: skip
        experiments[name] = values[0]
    keyed = [(hashlib.md5(run.id.encode(), usedforsecurity=False).hexdigest(), run) for run in made]
    db.executemany(
        "INSERT INTO runs (run_uuid, name, source_type, source_name, user_id, status, start_time, end_time, "
        "source_version, lifecycle_stage, artifact_uri, experiment_id) VALUES (?, ?, 'LOCAL', ?, ?, ?, ?, ?, ?, "
        "'active', '', ?)",
        ((key, run.name, run.command, run.user, _STATUS[run.status], _millis(run.started), _millis(run.ended),
          run.git_commit, experiments[run.experiment or ""]) for key, run in keyed),
    )  # fmt: skip
    db.executemany("INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)",
                   ((name, value, key) for key, run in keyed for name, value in run.params.items()))  # fmt: skip
    tags = (
        (name, value, key)
        for key, run in keyed
        for name, value in {**run.tags, "error": run.error, "mlflow.runName": run.name, "mlflow.user": run.user}.items()
        if value is not None
    )
    db.executemany("INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?)", tags)
    last = [(name, value, _millis(run.ended), key) for key, run in keyed for name, value in run.metrics.items()]
    for table in ("metrics", "latest_metrics"):
        db.executemany(f"INSERT INTO {table} (key, value, timestamp, step, is_nan, run_uuid) "
                       "VALUES (?, ?, ?, 0, 0, ?)", last)  # fmt: skip


def _millis(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp() * 1000)


def _group(name: str) -> int | None:
    try:
        return os.getpgid(int(name))
    except ProcessLookupError:
        return None


def pss(process: int) -> float:
    """MiB a process takes, shared pages divided among those that share them; 0 where nobody says (not Linux)."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
