"""What the user decided once: a small TOML file in the platform's config folder. A broken file never stops amldeck."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import msgspec
import platformdirs

THEMES = ("dark", "light", "mono")
GLYPHS = ("unicode", "ascii")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings with their defaults, and what was wrong with the file, a sentence each."""

    theme: str | None = None
    """dark, light or mono; None asks the terminal."""
    glyphs: str = "unicode"
    workspace: str | None = None
    """The workspace to open when none is named, in any spelling `-w` takes."""
    studio: str = "https://ml.azure.com"
    """Where `o` opens a row."""
    problems: tuple[str, ...] = ()

    @property
    def is_ascii(self) -> bool:
        """Whether to draw with ASCII signs alone."""
        return self.glyphs == "ascii"


def config_folder() -> Path:
    """The folder of the settings: AMLDECK_CONFIG, or `amldeck` in the platform's config folder."""
    return Path(os.environ.get("AMLDECK_CONFIG") or platformdirs.user_config_dir("amldeck", appauthor=False))


def settings_path() -> Path:
    """The settings file, whether it exists or not."""
    return config_folder() / "config.toml"


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings; no file means defaults. Whatever is wrong is said in `problems` and the rest applies."""
    path = path or settings_path()
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        return Settings(problems=(f"The settings in {path} cannot be read: {error.strerror}. Defaults apply.",))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return Settings(problems=(f"The settings in {path} are not TOML: {error}. Defaults apply.",))
    good: dict[str, str] = {}
    problems: list[str] = []
    for name, value in found.items():
        problem = _wrong(name, value)
        if problem is None:
            good[name] = value
        else:
            problems.append(f"{path}: {problem}")
    return msgspec.convert({**good, "problems": tuple(problems)}, Settings)


def _wrong(name: str, value: object) -> str | None:
    """What is wrong with one setting; None when it is good."""
    known = {"theme": THEMES, "glyphs": GLYPHS, "workspace": (), "studio": ()}
    if name not in known:
        return f"there is no setting {name!r}; there are {', '.join(known)}."
    if not isinstance(value, str):
        return f'{name} has to be text in quotes, as in {name} = "{next(iter(known[name]), "ml-prod")}".'
    if known[name] and value not in known[name]:
        return f"{name} = {value!r} is not known; it can be {', '.join(known[name])}."
    if name == "studio" and not value.startswith("https://"):
        return f"studio = {value!r} has to begin with https://."
    return None
