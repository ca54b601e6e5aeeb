"""What the user decided once: a small TOML file in the platform's config folder. A broken file never stops amldeck."""

from __future__ import annotations

from app.settings.loading import load_settings, read_settings
from app.settings.places import config_folder, settings_path, vault_folder
from app.settings.shape import (
    GLYPHS,
    THEMES,
    CloudName,
    Command,
    Profile,
    Settings,
    SignIn,
    UnknownProfile,
    WorkspaceSettings,
)

__all__ = [
    "GLYPHS",
    "THEMES",
    "CloudName",
    "Command",
    "Profile",
    "Settings",
    "SignIn",
    "UnknownProfile",
    "WorkspaceSettings",
    "config_folder",
    "load_settings",
    "read_settings",
    "settings_path",
    "vault_folder",
]
