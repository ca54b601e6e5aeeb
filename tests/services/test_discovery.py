"""Where run history answers is asked once per workspace, and only Azure is believed."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from services.errors import Forbidden, ForeignHost, Malformed, ServiceError
from services.records import WorkspaceRef
from tests.services.answering import Asked, Azure, Given, as_json

REF = WorkspaceRef("sub", "group", "ml-prod")


def discovering(api: str = "https://westeurope.api.azureml.ms", **workspace: Any) -> Azure:
    found = {"location": "westeurope", "properties": {"discoveryUrl": "https://westeurope.api.azureml.ms/discovery"}}

    def answer(asked: Asked) -> Given:
        if asked.path == "/discovery":
            return as_json({"api": api, "history": "https://other"})
        return as_json({**found, **workspace})

    return Azure(answer)


def test_the_host_of_run_history_is_asked_once_per_workspace() -> None:
    azure = discovering()
    for name in ("ml-prod", "ML-PROD", "ml-prod"):
        call = azure.connection.run_history(
            WorkspaceRef("sub", "group", name), "/experiments:query", method="POST", body={}
        )
        path = f"/history/v1.0{WorkspaceRef('sub', 'group', name).id}/experiments:query"
        assert call.url == f"https://westeurope.api.azureml.ms{path}"
        assert call.audience == "arm"
    assert [asked.path for asked in azure.asked] == [REF.id, "/discovery"]


def test_threads_that_need_the_host_at_once_ask_once() -> None:
    azure = discovering()
    threads = [threading.Thread(target=azure.connection.run_history, args=(REF, "/x")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(azure.asked) == 2


def test_a_workspace_without_discovery_address_is_found_by_its_region() -> None:
    azure = discovering(properties={}, location="West Europe")
    assert azure.connection.run_history(REF, "/x").url.startswith("https://westeurope.api.azureml.ms/history/v1.0/")


@pytest.mark.parametrize(
    ("api", "kind"),
    [
        ("https://evil.example", ForeignHost),
        ("https://management.azure.com", Malformed),
        ("http://westeurope.api.azureml.ms", ForeignHost),
        ("https://westeurope.api.azureml.ms@evil.example", ForeignHost),
    ],
)
def test_a_discovered_host_that_is_no_run_history_is_refused(api: str, kind: type[ServiceError]) -> None:
    azure = discovering(api)
    with pytest.raises(kind):
        azure.connection.run_history(REF, "/x")


def test_a_discovery_address_on_a_foreign_host_is_not_asked() -> None:
    azure = discovering(properties={"discoveryUrl": "https://evil.example/discovery"})
    with pytest.raises(ForeignHost):
        azure.connection.run_history(REF, "/x")
    assert {asked.host for asked in azure.asked} == {"management.azure.com"}


def test_a_failed_discovery_is_asked_again_next_time() -> None:
    answers = [as_json({"error": {"message": "no"}}, 403), as_json({"location": "eastus"})]
    azure = Azure(lambda _: answers.pop(0))
    with pytest.raises(Forbidden):
        azure.connection.run_history(REF, "/x")
    assert "eastus" in azure.connection.run_history(REF, "/x").url
