"""The wheel as a stranger installs it, in a folder where everything is named like our own parts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.terminal.harness import REPOSITORY, Terminal
from tests.terminal.prepared import keep_screen, screen_of

pytestmark = pytest.mark.slow

EVERYDAY = ("app", "widgets", "services", "cache", "tests", "benchmarks")

needs_the_command = pytest.mark.skipif(find_spec("app.__main__") is None, reason="app.__main__ is not written yet")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(REPOSITORY)]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; gives its folder of programs.

    Our dependencies are 60 packages. They are borrowed from the environment that runs the tests: a .pth file puts its
    site-packages last on the path, without reading the .pth files in it, so no checkout comes along.
    """
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=120)
    python = folder / "bin" / "python"
    packages = site_packages(python)
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True, timeout=120)
    return folder / "bin"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Somebody's machine learning project: its folders have our names, and break when they are imported."""
    for name in EVERYDAY:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"raise SystemExit('this is their {name}')\n", encoding="utf-8")
    return tmp_path


def site_packages(python: Path) -> Path:
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    found = subprocess.run([str(python), "-c", ask], check=True, capture_output=True, text=True, timeout=60)
    return Path(found.stdout.strip())


def run(command: list[str | Path], project: Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": ".", "XDG_CACHE_HOME": str(project / "caches")}
    return subprocess.run(list(map(str, command)), cwd=project, env=env, capture_output=True, text=True, timeout=120)


def test_the_wheel_holds_one_folder(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {"amldeck", f"{wheel.name.rpartition('-py3')[0]}.dist-info"}
    assert {"amldeck/__main__.py", "amldeck/app/start.py", "amldeck/widgets/pane.py"} <= set(names)


def test_the_wheel_holds_everything_the_four_folders_hold(wheel: Path) -> None:
    tracked = [path for island in EVERYDAY[:4] for path in (REPOSITORY / island).rglob("*") if path.is_file()]
    wanted = {f"amldeck/{path.relative_to(REPOSITORY)}" for path in tracked if "__pycache__" not in path.parts}
    # Forced to another place, launch.py is not in its own: nobody may import it.
    assert wanted - set(ZipFile(wheel).namelist()) == {"amldeck/app/launch.py"}


def test_nothing_with_an_everyday_name_is_installed(installed: Path) -> None:
    assert {path.name for path in site_packages(installed / "python").iterdir()} & set(EVERYDAY) == set()


@needs_the_command
@pytest.mark.parametrize("start", [["amldeck"], ["python", "-m", "amldeck"]])
def test_the_command_starts_in_a_project_with_folders_of_the_same_names(
    installed: Path, project: Path, start: list[str]
) -> None:
    done = run([installed / start[0], *start[1:], "--version"], project)
    assert (done.returncode, done.stderr) == (0, "")
    assert "0.1.0" in done.stdout


@needs_the_command
def test_the_demo_answers_in_a_project_with_folders_of_the_same_names(installed: Path, project: Path) -> None:
    done = run([installed / "amldeck", "--demo", "workspaces", "--json"], project)
    assert done.returncode == 0, done.stderr
    assert "ml-prod" in {workspace["name"] for workspace in json.loads(done.stdout)}


@pytest.mark.pty
def test_the_installed_command_paints_first(installed: Path, project: Path) -> None:
    keep_screen(project / "kept", screen_of("calm-fox-930"))
    with Terminal(
        [installed / "amldeck", "--cache", project / "kept"], cwd=project, env={"PYTHONPATH": "."}
    ) as terminal:
        terminal.wait_for("calm-fox-930")
