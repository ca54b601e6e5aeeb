"""ARM: environments and their versions, newest first: what a job has to name to be taken."""

from __future__ import annotations

from services.emulator.answers import Json
from services.emulator.dice import Dice
from services.emulator.paging import paged
from services.emulator.routing import Ask, Route
from services.emulator.samples import ENVIRONMENTS, PEOPLE
from services.emulator.ticks import DAY, stamp

VERSIONS = 60
"""How many versions each environment has, from 0: jobs move on to the next every twenty rounds."""
A_PAGE = 30

_FIRST = 17_200_000_000_000_000


def list_environments(ask: Ask) -> Json:
    """Answer the registered names."""
    return paged(ask, [_container(ask, name) for name in ENVIRONMENTS], A_PAGE)


def list_versions(ask: Ask) -> Json:
    """Answer the versions of an environment, newest first. Honours `$top`."""
    name = _named(ask)
    top = ask.query("top")
    versions = [_version(ask, name, number) for number in reversed(range(VERSIONS))]
    return paged(ask, versions, int(top) if top and top.isdigit() and int(top) else A_PAGE)


def get_environment(ask: Ask) -> Json:
    """Answer one registered name."""
    return _container(ask, _named(ask))


def get_version(ask: Ask) -> Json:
    """Answer one version."""
    name, version = _named(ask), ask.parts["version"]
    if not is_version(name, version):
        raise ask.missing(f"Not found environment {name} of version {version}.", "EnvironmentNotFound")
    return _version(ask, name, int(version))


def is_version(name: str, version: str) -> bool:
    """Return whether there is such a version of such an environment."""
    return name in ENVIRONMENTS and version.isdecimal() and int(version) < VERSIONS


def _named(ask: Ask) -> str:
    name = ask.parts["environment"]
    if name not in ENVIRONMENTS:
        raise ask.missing(f"Not found environment {name}.", "EnvironmentNotFound")
    return name


def _container(ask: Ask, name: str) -> Json:
    return {
        "id": f"{ask.place.id}/environments/{name}", "name": name,
        "type": "Microsoft.MachineLearningServices/workspaces/environments",
        "properties": {"description": None, "tags": {}, "properties": {}, "isArchived": False,
                       "latestVersion": str(VERSIONS - 1), "nextVersion": str(VERSIONS)},
        "systemData": _made(name, 0),
    }  # fmt: skip


def _version(ask: Ask, name: str, number: int) -> Json:
    return {
        "id": f"{ask.place.id}/environments/{name}/versions/{number}", "name": str(number),
        "type": "Microsoft.MachineLearningServices/workspaces/environments/versions",
        "properties": {"description": None, "tags": {}, "properties": {}, "isArchived": False, "isAnonymous": False,
                       "environmentType": "UserCreated", "image": f"mcr.microsoft.com/azureml/{name}:{number}",
                       "condaFile": None, "osType": "Linux"},
        "systemData": _made(name, number),
    }  # fmt: skip


def _made(name: str, number: int) -> Json:
    person, at = Dice("environment", name).pick(0, PEOPLE), stamp(_FIRST + number * 20 * DAY)
    return {"createdAt": at, "createdBy": person, "createdByType": "User", "lastModifiedAt": at,
            "lastModifiedBy": person, "lastModifiedByType": "User"}  # fmt: skip


ROUTES = (
    Route("GET", "arm", "{ws}/environments", list_environments),
    Route("GET", "arm", "{ws}/environments/{environment}", get_environment),
    Route("GET", "arm", "{ws}/environments/{environment}/versions", list_versions),
    Route("GET", "arm", "{ws}/environments/{environment}/versions/{version}", get_version),
)
