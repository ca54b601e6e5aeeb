"""What the options and the settings choose together: the profile and the workspace."""

from __future__ import annotations

import click

from app.cli.asked import Asked
from app.settings import Profile, Settings, UnknownProfile
from widgets.safe import safe


def profile_asked(asked: Asked, settings: Settings) -> Profile:
    """The profile this command line means, by name or as the settings' default. Raises click.UsageError."""
    try:
        return settings.profile_named(asked.profile)
    except UnknownProfile as error:
        raise click.UsageError(safe(error, 1000)) from error


def workspace_asked(asked: Asked, settings: Settings) -> str:
    """The workspace this command line means; empty when it leaves the choice to others. Raises click.UsageError.

    The settings name workspaces of an account: the demo and an emulator have none of them.
    """
    if asked.demo or asked.emulator:
        return asked.workspace
    return asked.workspace or profile_asked(asked, settings).workspace or settings.workspace or ""
