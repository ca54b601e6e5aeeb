"""Serverless endpoints and old web services: each as what it is, and one kind that is refused leaves the other."""

from __future__ import annotations

from datetime import UTC, datetime

from services.connection import Connection
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World
from services.other_endpoints import list_other_endpoints, parse_legacy
from services.records import WorkspaceRef
from tests.services.answering import Asked, Azure, Given, as_json

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_both_kinds_are_listed_as_what_they_are() -> None:
    world = World(seed=7, runs=10)
    connection = Connection(FakeCredential(), transport=in_process(world))
    pages = list(list_other_endpoints(connection, world.workspaces["ml-prod"], at=NOW))
    assert [page.is_last for page in pages] == [False, True]
    found = {one.id: one for page in pages for one in page.records}
    chat, old = found["serverless/support-chat"], found["legacy aci/churn-v1"]
    assert (chat.state, chat.model, chat.auth) == ("Online", "Meta-Llama-3-8B-Instruct", "Key")
    assert (old.state, old.auth, old.error) == ("Unhealthy", "none", "Container stopped answering its liveness probe.")
    assert found["legacy aks/fraud-v1"].auth == "key"


def test_a_kind_that_is_gone_is_set_aside_and_nothing_counts_as_deleted() -> None:
    def answering(asked: Asked) -> Given:
        if asked.path.endswith("/serverlessEndpoints"):
            return as_json({"value": [{"name": "one", "properties": {}}]})
        if asked.path.endswith("/services"):
            return as_json({"error": {"code": "NotFound", "message": "No such route."}}, 404)
        if asked.path == "/discovery":
            return as_json({"api": "https://eastus.api.azureml.ms"})
        return as_json({"properties": {"discoveryUrl": "https://eastus.api.azureml.ms/discovery"}})

    pages = list(list_other_endpoints(Azure(answering).connection, WorkspaceRef("s", "g", "w"), at=NOW))
    assert [one.name for page in pages for one in page.records] == ["one"]
    assert [one.item for page in pages for one in page.set_aside] == ["web services of the SDK's first version"]
    assert not any(page.is_last for page in pages)


def test_an_old_web_service_that_says_nothing_of_itself_is_unknown() -> None:
    one = parse_legacy(b'{"name": "x"}')
    assert (one.kind, one.state, one.auth, one.error, one.created) == ("legacy", None, None, None, None)
