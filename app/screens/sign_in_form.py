"""What a sign-in of an application needs to be told: tenant, client id, and a secret that is not shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from app.screens.dialog import Dialog
from app.screens.leaving import leave
from services.errors import NotSignedIn
from services.sign_in import SignIn, check
from widgets.drawn_lines import content
from widgets.field import Field
from widgets.footer import Hint, hint_line
from widgets.lines import say, spaced
from widgets.safe import Safe, plain, safe
from widgets.theme import palette_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sign-in as filled in, and the secret that was typed; it is shown nowhere and goes to the worker alone."""

    sign_in: SignIn
    secret: str = ""

    def __repr__(self) -> str:
        """Return it without the secret."""
        return f"Wanted({self.sign_in!r})"


@dataclass(frozen=True, slots=True)
class Asked:
    """One field: the part of `SignIn` it fills (`secret` is none), its label, and whether its text is masked."""

    name: str
    label: Safe
    is_masked: bool = False


TENANT = Asked("tenant", plain("tenant: its id or domain"))
CLIENT = Asked("client_id", plain("client id of the application"))
FORMS: dict[str, tuple[Asked, ...]] = {
    "certificate": (
        TENANT,
        CLIENT,
        Asked("certificate", plain("path of a PEM or PFX file with its key")),
        Asked("secret", plain("passphrase, empty for none"), is_masked=True),
    ),
    "client secret": (TENANT, CLIENT, Asked("secret", plain("secret"), is_masked=True)),
}
"""The fields by method; the others ask for nothing."""


class SignInForm(Dialog[Wanted | None]):
    """Gives the sign-in as filled in; None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "leave", show=False, priority=True),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("tab", "move(1)", show=False, priority=True),
        Binding("shift+tab", "move(-1)", show=False, priority=True),
    ]

    def __init__(self, given: SignIn) -> None:
        super().__init__()
        self._given = given
        self._fields = FORMS[given.method]

    def compose(self) -> ComposeResult:
        """A label and a field for each, what is wrong, the keys."""
        with Vertical(id="dialog") as dialog:
            title = say(Safe(f"Sign in with {safe(self._given.method)}"), "strong", bold=True)
            dialog.border_title = content(title, palette_of(self), "surface")
            for asked in self._fields:
                yield Static(content(say(asked.label, "muted"), palette_of(self), "surface"), classes="label")
                start = getattr(self._given, asked.name, "")
                yield Field(start, id=f"field-{asked.name}", is_masked=asked.is_masked)
            yield Static(id="wrong", markup=False)
            yield Static(id="hints", markup=False)

    def on_mount(self) -> None:
        """Begin with the first field that is empty."""
        keys: Sequence[Hint] = (
            Hint(plain("enter"), plain("sign in")), Hint(plain("tab"), plain("next field")),
            Hint(plain("esc"), plain("leave")),
        )  # fmt: skip
        row = spaced([hint_line(hint) for hint in keys])
        self.query_one("#hints", Static).update(content(row, palette_of(self), "surface"))
        fields = list(self.query(Field))
        next((field for field in fields if not field.value), fields[0]).focus()

    def action_move(self, by: int) -> None:
        """Go to the next field, round and round."""
        fields = list(self.query(Field))
        at = next((index for index, field in enumerate(fields) if field.has_focus), 0)
        fields[(at + by) % len(fields)].focus()

    def action_leave(self) -> None:
        """Close; nothing was changed."""
        leave(self, None)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        typed = {asked.name: self.query_one(f"#field-{asked.name}", Field).value for asked in self._fields}
        secret = typed.pop("secret", "")
        wanted = SignIn(method=self._given.method, cloud=self._given.cloud, name=self._given.name,
                        **{name: value.strip() for name, value in typed.items()})  # fmt: skip
        try:
            check(wanted)
            if wanted.method == "client secret" and not secret:
                raise NotSignedIn("The secret is empty", do="type it, or paste it")
        except NotSignedIn as error:
            said = say(safe(str(error), 300), "warn")
            self.query_one("#wrong", Static).update(content(said, palette_of(self), "surface"))
            return
        leave(self, Wanted(wanted, secret))
