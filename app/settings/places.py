"""Where settings and sealed tokens lie."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def config_folder() -> Path:
    """The folder of the settings: AMLDECK_CONFIG, or `amldeck` in the platform's config folder."""
    return Path(os.environ.get("AMLDECK_CONFIG") or platformdirs.user_config_dir("amldeck", appauthor=False))


def settings_path() -> Path:
    """The settings file, whether it exists or not."""
    return config_folder() / "config.toml"


def vault_folder() -> Path:
    """The folder of the sealed tokens and of who has signed in, for `Vault.open`."""
    return config_folder() / "vault"
