"""What a role's patterns name, and how roles add up."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permissions import Grant, list_permissions, matches, may
from tests.services.answering import Asked, Azure, Given, as_json

ML = "Microsoft.MachineLearningServices/"
WORKSPACES = f"{ML}workspaces"

DATA_SCIENTIST = Grant(
    actions=tuple(f"{WORKSPACES}/*/{verb}" for verb in ("read", "action", "delete", "write")),
    not_actions=(
        f"{WORKSPACES}/delete", f"{WORKSPACES}/write", f"{WORKSPACES}/computes/*/write",
        f"{WORKSPACES}/computes/*/delete", f"{WORKSPACES}/computes/listKeys/action", f"{WORKSPACES}/listKeys/action",
    ),
)  # fmt: skip
COMPUTE_OPERATOR = Grant(actions=(f"{WORKSPACES}/computes/*", f"{WORKSPACES}/notebooks/vm/*"))
READER = Grant(actions=("*/read",))
OWNER = Grant(actions=("*",))


@pytest.mark.parametrize(
    ("grants", "action", "answer"),
    [
        ((DATA_SCIENTIST,), "workspaces/read", "allowed"),
        ((DATA_SCIENTIST,), "workspaces/computes/write", "denied"),
        ((DATA_SCIENTIST,), "workspaces/computes/delete", "denied"),
        ((DATA_SCIENTIST, COMPUTE_OPERATOR), "workspaces/computes/write", "allowed"),
        ((READER,), "workspaces/onlineendpoints/deployments/getlogs/action", "denied"),
        ((READER,), "workspaces/onlineendpoints/listkeys/action", "denied"),
        ((READER,), "workspaces/jobs/cancel/action", "denied"),
        ((DATA_SCIENTIST,), "workspaces/write", "denied"),
        ((DATA_SCIENTIST,), "workspaces/delete", "denied"),
        ((DATA_SCIENTIST,), "workspaces/computes/start/action", "allowed"),
        ((COMPUTE_OPERATOR,), "workspaces/read", "denied"),
        ((OWNER,), "workspaces/delete", "allowed"),
        ((), "workspaces/read", "denied"),
        (None, "workspaces/read", "unknown"),
    ],
)
def test_roles_answer_as_they_are_documented(grants: tuple[Grant, ...] | None, action: str, answer: str) -> None:
    assert may(grants, ML + action) == answer


@pytest.mark.parametrize(
    ("pattern", "action", "is_named"),
    [
        ("*", "anything/at/all", True),
        ("*", "", True),
        ("", "", True),
        ("a/*/b", "a/b", True),
        ("a/*/b", "a/x/y/b", True),
        ("a/*/b", "ab", False),
        ("a/*/b", "a/xb", False),
        ("a/*/*/b", "a/b", True),
        ("a/*", "a/", True),
        ("a/*", "a", False),
        ("*/read", "read", False),
        ("a*b*a", "aba", True),
        ("a*a", "a", False),
        ("a**a", "aa", True),
        ("a/*/", "a/", True),
        ("a.b", "axb", False),
        ("a[b]", "ab", False),
        ("ONLINEENDPOINTS/*", "onlineEndpoints/listKeys", True),
    ],
)
def test_a_star_stands_for_anything_and_between_slashes_for_nothing(pattern: str, action: str, is_named: bool) -> None:
    assert matches(pattern, action) is is_named


LETTERS = st.text(alphabet="ab/*.", max_size=12)
PATHS = st.text(alphabet="ab/.", max_size=14)


def by_regex(pattern: str, action: str) -> bool:
    """The rule as a regular expression, which may take for ever on what is longer."""
    parts = re.sub(r"\*+", "*", pattern).split("*")
    expression = re.escape(parts[0])
    for before, part in pairwise(parts):
        shared = before.endswith("/") and part.startswith("/")
        expression += rf"(?:.*{re.escape(part)}|{re.escape(part[1:])})" if shared else rf".*{re.escape(part)}"
    return re.fullmatch(expression, action, re.IGNORECASE | re.DOTALL) is not None


@given(LETTERS, PATHS)
def test_the_linear_match_is_the_regular_expression(pattern: str, action: str) -> None:
    assert matches(pattern, action) is by_regex(pattern, action)


@given(LETTERS, PATHS)
def test_case_never_matters(pattern: str, action: str) -> None:
    assert matches(pattern.upper(), action) is matches(pattern, action.upper()) is matches(pattern, action)


PATTERNS = st.lists(LETTERS, max_size=3).map(tuple)
GRANTS = st.builds(Grant, actions=PATTERNS, not_actions=PATTERNS)


@given(st.lists(GRANTS, max_size=4), GRANTS, PATHS)
def test_a_further_role_never_takes_away(grants: list[Grant], more: Grant, action: str) -> None:
    if may(grants, action) == "allowed":
        assert may([*grants, more], action) == "allowed"


@given(st.lists(GRANTS, max_size=4), PATHS)
def test_what_one_role_takes_away_another_may_give(grants: list[Grant], action: str) -> None:
    alone = [may([grant], action) for grant in grants]
    assert may(grants, action) == ("allowed" if "allowed" in alone else "denied")


@pytest.mark.parametrize("pattern", ["*a" * 5000 + "b", "/*" * 5000 + "/b", "*" * 10_000 + "b", "a" * 10_000 + "*b"])
def test_a_hostile_pattern_ends(pattern: str) -> None:
    assert not matches(pattern, "a/" * 5000)


def test_grants_are_read_at_any_scope_and_over_pages() -> None:
    scope = "/subscriptions/S/resourceGroups/G"
    path = f"{scope}/providers/Microsoft.Authorization/permissions"
    first: dict[str, Any] = {"actions": ["*/read"], "notActions": None}
    second = {"actions": ["a"], "notActions": ["b"], "dataActions": ["c"], "condition": "x"}

    def answering(asked: Asked) -> Given:
        if "page" in asked.query:
            return as_json({"value": [second]})
        more = f"https://management.azure.com{path}?page=2&api-version=2022-04-01"
        return as_json({"value": [first], "nextLink": more})

    azure = Azure(answering)
    pages = list(list_permissions(azure.connection, scope))
    assert azure.paths == [f"GET {path}"] * 2
    one, two = [grant for page in pages for grant in page.records]
    assert one == Grant(id=f"{scope.lower()}#0", scope=scope, actions=("*/read",))
    assert (two.id, two.not_actions, two.data_actions, two.condition) == (f"{scope.lower()}#1", ("b",), ("c",), "x")
