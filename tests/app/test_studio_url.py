"""Any spelling of a workspace is understood, and a wrong one is answered with a sentence."""

from __future__ import annotations

import pytest

from app.studio_url import BadAddress, parse_workspace
from services.records import WorkspaceRef

SUB = "ea42f556-5106-4743-99b0-c129bfa71a47"
WSID = f"/subscriptions/{SUB}/resourcegroups/ml-rg/workspaces/ml-prod"


@pytest.mark.parametrize(
    "text",
    [
        f"https://ml.azure.com/runs/brave_elk?wsid={WSID}&tid=11111111-1111-1111-1111-111111111111",
        f"ml.azure.com/home?wsid={WSID}",
        f"https://ml.azure.com/experiments/id/2f/runs/brave_elk?flight=x&wsid={WSID.replace('/', '%2F')}#metrics",
        f"/subscriptions/{SUB}/resourceGroups/ml-rg/providers/Microsoft.MachineLearningServices/workspaces/ml-prod",
        f"subscriptions/{SUB}/RESOURCEGROUPS/ml-rg/providers/microsoft.machinelearningservices/workspaces/ml-prod/",
        f"{SUB}/ml-rg/ml-prod",
        f'  "{SUB}/ml-rg/ml-prod" ',
    ],
)
def test_every_full_spelling_gives_the_same_workspace(text: str) -> None:
    assert parse_workspace(text).ref == WorkspaceRef(SUB, "ml-rg", "ml-prod")


def test_a_studio_address_also_tells_tenant_cloud_and_page() -> None:
    wanted = parse_workspace(f"https://ml.azure.com/runs/brave_elk?wsid={WSID}&tid=t-1")
    assert (wanted.tenant, wanted.cloud, wanted.pane, wanted.query) == ("t-1", "public", "runs", 'id="brave_elk"')


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/experiments/id/0a/runs/r1", ("runs", 'id="r1"')),
        ("/jobs", ("runs", "")),
        ("/compute/gpu-a100/details", ("compute", 'name="gpu-a100"')),
        ("/compute/list/training", ("compute", "")),
        ("/endpoints/realtime/fraud-score/detail", ("endpoints", 'name="fraud-score"')),
        ("/model/fraud:42/details", ("versions", 'id="fraud:42"')),
        ("/model/list", ("models", "")),
        ("/notebooks", (None, "")),
    ],
)
def test_a_studio_page_leads_to_the_pane_that_shows_it(path: str, expected: tuple[str | None, str]) -> None:
    wanted = parse_workspace(f"https://ml.azure.com{path}?wsid={WSID}")
    assert (wanted.pane, wanted.query) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("https://ml.azure.com/home", "names no workspace"),
        ("https://ml.azure.com/home?wsid=/subscriptions/x", "names no workspace"),
        (f"https://evil.example.com/runs/a?wsid={WSID}", "is not the studio"),
        (f"https://ml.azure.com.evil.example/runs/a?wsid={WSID}", "is not the studio"),
        ("https://[::1/x", "is no address"),
        ("a/b/c/d", "names no workspace"),
        ("group//name", "names no workspace"),
        ("", "names no workspace"),
        ("not-a-guid/group/name", "is no subscription id"),
        ("group/na\x1bme", "cannot be a workspace name"),
        ("na me", "cannot be a workspace name"),
    ],
)
def test_a_wrong_address_is_answered_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(BadAddress, match=said):
        parse_workspace(text)


def test_a_name_matches_any_case_and_any_group() -> None:
    wanted = parse_workspace("ML-PROD")
    assert wanted.ref is None
    assert wanted.matches(WorkspaceRef(SUB, "ml-rg", "ml-prod"))
    assert not parse_workspace("other/ml-prod").matches(WorkspaceRef(SUB, "ml-rg", "ml-prod"))
