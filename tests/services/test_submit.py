"""A job's YAML through the real azure-ai-ml in its own process: what it makes of it, what it cannot do, how it ends."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest

from services.change import rest_text
from services.errors import Conflict, ForeignHost, Malformed, ReadOnly, ServiceError, Unreachable
from services.ml_child import environment, planned_put
from services.submit import answers_of, check
from tests.services.emulated import Emulated

REPOSITORY = Path(__file__).parents[2]
pytestmark = pytest.mark.slow

SECRET = "hf_" + "a" * 34
JOB = f"""type: command
display_name: from a file
command: python train.py
environment: azureml:sklearn-1.5@latest
environment_variables:
  HF_TOKEN: {SECRET}
compute: azureml:gpu-a100
"""

OWN = """
import sys
sys.path.insert(0, {repository!r})
from services.ml_child_main import Pipe, refuse_all_ways_out, send_through
pipe = Pipe()
refuse_all_ways_out()
pipe.take()
"""
"""A child that begins as ours does, and goes on as a test says."""

BROKEN_JOB = "{'method': 'PUT', 'url': 'https://management.azure.com%s/jobs/x?api-version=1', 'body': '!'}"


def child(folder: Path, then: str) -> Path:
    path = folder / "child.py"
    path.write_text(OWN.format(repository=str(REPOSITORY)) + then)
    return path


def test_a_job_is_checked_planned_sent_once_and_runs() -> None:
    azure = Emulated()
    azure.lock.close()
    checked = check(azure.connection, azure.ref, JOB)
    assert checked.problems == ()
    assert checked.put is not None
    target, answers = f"/jobs/{checked.put.name}", answers_of(checked.put, "train.yml")
    change = azure.plan("submit", target, **answers)
    assert {one.method for one in azure.world.log.entries()} == {"GET"}
    rows = {row.label: row.after for row in change.rows}
    assert (rows["command"], rows["compute"], rows["experiment"]) == ("python train.py", "gpu-a100", "Default")
    assert SECRET in msgspec.json.encode(change.call.body).decode()
    assert SECRET not in "".join([rest_text(change), change.az, *map(str, (*change.rows, *change.notes))])
    with pytest.raises(ReadOnly):
        azure.send(change)
    azure.lock.open(azure.ref.id, 600)
    assert not azure.look(change).is_done
    azure.send(change)
    assert azure.look(change).is_done
    job = azure.arm(target).json()["properties"]
    assert (job["displayName"], job["environmentVariables"]) == ("from a file", {"HF_TOKEN": SECRET})
    with pytest.raises(Conflict, match="already"):
        azure.plan("submit", target, **answers)


def test_what_the_schema_or_the_workspace_does_not_know_is_said_with_its_line() -> None:
    azure = Emulated()
    wrong = check(azure.connection, azure.ref, JOB + "foo: 1\nresources:\n  instance_count: two\n").problems
    assert [(one.line, one.path, one.text) for one in wrong] == [
        (8, "foo", "Unknown field"), (10, "resources.instance_count", "Not a valid integer"),
    ]  # fmt: skip
    gone = check(azure.connection, azure.ref, JOB.replace("@latest", ":700").replace("gpu-a100", "nope")).problems
    assert [(one.line, one.text) for one in gone] == [
        (4, "there is no environment sklearn-1.5 of version 700 in ml-prod"),
        (7, "there is no compute nope in ml-prod"),
    ]


def test_no_yaml_starts_no_process() -> None:
    azure = Emulated()
    assert check(azure.connection, azure.ref, "a: [", deadline=0.0).problems[0].line == 1
    assert azure.world.log.entries() == ()


def test_the_child_opens_no_socket_and_starts_no_program() -> None:
    tries = [
        "socket.create_connection(('127.0.0.1', 9))", "socket.socket().connect(('127.0.0.1', 9))",
        "socket.getaddrinfo('management.azure.com', 443)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
        "socket.socket().bind(('127.0.0.1', 0))", "subprocess.run(['true'])", "os.system('true')",
    ]  # fmt: skip
    code = (
        "import os, socket, subprocess, sys\nfrom services.ml_child_main import Closed, refuse_all_ways_out\n"
        "refuse_all_ways_out()\nfor one in sys.argv[1:]:\n    try:\n        exec(one)\n    except Closed:\n"
        "        print('closed')\n    else:\n        print(one)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *tries], cwd=REPOSITORY, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split() == ["closed"] * len(tries), done.stderr


def test_a_storage_client_made_inside_goes_through_the_guarded_connection_too(tmp_path: Path) -> None:
    azure = Emulated()
    url = "https://a.blob.core.windows.net/b/c?sig=x"
    then = f"from azure.storage.blob import BlobClient\nBlobClient.from_blob_url({url!r}).download_blob()\n"
    own = child(tmp_path, f"send_through(pipe)\n{then}")
    with pytest.raises(ForeignHost):
        planned_put(azure.connection, azure.ref, JOB, main=own)
    assert azure.world.log.entries() == ()


@pytest.mark.parametrize(
    ("then", "family", "said"),
    [
        ("raise SystemExit('out of memory')", Malformed, "ended before it had an answer: out of memory"),
        ("import os\nos.kill(os.getpid(), 9)", Malformed, "ended before it had an answer"),
        ("pipe._out.write(b'no json\\n'); pipe._out.flush(); pipe.take()", Malformed, "cannot be read"),
        (f"pipe.say({{'request': {BROKEN_JOB}}})\npipe.take()", Malformed, "cannot be read"),
        ("pipe.take()", Unreachable, "took too long"),
    ],
)  # fmt: skip
def test_a_child_that_ends_hangs_or_babbles_is_a_sentence(
    tmp_path: Path, then: str, family: type[ServiceError], said: str
) -> None:
    azure = Emulated()
    own = child(tmp_path, then.replace("%s", azure.ref.id))
    with pytest.raises(family, match=said):
        planned_put(azure.connection, azure.ref, JOB, main=own, deadline=1.0 if "long" in said else 60.0)
    assert azure.world.log.entries() == ()


def test_a_check_that_is_left_ends_the_child_and_keeps_nothing_on_the_disk(tmp_path: Path) -> None:
    azure, is_left, where = Emulated(), threading.Event(), tmp_path / "where"
    own = child(
        tmp_path, f"import os\nopen({str(where)!r}, 'w').write(f'{{os.getpid()}} {{os.getcwd()}}')\npipe.take()\n"
    )

    def stop() -> bool:
        if where.exists() and where.read_text():
            is_left.set()
        return is_left.is_set()

    with pytest.raises(Unreachable, match="stopped"):
        planned_put(azure.connection, azure.ref, JOB, main=own, stop=stop)
    assert not Path(where.read_text()).parent.exists()


def test_the_child_ends_with_its_parent() -> None:
    main = REPOSITORY / "services" / "ml_child_main.py"
    process = subprocess.Popen([sys.executable, "-P", main], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(60) != 0


def test_the_child_sees_no_secret_of_the_environment() -> None:
    seen = environment({"PATH": "/bin", "AZURE_CLIENT_SECRET": SECRET, "HTTPS_PROXY": "http://me:pw@x"}, Path("/h"))
    assert seen["PATH"] == "/bin"
    assert SECRET not in str(seen)
    assert "pw@x" not in str(seen)
