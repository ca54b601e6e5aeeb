"""Loading the settings file. What reads it key by key is imported when there is one: the deck starts sooner without."""

from __future__ import annotations

from pathlib import Path

from app.settings.places import settings_path
from app.settings.shape import Settings, unreadable


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings; no file means defaults. Whatever is wrong is said in `problems` and the rest applies."""
    path = path or settings_path()
    try:
        return read_settings(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        return unreadable(f"The settings in {path} cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        return unreadable(f"The settings in {path} are not TOML: {error.reason}")


def read_settings(text: str, name: str) -> Settings:
    """Read the text of a settings file; `name` is what the problems call it."""
    from app.settings.reading import read

    return read(text, name)
