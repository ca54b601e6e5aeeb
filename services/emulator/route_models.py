"""ARM: models (20 a page), their versions, and components (50 a page)."""

from __future__ import annotations

from services.emulator.answers import Json
from services.emulator.dice import guid
from services.emulator.models import Version, is_archived, model_document, model_names, version_document, versions_of
from services.emulator.paging import paged
from services.emulator.routing import Ask, Route
from services.emulator.samples import COMPONENT_WORDS
from services.emulator.ticks import DAY, HOUR, stamp

MODELS_A_PAGE = 20
COMPONENTS_A_PAGE = 50
VERSIONS_A_PAGE = 50


def list_models(ask: Ask) -> Json:
    """Answer the registered names; without `listViewType` the archived ones are left out."""
    view = (ask.query("listViewType") or "ActiveOnly").lower()
    names = [name for name in model_names(ask.book) if view == "all" or is_archived(name) == (view == "archivedonly")]
    page = paged(ask, names, MODELS_A_PAGE)
    return {**page, "value": [model_document(ask.place, ask.book, name, ask.now) for name in page["value"]]}


def _name(ask: Ask) -> str:
    name = ask.parts["model"]
    if name not in model_names(ask.book):
        raise ask.missing(f"Not found model {name}.", "ModelNotFound")
    return name


def get_model(ask: Ask) -> Json:
    """Answer one registered name."""
    return model_document(ask.place, ask.book, _name(ask), ask.now)


def list_versions(ask: Ask) -> Json:
    """Answer the versions of a model, newest first. Honours `stage` and `$top`."""
    versions = list(versions_of(ask.book, _name(ask), ask.now))
    newest = versions[0].number if versions else 0
    documents = [version_document(ask.place, one, newest) for one in versions]
    stage = ask.query("stage")
    if stage:
        documents = [one for one in documents if (one["properties"]["stage"] or "").lower() == stage.lower()]
    top = ask.query("top")
    return paged(ask, documents, int(top) if top and top.isdigit() and int(top) else VERSIONS_A_PAGE)


def get_version(ask: Ask) -> Json:
    """Answer one version."""
    versions = list(versions_of(ask.book, _name(ask), ask.now))
    found: list[Version] = [one for one in versions if str(one.number) == ask.parts["version"]]
    if not found:
        raise ask.missing(f"Not found version {ask.parts['version']} of model {ask.parts['model']}.", "ModelNotFound")
    return version_document(ask.place, found[0], versions[0].number)


def list_components(ask: Ask) -> Json:
    """Answer the components. `latestVersion` is null where only anonymous versions exist."""
    names = [f"{ledger.name}_{word}" for ledger in ask.book.ledgers for word in COMPONENT_WORDS]
    return paged(ask, [_component(ask, name, place) for place, name in enumerate(names)], COMPONENTS_A_PAGE)


def _component(ask: Ask, name: str, place: int) -> Json:
    born = 16_700_000_000_000_000 + place * 11 * DAY + place * 7 * HOUR
    is_plain = place % 5 > 0
    app = guid("application", "components")
    return {
        "id": f"{ask.place.id}/components/{name}", "name": name,
        "type": "Microsoft.MachineLearningServices/workspaces/components",
        "properties": {"description": "", "tags": {}, "properties": {}, "isArchived": False,
                       "latestVersion": str(1 + place % 7) if is_plain else None,
                       "nextVersion": str(2 + place % 7) if is_plain else "2026-08-26-22-49-08-9482818"},
        "systemData": {"createdAt": stamp(born), "createdBy": app, "createdByType": "Application",
                       "lastModifiedAt": stamp(born),
                       "lastModifiedBy": app, "lastModifiedByType": "Application"},
    }  # fmt: skip


ROUTES = (
    Route("GET", "arm", "{ws}/models", list_models),
    Route("GET", "arm", "{ws}/models/{model}", get_model),
    Route("GET", "arm", "{ws}/models/{model}/versions", list_versions),
    Route("GET", "arm", "{ws}/models/{model}/versions/{version}", get_version),
    Route("GET", "arm", "{ws}/components", list_components),
)
