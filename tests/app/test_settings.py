"""Settings apply where they make sense, and a broken file is answered with sentences and defaults."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import Settings, load_settings


def _load(folder: Path, text: str) -> Settings:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def test_no_file_means_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none.toml") == Settings()


def test_what_is_written_applies(tmp_path: Path) -> None:
    found = _load(tmp_path, 'theme = "light"\nglyphs = "ascii"\nworkspace = "ml-prod"\n')
    assert (found.theme, found.is_ascii, found.workspace, found.problems) == ("light", True, "ml-prod", ())


def test_text_that_is_not_toml_names_file_and_line(tmp_path: Path) -> None:
    (problem,) = _load(tmp_path, 'theme = "light"\nglyphs = \n').problems
    assert "config.toml" in problem
    assert "line 2" in problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('colour = "red"', "there is no setting 'colour'"),
        ("theme = 3", "has to be text"),
        ('theme = "pink"', "dark, light, mono"),
        ('studio = "http://ml.azure.com"', "begin with https://"),
    ],
)
def test_a_wrong_setting_is_named_and_the_others_still_apply(tmp_path: Path, text: str, said: str) -> None:
    found = _load(tmp_path, f'{text}\nworkspace = "ml-prod"')
    assert said in found.problems[0]
    assert found.workspace == "ml-prod"


def test_a_folder_in_the_files_place_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    (problem,) = load_settings(tmp_path / "config.toml").problems
    assert "cannot be read" in problem


def test_without_a_file_nothing_that_reads_one_is_loaded(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from app.settings import load_settings\n"
        "load_settings(Path(sys.argv[1])); print('app.settings.reading' in sys.modules, 'tomllib' in sys.modules)"
    )
    command = [sys.executable, "-c", script, tmp_path / "none.toml"]
    assert subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout == "False False\n"
