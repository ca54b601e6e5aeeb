"""Registered models: those that runs made, version after version, and a shelf of others nobody deploys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from services.emulator.dice import Dice, guid
from services.emulator.ledger import EPOCH, Ledger
from services.emulator.places import Place
from services.emulator.runbook import RunBook
from services.emulator.samples import EXTRA_MODELS, PEOPLE, PIPELINE_APP, STAGES
from services.emulator.ticks import DAY, HOUR, MINUTE, stamp, ticks_of

Json = dict[str, Any]

_START = ticks_of(datetime(2024, 6, 3, tzinfo=UTC))


class Registered(NamedTuple):
    """A model that one kind of run of an experiment registers, every so many days."""

    name: str
    experiment: str
    part: int
    days: float
    type: str | None = "mlflow_model"
    flavor: str = "sklearn"
    description: str | None = None


MAIN = (
    Registered("fraud-score", "fraud", 4, 20, flavor="pytorch", description="Score of a card payment, 0 to 1"),
    Registered("churn", "churn", 0, 27, flavor="xgboost"),
    Registered("embed", "embed", 0, 33, type="custom_model"),
    Registered("ocr-read", "ocr", 0, 41, type="custom_model"),
    Registered("geo-rank", "geo", 0, 60, flavor="lightgbm"),
    Registered("price-elast", "price", 0, 30),
    Registered("nlu-intent", "llm-eval", 2, 75, flavor="transformers"),
    Registered("llm-sft", "llm-sft", 0, 52, type=None, description="Adapters only"),
)


class Version(NamedTuple):
    """One version: its number, when and by whom it was made, and the run that made it."""

    model: str
    number: int
    created: int
    creator: str
    job: str | None
    main: Registered | None


def model_names(book: RunBook) -> list[str]:
    """Return the models of a workspace: those its experiments make, then the shelf, in the order of the service."""
    made = [one.name for one in MAIN if book.ledger(one.experiment)]
    return made + list(EXTRA_MODELS[: 40 if len(made) > 4 else 5] if made else ())


def versions_of(book: RunBook, model: str, now: int) -> Iterator[Version]:
    """Yield the versions of a model, newest first; nothing for a name that does not exist."""
    main = next((one for one in MAIN if one.name == model), None)
    if main is not None:
        ledger = book.ledger(main.experiment)
        if ledger is not None:
            yield from _made(book, ledger, main, now)
    elif model in EXTRA_MODELS:
        dice = Dice("model", model)
        for number in range(1 + dice.whole(0, 3), 0, -1):
            created = EPOCH + int(dice.between(1, 3100, 3600) * DAY) + number * 9 * DAY
            if created <= now:
                yield Version(model, number, created, _shelf_creator(dice), None, None)


def _shelf_creator(dice: Dice) -> str:
    return dice.pick(2, PEOPLE) if dice.happens(3, 0.6) else guid("application", "registrar")


def _made(book: RunBook, ledger: Ledger, main: Registered, now: int) -> Iterator[Version]:
    seat = next(at for at, one in enumerate(ledger.seats) if one.part is ledger.script.parts[main.part])
    step = max(1, round(main.days * DAY / ledger.period))
    first = (_START - EPOCH) // ledger.period
    newest = ((now - EPOCH) // ledger.period - first) // step
    for number in range(newest, -1, -1):
        plan = book.plan(ledger, (first + number * step) * len(ledger.seats) + seat)
        if plan.outcome == "Completed" and plan.ended + 2 * MINUTE <= now:
            # One version in six was uploaded by hand: the service cannot say which run made it.
            job = None if number % 6 == 2 else book.run_id(plan)
            creator = PIPELINE_APP if number % 4 == 0 else plan.dice.pick(11, PEOPLE)
            yield Version(main.name, number + 1, plan.ended + 2 * MINUTE, creator, job, main)


def model_document(place: Place, book: RunBook, model: str, now: int) -> Json:
    """Return one registered name as the list holds it."""
    versions = list(versions_of(book, model, now))
    latest = versions[0].number if versions else None
    oldest, newest = (versions[-1], versions[0]) if versions else (None, None)
    return {
        "id": f"{place.id}/models/{model}", "name": model,
        "type": "Microsoft.MachineLearningServices/workspaces/models",
        "properties": {"description": newest.main.description if newest and newest.main else None, "tags": {},
                       "properties": {},
                       "isArchived": is_archived(model), "latestVersion": str(latest) if latest else None,
                       "nextVersion": str((latest or 0) + 1)},
        "systemData": _made_by(oldest.created, newest.created,
                               oldest.creator) if oldest and newest else _made_by(now, now, PEOPLE[0]),
    }  # fmt: skip


def is_archived(model: str) -> bool:
    """Return whether a model was hidden: a few of the shelf."""
    return model in EXTRA_MODELS and Dice("model", model).happens(4, 0.07)


def _made_by(created: int, modified: int, creator: str) -> Json:
    kind = "User" if creator in PEOPLE else "Application"
    return {"createdAt": stamp(created), "createdBy": creator, "createdByType": kind,
            "lastModifiedAt": stamp(modified),
            "lastModifiedBy": creator, "lastModifiedByType": kind}  # fmt: skip


def stage_of(version: Version, newest: int) -> str | None:
    """Return the stage: the second newest serves, the newest is being tried, old ones are put away."""
    age = newest - version.number
    if version.main is None:
        return Dice("stage", version.model, version.number).pick(0, STAGES)
    return {0: "Staging", 1: "Production"}.get(age, "Archived" if age < 6 else None)


def version_document(place: Place, version: Version, newest: int) -> Json:
    """Return one version as the list of versions holds it."""
    dice = Dice("version", version.model, version.number)
    kind = version.main.type if version.main else dice.pick(1, ("custom_model", "custom_model", "mlflow_model", None))
    flavor = version.main.flavor if version.main else "sklearn"
    path = f"azureml/{version.job}/model" if version.job else f"LocalUpload/{dice.hex(32)}/{version.model}.pkl"
    modified = version.created + int(dice.between(2, 0, 30) * HOUR)
    return {
        "id": f"{place.id}/models/{version.model}/versions/{version.number}", "name": str(version.number),
        "type": "Microsoft.MachineLearningServices/workspaces/models/versions",
        "properties": {
            "description": None, "tags": {"team": "risk", "reviewed": None} if dice.happens(3, 0.3) else {},
            "properties": {},
            "isArchived": False, "isAnonymous": False, "autoDeleteSetting": None,
            "flavors": _flavors(flavor) if kind == "mlflow_model" else {}, "modelType": kind,
            "modelUri": f"azureml://{place.id[1:].replace('/providers/Microsoft.MachineLearningServices', '')}"
                        f"/datastores/workspaceblobstore/paths/{path}",
            "jobName": version.job, "provisioningState": "Succeeded", "stage": stage_of(version, newest),
            "intellectualProperty": None,
        },
        "systemData": _made_by(version.created, modified, version.creator),
    }  # fmt: skip


def _flavors(flavor: str) -> Json:
    return {
        flavor: {"data": {f"{flavor}_version": "1.5.2"}},
        "python_function": {"data": {"loader_module": f"mlflow.{flavor}", "python_version": "3.10.14"}},
    }
