"""Registered models with their newest version and the deployments that serve them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from app.rows import ModelRow
from services.deployments import Deployment
from services.models import Model, ModelVersion

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def model_rows(
    models: Iterable[Model], versions: Iterable[ModelVersion], deployments: Iterable[Deployment]
) -> Iterator[ModelRow]:
    """Yield one row a model. Type, stage, origin and dates are those of its newest version, where one is known."""
    known: dict[str, list[ModelVersion]] = defaultdict(list)
    for version in versions:
        known[version.model.lower()].append(version)
    serving = _serving(deployments)
    for model in models:
        own = known[model.name.lower()]
        yield _row(model, own, tuple(sorted(serving[model.name.lower()])))


def _serving(deployments: Iterable[Deployment]) -> dict[str, set[str]]:
    serving: dict[str, set[str]] = defaultdict(set)
    for deployment in deployments:
        if deployment.model:
            name, _, _ = deployment.model.rpartition(":")
            serving[(name or deployment.model).lower()].add(f"{deployment.endpoint}/{deployment.name}")
    return serving


def _newest(model: Model, versions: list[ModelVersion]) -> ModelVersion | None:
    for version in versions:
        if model.latest_version is not None and version.version == model.latest_version:
            return version
    return max(versions, key=lambda version: version.created or _LONG_AGO, default=None)


def _row(model: Model, versions: list[ModelVersion], used_by: tuple[str, ...]) -> ModelRow:
    newest = _newest(model, versions)
    return ModelRow(
        id=model.id,
        name=model.name,
        latest_version=newest.version if newest else model.latest_version,
        versions=len(versions) or None,
        type=newest.type if newest else None,
        stage=newest.stage if newest else None,
        run=newest.run if newest else None,
        created=(newest.created if newest else None) or model.created,
        created_by=(newest.created_by if newest else None) or model.created_by,
        modified=(newest.modified if newest else None) or model.modified,
        used_by=used_by,
        description=(newest.description if newest else None) or model.description,
        is_archived=model.is_archived,
        tags={**model.tags, **(newest.tags if newest else {})},
    )
