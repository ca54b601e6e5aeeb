"""What is wrong with a job's YAML, by line: what is seen before anybody is asked, and what azure-ai-ml says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from services.wire import as_dict

MOST = 50
"""Problems given back."""
MOST_EACH = 3
"""Sentences about one place: where one of many forms would do, azure-ai-ml says what is wrong by each of them."""
MOST_TEXT = 256 << 10
LONGEST = 400

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_DETAIL = re.compile(r"^\(x\) (.+)$", re.MULTILINE)
_KEPT = ("azureml:", "azureml://", "http://", "https://", "wasb://", "wasbs://", "abfs://", "abfss://", "adl://",
         "git+", "${{")  # fmt: skip
"""How a value begins that names what Azure has, and no file of this machine."""
_FILES = ("code", "path", "conda_file", "component", "trial", "build")
_NO_CODE = "this names a file of this machine, and amldeck uploads none: name what Azure has (azureml:NAME:VERSION)"
_NO_ENVIRONMENT = (
    "an environment written in the file would be registered first, and amldeck sends the job alone: "
    "name one as azureml:NAME:VERSION"
)


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong: a sentence, the place as a dotted path, its line counted from 1 where known."""

    text: str
    path: str = ""
    line: int | None = None


class Places(msgspec.Struct, frozen=True):
    """Where each part of a document stands: dotted paths to lines counted from 1."""

    lines: dict[str, int]

    def line(self, path: str) -> int | None:
        """Return the line of a path, or of the nearest part around it; None when it belongs to the whole."""
        while path:
            if (found := self.lines.get(path)) is not None:
                return found
            path = path.rpartition(".")[0]
        return None


def read_places(text: str) -> tuple[Places, tuple[Problem, ...]]:
    """Return where everything stands, and what nobody has to be asked for: no YAML, files of this machine, tags."""
    import yaml

    if len(text) > MOST_TEXT:
        return Places({}), (Problem(text="the file is larger than 256 kB, which no job is"),)
    try:
        root: Any = _composed(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(filter(None, (error.context, error.problem)))
        return Places({}), (Problem(text=f"this is no YAML: {said}", line=mark.line + 1 if mark else None),)
    except (yaml.YAMLError, ValueError) as error:
        return Places({}), (Problem(text=f"this is no YAML: {_line(str(error))}"),)
    except RecursionError:
        return Places({}), (Problem(text="it is nested too deeply"),)
    if not isinstance(root, yaml.MappingNode):
        return Places({}), (Problem(text="a job is a mapping: lines such as “command: …”", line=1),)
    places, problems = dict[str, int](), list[Problem]()
    for path, line, why in _walked(root):
        places.setdefault(path, line)
        if why:
            problems.append(Problem(text=why, path=path, line=line))
    return Places(places), tuple(problems[:MOST])


def _composed(text: str) -> Any:
    import yaml

    return yaml.compose(text, Loader=yaml.SafeLoader)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def _walked(root: Any) -> Iterator[tuple[str, int, str]]:
    """Yield every part as its path, its line, and what is wrong with it, in the order of the file."""
    import yaml

    seen, left = set[int](), [("", root)]
    while left:
        path, node = left.pop()
        if id(node) in seen:  # an alias: it stands where it was written first
            continue
        seen.add(id(node))
        inner = list[tuple[str, Any]]()
        if isinstance(node, yaml.MappingNode):
            names = set[str]()
            for key, value in node.value:
                name = str(key.value)
                at = f"{path}.{name}" if path else name
                yield at, key.start_mark.line + 1, "it stands here twice" if name in names else _why(name, value)
                names.add(name)
                inner.append((at, value))
        elif isinstance(node, yaml.SequenceNode):
            inner = [(f"{path}.{index}", value) for index, value in enumerate(node.value)]
            yield from ((at, value.start_mark.line + 1, "") for at, value in inner)
        left.extend(reversed(inner))


def _why(name: str, node: Any) -> str:
    import yaml

    if not node.tag.startswith("tag:yaml.org,2002:") or "python/" in node.tag:
        return f"the tag {node.tag} is none a job knows"
    if name == "environment" and isinstance(node, yaml.MappingNode):
        return _NO_ENVIRONMENT
    if isinstance(node, yaml.ScalarNode):
        value = str(node.value)
        if value.startswith("file:") or (name in _FILES and value and not value.startswith(_KEPT)):
            return _NO_CODE
    return ""


def problems_said(said: str, places: Places) -> tuple[Problem, ...]:
    """Return what azure-ai-ml says, a problem for each place, those of the first lines first."""
    counted, found = dict[str, int](), dict[tuple[str, str], Problem]()
    for path, text in _parts(_COLOUR.sub("", said), ""):
        place = path or _guessed(text, places)
        if (place, text) in found or counted.get(place, 0) >= MOST_EACH:
            continue
        counted[place] = counted.get(place, 0) + 1
        found[place, text] = Problem(text=text, path=place, line=places.line(place))
    return tuple(sorted(found.values(), key=lambda one: one.line or 0))[:MOST]


def _guessed(text: str, places: Places) -> str:
    """Return the field a sentence without a place names in so many words."""
    if text.startswith("Unsupported job type"):
        return "type"
    if "referenced in command" in text:
        return "command"
    asset = re.search(r"asset (\S+) of type (environment|component|model)", text)
    if asset is None:
        asset = re.search(r"Not found (\S+) of type (environment)|Not found (environment) (\S+)", text)
    return "environment" if asset and "environment" in places.lines and "environment" in asset[0] else ""


def _parts(said: str, path: str) -> Iterator[tuple[str, str]]:
    """Yield places and sentences: a sentence with JSON in it, and in that perhaps another such sentence."""
    start = said.find("{\n")
    try:
        given: Any = json.JSONDecoder().raw_decode(said[start:])[0] if start >= 0 else None
    except (ValueError, RecursionError):
        given = None
    if given is None:
        details = _DETAIL.findall(said)
        yield from ((path, _line(one)) for one in details or [said])
    elif isinstance(errors := as_dict(given).get("errors"), list):
        for error in map(as_dict, errors):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
            at = str(error.get("path") or "")
            yield from _parts(str(error.get("message") or ""), path if at == "*" else at)
    else:
        yield from _flat(given, path)


def _flat(given: Any, path: str) -> Iterator[tuple[str, str]]:
    if fields := as_dict(given):
        for key, value in fields.items():
            yield from _flat(value, path if key == "_schema" else f"{path}.{key}" if path else str(key))
    elif isinstance(given, list):
        for one in given:  # pyright: ignore[reportUnknownVariableType]
            yield from _flat(one, path)
    else:
        yield path, _line(str(given))


def _line(text: str) -> str:
    """Return the first line that says something, as a part of a sentence."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return lines[0].rstrip(":. ")[:LONGEST] if lines else "it is wrong, and azure-ai-ml does not say how"
