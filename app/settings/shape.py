"""What may be decided, with every name, its meaning and its default. The loader, the JSON Schema and `config show`
are all made from these structs.

No field holds a secret: secrets are in the keyring, where `amldeck sign-in` puts them.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from app.history.depth import Depth, days_of

THEMES = ("dark", "light", "mono")
GLYPHS = ("unicode", "ascii")

Theme = Literal["dark", "light", "mono"]
Glyphs = Literal["unicode", "ascii"]
Charts = Literal["braille", "block", "ascii"]
SignIn = Literal[
    "azure cli", "browser", "device code", "workload identity", "managed identity", "certificate", "client secret"
]
CloudName = Literal["public", "usgov", "china"]

# "wants" completes the sentence "… has to …" for who has written something else.
Text = Annotated[str, Meta(min_length=1, extra={"wants": "be a text that is not empty"})]
Https = Annotated[str, Meta(pattern="^https://", extra={"wants": "begin with https://"})]
Tenant = Annotated[
    str, Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]*$", extra={"wants": "be a tenant's id or domain, as contoso.com"})
]
Guid = Annotated[
    str,
    Meta(
        pattern="^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
        extra={"wants": "be an id, as 11111111-2222-3333-4444-555555555555"},
    ),
]
CommandName = Annotated[
    str, Meta(pattern="^[a-z][a-z0-9-]*$", extra={"wants": "be one word in small letters, as open-logs"})
]
Program = Annotated[tuple[str, ...], Meta(min_length=1, extra={"wants": "name a program, then its arguments"})]

Span = Annotated[
    str,
    Meta(
        pattern=r"^([0-9]{1,4} ?(d|w|m|y)|all)$",
        extra={"wants": "be a span of time as 90d, 12w, 6m or 2y, or all"},
    ),
]
_NAMED_KEYS = (
    "enter|escape|esc|tab|space|backspace|delete|insert|home|end|pageup|pagedown|pgup|pgdn|up|down|left|right|"
    "f[0-9]{1,2}"
)
KeyName = Annotated[
    str,
    Meta(
        pattern=rf"^(//|((ctrl|alt|shift)\+)*(\S|{_NAMED_KEYS}))$",
        extra={"wants": "be keys as ctrl+r, f5, pagedown or one sign"},
    ),
]
KeyPreset = Literal["default", "k9s", "vim", "lazygit"]

UNWRITTEN = {"is_written": False}
"""Marks a field that is no key of the file."""


class UnknownProfile(ValueError):
    """There is no profile of this name; the text names those there are."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One way to sign in, and where to."""

    name: Annotated[str, Meta(extra=UNWRITTEN)] = ""
    """The name of its table; empty when no profile was written."""
    sign_in: Annotated[SignIn, Meta(description="How to sign in.")] = "azure cli"
    tenant: Annotated[Tenant | None, Meta(description="The tenant: its id or domain.")] = None
    cloud: Annotated[CloudName, Meta(description="The Azure cloud.")] = "public"
    subscription: Annotated[Text | None, Meta(description="The subscription: its id or name.")] = None
    client_id: Annotated[
        Guid | None,
        Meta(description="The application to sign in as or with; for a managed identity, which of several."),
    ] = None
    certificate: Annotated[
        Text | None,
        Meta(description="The path of a PEM or PKCS12 file. Its passphrase is kept by `amldeck sign-in`."),
    ] = None
    workspace: Annotated[Text | None, Meta(description="The workspace to open, in any spelling -w takes.")] = None


class WorkspaceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for one workspace, by its name or ARM id."""

    read_only: Annotated[bool, Meta(description="Never unlock it for writes.")] = False


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A command of the user's own. It is run as an argument list, never through a shell, with JSON on its input."""

    name: Annotated[CommandName, Meta(description="What to type after the colon.")]
    run: Annotated[Program, Meta(description="The program and its arguments, each a text of its own.")]
    title: Annotated[str, Meta(description="Its line in the menu; the name when empty.")] = ""
    panes: Annotated[
        tuple[Text, ...], Meta(description="The panes whose rows it is for; every pane when there is none.")
    ] = ()
    about: Annotated[str, Meta(description="A sentence of what it does.")] = ""
    confirm: Annotated[bool, Meta(description="Ask before it runs.")] = True


class SyncSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How much of the past is read."""

    since: Annotated[Span, Meta(description="How far back runs are read: 90d, 12w, 6m, 2y or all.")] = "all"
    children: Annotated[bool, Meta(description="List the children of sweeps, pipelines and AutoML.")] = True
    metrics: Annotated[bool, Meta(description="Read metrics and parameters of runs that have ended.")] = True


class WatchSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How it is told that something watched has happened, beside the deck's own line."""

    bell: Annotated[bool, Meta(description="Ring the terminal's bell.")] = True
    terminal: Annotated[bool, Meta(description="Have the terminal show a notification (OSC 9 or 777).")] = True
    desktop: Annotated[bool, Meta(description="Have the desktop show one (notify-send, osascript).")] = False


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of amldeck."""

    theme: Annotated[Theme | None, Meta(description="The colours; when missing, the terminal is asked.")] = None
    glyphs: Annotated[Glyphs, Meta(description="The signs to draw with.")] = "unicode"
    charts: Annotated[Charts, Meta(description="The dots of charts; ASCII when glyphs are.")] = "braille"
    workspace: Annotated[
        Text | None, Meta(description="The workspace to open when none is named, in any spelling -w takes.")
    ] = None
    studio: Annotated[Https, Meta(description="Where `o` opens a row.")] = "https://ml.azure.com"
    test_calls: Annotated[
        bool, Meta(description="Let endpoints be called: each call is billed, and what is in production answers it.")
    ] = False
    profile: Annotated[Text | None, Meta(description="The profile to use when -P names none.")] = None
    profiles: Annotated[dict[str, Profile], Meta(description="Ways to sign in, by name.")] = {}
    workspaces: Annotated[
        dict[str, WorkspaceSettings], Meta(description="What holds for single workspaces, by name or ARM id.")
    ] = {}
    sync: Annotated[SyncSettings, Meta(description="How much of the past is read.")] = SyncSettings()
    watch: Annotated[WatchSettings, Meta(description="How it is told what happened to what is watched.")] = (
        WatchSettings()
    )
    commands: Annotated[tuple[Command, ...], Meta(description="Commands of your own.")] = ()
    key_map: Annotated[KeyPreset, Meta(description="The keys to begin with.")] = "default"
    keys: Annotated[
        dict[str, tuple[KeyName, ...]],
        Meta(description="Keys of your own by the id of what they do, as `amldeck keys` lists them; [] for none."),
    ] = {}
    problems: Annotated[tuple[str, ...], Meta(extra=UNWRITTEN)] = ()
    """What was wrong with the file, a sentence each."""
    is_unreadable: Annotated[bool, Meta(extra=UNWRITTEN)] = False
    """There is a file and nothing of it could be read, so nobody knows which workspaces are pinned read-only."""

    @property
    def depth(self) -> Depth:
        """How much of the past is read."""
        return Depth(days_of(self.sync.since), self.sync.children, self.sync.metrics)

    @property
    def is_ascii(self) -> bool:
        """Whether to draw with ASCII signs alone."""
        return self.glyphs == "ascii"

    def profile_named(self, name: str = "") -> Profile:
        """Return a profile by name; for no name the default one, or one of defaults alone. Raises UnknownProfile."""
        wanted = name or self.profile or ""
        if wanted in self.profiles:
            return self.profiles[wanted]
        if not wanted:
            return Profile()
        known = ", ".join(sorted(self.profiles)) or "none; write one as [profiles.NAME] in the settings"
        raise UnknownProfile(f"There is no profile {wanted!r}. There are {known}.")

    def is_pinned_read_only(self, name: str, arm_id: str) -> bool:
        """Return whether the user wrote `read_only = true` for a workspace, by its name or its ARM id.

        Also when they may have: the file, or what it says of this workspace, cannot be read.
        """
        if self.is_unreadable:
            return True
        meant = {name.lower(), arm_id.strip("/").lower()}
        return any(one.read_only and key.strip("/").lower() in meant for key, one in self.workspaces.items())


def unreadable(what: str) -> Settings:
    """The settings of a file of which nothing could be read."""
    return Settings(problems=(f"{what}. Defaults apply, and every workspace is read-only.",), is_unreadable=True)
