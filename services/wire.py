"""The parts that answers of different services have in common, as narrow shapes to decode into.

Everything is optional and unknown fields are skipped: Azure leaves blocks out, sends null for them and adds new ones.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import msgspec

from services.parsing import id_tail

T = TypeVar("T")

Moment = str | int | float | None
"""A time as it comes: text of many shapes, or a number."""


class Wire(msgspec.Struct, rename="camel"):
    """A piece of an answer. Fields are named as we name them and read in Azure's camel case."""


class SystemData(Wire):
    """Who made a resource and when. All null right after a PUT."""

    created_at: Moment = None
    created_by: str | None = None
    last_modified_at: Moment = None


class Sku(Wire):
    """A price tier and how many instances of it."""

    name: str | None = None
    capacity: int | None = None


class Identity(Wire):
    """A managed identity; `type` is None when Azure writes the word "None"."""

    type: str | None = None


class Reference(Wire):
    """A block that only points to another resource."""

    id: str | None = None


def reader_of(shape: type[T]) -> Callable[[bytes], T]:
    """Return what decodes a document into `shape`; it raises msgspec.MsgspecError on a document of another form.

    Numbers and booleans written as text are taken: Azure changes such fields between versions.
    """
    return msgspec.json.Decoder(shape, strict=False).decode


def text_of(value: object) -> str | None:
    """Return a value of a tag or parameter as text: null stays None, a list or object becomes JSON."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def pairs(given: Mapping[str, Any] | None) -> dict[str, str | None]:
    """Return tags or parameters as text by name. A null block is no pairs; a null value stays None."""
    return {name: text_of(value) for name, value in given.items()} if given else {}


def kind_of_identity(identity: Identity | None) -> str | None:
    """Return SystemAssigned, UserAssigned or both; None when there is none."""
    if identity is None or identity.type is None or identity.type.lower() == "none":
        return None
    return identity.type


def asset_name(asset: str | None) -> str | None:
    """Return `name:version` of an environment, model or component id, or the id itself when it has no such form.

    Takes ARM ids, `azureml:name:1`, `azureml://registries/…/versions/1` and `…/labels/latest` (then `name@latest`).
    """
    if not asset:
        return None
    parts = asset.split("/")
    if len(parts) >= 4 and parts[-2].lower() in ("versions", "labels"):
        return f"{parts[-3]}{':' if parts[-2].lower() == 'versions' else '@'}{parts[-1]}"
    if "/" not in asset:
        return asset.removeprefix("azureml:")
    return id_tail(asset) if "/providers/" in asset.lower() else asset


def compute_name(target: str | None) -> str | None:
    """Return the name of the compute an id or a target points to; None for an id that names no compute."""
    if not target:
        return None
    return target.rsplit("/", 1)[-1].removeprefix("azureml:") or None


def as_dict(value: object) -> dict[str, Any]:
    """Return `value` if it is a JSON object, else an empty one: for blocks of which only some have the known form."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """Return `value` if it is a JSON list, else an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def text_at(given: Mapping[str, Any], key: str) -> str | None:
    """Return a text of a block, None when it is missing, empty or something else."""
    value = given.get(key)
    return value or None if isinstance(value, str) else None
