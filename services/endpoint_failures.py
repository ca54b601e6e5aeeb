"""What is known about failures of online endpoints: from a code or from words to meaning, causes, evidence and steps.

The knowledge is a file, data/endpoint_failures.toml, read once. No I/O beyond that.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import msgspec

from services.reasons import reason_of

DOCS = "https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints"
_FILE = Path(__file__).parent / "data" / "endpoint_failures.toml"


class KnownStep(msgspec.Struct, frozen=True):
    """Something to do. `run` names a command of the file, or is empty where no command does it."""

    say: str
    run: str = ""
    writes: bool = False


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """One way to fail. `explained_by` are kinds of changes that bring it about, the most likely first."""

    code: str
    variant: str = ""
    kind: str
    words: str = ""
    meaning: str
    causes: tuple[str, ...]
    evidence: tuple[str, ...]
    explained_by: tuple[str, ...]
    steps: tuple[KnownStep, ...]
    anchor: str

    @property
    def docs(self) -> str:
        """The address of what Microsoft says about it."""
        return self.anchor if self.anchor.startswith("https://") else f"{DOCS}#{self.anchor}"


class Knowledge(msgspec.Struct, frozen=True):
    """The whole file."""

    commands: dict[str, str]
    failure: tuple[Failure, ...]


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """Return all that is known."""
    return msgspec.convert(tomllib.loads(_FILE.read_text(encoding="utf-8")), Knowledge)


def known(code: str, variant: str = "") -> Failure | None:
    """Return what is known of a code, whatever its case; None when nothing is."""
    wanted = (code.lower(), variant.lower())
    return next((one for one in knowledge().failure if (one.code.lower(), one.variant) == wanted), None)


def of_response(code: int, model_code: int | None = None, said: Iterable[str | None] = ()) -> Failure | None:
    """Return what is known of an answer, by its code, the model's own status and the reasons that were given."""
    words = " ".join([*(one for one in said if one), f"model status {model_code}" if model_code else ""])
    return _exact(str(code), words.lower())


def of_text(text: str | None) -> Failure | None:
    """Return what is known of the error of a deployment, told by the innermost code that it names."""
    if not text:
        return None
    reason = reason_of(text)
    inner = [code for code in reversed((reason.code or "").split("/")) if code]
    for code in [*inner, *re.findall(r"\b[A-Z][A-Za-z]{7,40}\b", text[:4_000])]:
        if not code.isdigit() and (found := _exact(code, text.lower())):
            return found
    return None


def _exact(code: str, words: str) -> Failure | None:
    """Return the variant whose words fit, else the general case."""
    of_code = [one for one in knowledge().failure if one.code.lower() == code.lower()]
    fitting = (one for one in of_code if one.words and re.search(one.words, words))
    return next(fitting, None) or next((one for one in of_code if not one.variant), None)


def command(name: str, values: Mapping[str, str]) -> str | None:
    """Return a command with its `{places}` filled in, each quoted for a shell; None when one of them is not known.

    `where`, the options that name a workspace, is given as it is.
    """
    template = knowledge().commands.get(name)
    if template is None:
        return None
    places = set(re.findall(r"{(\w+)}", template))
    if not places <= values.keys():
        return None
    filled = {place: values[place] if place in _READY else shlex.quote(values[place]) for place in places}
    return re.sub(r"{(\w+)}", lambda place: filled[place[1]], template).rstrip()


_READY = ("where", "split")
"""Places whose values hold several words, quoted already."""
