"""What a sweep or AutoML says of the aim of its trials, and of what each trial is: JSON in properties and tags."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from services.wire import as_dict, pairs, text_at

_CONFIGS = ("primary_metric_config", "_aml_system_primary_metric_config")
_MADE_OF = (("algorithm", "run_algorithm"), ("preprocessing", "run_preprocessor"))


class Aim(NamedTuple):
    """The metric trials are judged by, and whether it shall be `maximize`d or `minimize`d; None where nobody says."""

    metric: str | None = None
    goal: str | None = None


def aim_of(properties: Mapping[str, Any], tags: Mapping[str, Any]) -> Aim:
    """Return the aim of a sweep (a JSON text) or of AutoML (plain properties)."""
    for source in (properties, tags):
        for name in _CONFIGS:
            config = _json(source.get(name))
            if metric := text_at(config, "name"):
                return Aim(metric, _goal(text_at(config, "goal")))
    return Aim(text_at(properties, "primary_metric"), _goal(text_at(properties, "metric_operation")))


def _goal(text: str | None) -> str | None:
    goal = (text or "").lower()
    return goal if goal in ("maximize", "minimize") else None


def made_of(properties: Mapping[str, Any]) -> dict[str, str | None]:
    """Return what an AutoML trial is: its algorithm and preprocessing, parameters in all but name."""
    found = {name: text_at(properties, key) for name, key in _MADE_OF}
    return {name: value for name, value in found.items() if value}


def reused_from(properties: Mapping[str, Any]) -> str | None:
    """Return the run whose outputs a pipeline's step took instead of running; the service writes "true"."""
    if (text_at(properties, "azureml.isreused") or "").lower() != "true":
        return None
    return text_at(properties, "azureml.reusedrunid") or text_at(properties, "azureml.reusedpipelinerunid")


def _json(text: object) -> dict[str, Any]:
    try:
        return as_dict(json.loads(text)) if isinstance(text, str) else {}
    except ValueError:
        return {}


def hyperparameters(tags: Mapping[str, Any]) -> dict[str, str | None]:
    """Return what a sweep gave a trial: JSON in a tag."""
    text = tags.get("hyperparameters") or tags.get("_aml_system_hyperparameters")
    try:
        return pairs(as_dict(json.loads(text))) if isinstance(text, str) else {}
    except ValueError:
        return {}
