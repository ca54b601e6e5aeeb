"""A role definition checked without asking Azure: what is wrong with it, and what one could do with it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal, cast

import msgspec

from services.abilities import ABILITIES
from services.known_actions import DATA_ACTIONS, is_known_provider, known_actions, matched
from services.permissions import Grant, may
from services.wire import as_dict

Weight = Literal["error", "warning"]

LISTS = ("actions", "notActions", "dataActions", "notDataActions")
_BARE = ("name", "roleName", "id", "isCustom", "type", "description", "assignableScopes", "permissions", "condition")
_STAMPS = ("createdOn", "updatedOn", "createdBy", "updatedBy", "roleType", "conditionVersion")
_PATTERN = re.compile(r"\*|[\w*.-]+(?:/[\w*.-]+)*")
_SCOPE = re.compile(
    r"/subscriptions/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(/resourceGroups/[^/]+(/providers/[^/]+(/[^/]+/[^/]+)+)?)?"
    r"|/providers/Microsoft\.Management/managementGroups/[^/]+",
    re.IGNORECASE,
)
LONGEST = 1_000
"""Patterns that are looked at; a role of Azure may hold 2,048 in all."""


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong: an error keeps Azure from taking the role, a warning is likely not what was meant."""

    weight: Weight
    where: str
    sentence: str


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found. `can` and `cannot` are titles of `services.abilities`, in their order."""

    name: str
    faults: tuple[Fault, ...]
    can: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()
    is_role: bool = True
    """Whether there was a role to look at; else the one fault says what it is instead."""


def check_role(document: bytes) -> Checked:
    """Return what is wrong with the JSON of a role, and what it gives. Takes both forms in use: of REST and of `az`."""
    try:
        given = msgspec.json.decode(document)
    except (msgspec.DecodeError, UnicodeError) as error:
        return _no_role(f"This is no JSON: {error}.")
    except RecursionError:
        return _no_role("This is no role: it is nested far too deep.")
    if not isinstance(given, dict):
        return _no_role("This is not one JSON object.")
    return _checked(cast("dict[str, Any]", given))


def _no_role(sentence: str) -> Checked:
    return Checked(name="", faults=(Fault("error", "", sentence),), is_role=False)


def _checked(given: dict[str, Any]) -> Checked:
    role = {_low(key): value for key, value in {**given, **as_dict(_any(given, "properties"))}.items()}
    faults: list[Fault] = list(_unknown(given))
    blocks = role.get("permissions")
    rights = [as_dict(one) for one in cast("list[Any]", blocks)] if isinstance(blocks, list) else [role]
    grants: list[Grant] = []
    for number, block in enumerate(rights):
        where = f"permissions[{number}]." if isinstance(blocks, list) else ""
        lists, wrong = _lists(block, where)
        grant = Grant(
            actions=lists["actions"],
            not_actions=lists["notActions"],
            data_actions=lists["dataActions"],
            not_data_actions=lists["notDataActions"],
        )
        grants.append(grant)
        faults += [*wrong, *_patterns(lists, where), *_without_effect(grant, where)]
    faults += _whole(role, grants)
    can = tuple(one.title for one in ABILITIES if all(may(grants, action) == "allowed" for action in one.actions))
    cannot = tuple(one.title for one in ABILITIES if one.title not in can)
    name = role.get("rolename") or role.get("name")
    return Checked(name=name if isinstance(name, str) else "", faults=tuple(faults), can=can, cannot=cannot)


def _low(key: str) -> str:
    return key.lower()


def _any(given: dict[str, Any], name: str) -> Any:
    return next((value for key, value in given.items() if key.lower() == name.lower()), None)


def _unknown(given: dict[str, Any]) -> Iterator[Fault]:
    known = {name.lower(): name for name in (*_BARE, *_STAMPS, *LISTS, "properties")}
    inner = as_dict(_any(given, "properties"))
    blocks = _any(inner or given, "permissions")
    rights = cast("list[Any]", blocks) if isinstance(blocks, list) else []
    named = [("", key) for key in given] + [("properties.", key) for key in inner]
    named += [(f"permissions[{number}].", key) for number, one in enumerate(rights) for key in as_dict(one)]
    for where, key in named:
        if key.lower() not in known:
            near = difflib.get_close_matches(key.lower(), list(known), 1)
            hint = f" Did you mean {known[near[0]]}?" if near else ""
            yield Fault("error", f"{where}{key}", f"A role has no such key.{hint}")


def _lists(block: dict[str, Any], where: str) -> tuple[dict[str, tuple[str, ...]], list[Fault]]:
    found: dict[str, tuple[str, ...]] = {}
    wrong: list[Fault] = []
    for name in LISTS:
        given = _any(block, name)
        items = cast("list[Any]", given) if isinstance(given, list) else []
        found[name] = tuple(one for one in items if isinstance(one, str))[:LONGEST]
        if given is not None and (not isinstance(given, list) or len(found[name]) < min(len(items), LONGEST)):
            wrong.append(Fault("error", f"{where}{name}", "This has to be a list of texts."))
        if len(items) > LONGEST:
            wrong.append(Fault("warning", f"{where}{name}", f"Only the first {LONGEST:,} entries were looked at."))
    return found, wrong


def _patterns(lists: dict[str, tuple[str, ...]], where: str) -> Iterator[Fault]:
    for name in LISTS:
        is_data = "ata" in name
        for pattern in lists[name]:
            fault = _pattern(pattern, is_data=is_data, takes=name.startswith("not"))
            if fault is not None:
                yield Fault(fault[0], f"{where}{name}", f"{pattern[:200]}: {fault[1]}")


def _pattern(pattern: str, *, is_data: bool, takes: bool) -> tuple[Weight, str] | None:
    if not _PATTERN.fullmatch(pattern):
        return "error", "this is no action; one looks like Microsoft.MachineLearningServices/workspaces/read."
    if pattern == "*" or "*" in pattern.partition("/")[0]:
        return None if takes else ("warning", "this is as wide as Owner; name the provider at least.")
    own, other = (DATA_ACTIONS, known_actions()) if is_data else (known_actions(), DATA_ACTIONS)
    if matched(pattern, own):
        is_wide = not takes and pattern.lower() == "microsoft.machinelearningservices/*"
        return ("warning", "this gives everything of Azure ML, deleting workspaces too.") if is_wide else None
    if "*" not in pattern and matched(pattern, other):
        return "error", f"this belongs into {'actions' if is_data else 'dataActions'}."
    if not is_known_provider(pattern):
        return _odd_provider(pattern.partition("/")[0])
    if is_data:
        return None
    near = difflib.get_close_matches(pattern.lower(), [one.lower() for one in own], 1, 0.6)
    spelled = next((one for one in own if near and one.lower() == near[0]), None)
    return "warning", f"no known action is called so.{f' The nearest is {spelled}.' if spelled else ''}"


def _odd_provider(provider: str) -> tuple[Weight, str] | None:
    """A provider that is nearly one amldeck knows; of the others of Azure it knows nothing."""
    known = {one.partition("/")[0].lower(): one.partition("/")[0] for one in known_actions()}
    near = difflib.get_close_matches(provider.lower(), list(known), 1, 0.85)
    return ("warning", f"no provider known here is called so. The nearest is {known[near[0]]}.") if near else None


def _without_effect(grant: Grant, where: str) -> Iterator[Fault]:
    sides = (("notActions", grant.actions, grant.not_actions, known_actions()),
             ("notDataActions", grant.data_actions, grant.not_data_actions, DATA_ACTIONS))  # fmt: skip
    for name, gives, takes, known in sides:
        given = {one for pattern in gives for one in matched(pattern, known)}
        for pattern in takes:
            named = set(matched(pattern, known))
            if named and not named & given:
                yield Fault("warning", f"{where}{name}", f"{pattern[:200]}: nothing here gives what this takes away.")


def _whole(role: dict[str, Any], grants: Iterable[Grant]) -> Iterator[Fault]:
    name = role.get("rolename") or role.get("name")
    if not name:
        yield Fault("error", "roleName", "The role has no name.")
    elif not isinstance(name, str):
        yield Fault("error", "roleName", "The name has to be a text.")
    if not any(grant.actions or grant.data_actions for grant in grants):
        yield Fault("error", "actions", "The role gives nothing.")
    scopes = role.get("assignablescopes")
    if not isinstance(scopes, list) or not scopes:
        yield Fault("error", "assignableScopes", "The role needs at least one scope where it may be assigned.")
        return
    for scope in cast("list[Any]", scopes):
        if scope == "/":
            yield Fault("error", "assignableScopes", "/: only built-in roles may be assigned everywhere.")
        elif not isinstance(scope, str) or not _SCOPE.fullmatch(scope.rstrip("/")):
            yield Fault("error", "assignableScopes", f"{str(scope)[:200]}: this is no subscription, resource group, "
                        "resource or management group.")  # fmt: skip
