"""A change as a value: it survives a restart, and says in words what it sends."""

from __future__ import annotations

import shlex

import msgspec

from services.calls import Call
from services.change import Change, Inverse, Note, Row, rest_text

HOSTILE = "x'; rm -rf ~ #\n\x1b]52;c;aGk=\a"

CHANGE = Change(
    verb="shift-traffic",
    workspace="/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w",
    target="/subscriptions/s/…/onlineEndpoints/e",
    name="e",
    what="Shift traffic of e",
    rows=(Row("blue", "90 %", "10 %", 0.1),),
    notes=(Note("capacity", "one instance", is_warning=True),),
    call=Call(
        url="https://management.azure.com/x", api_version="1", method="PUT", body={"a": {"b": [1, None]}, "t": HOSTILE}
    ),
    seen="abc",
    inverse=Inverse("shift-traffic", {"traffic": "blue=90 green=10"}),
    typed="e",
)


def test_a_change_comes_back_from_json_as_it_was() -> None:
    assert msgspec.json.decode(msgspec.json.encode(CHANGE), type=Change) == CHANGE


def test_the_rest_text_holds_the_very_body_quoted_for_a_shell() -> None:
    words = shlex.split(rest_text(CHANGE))
    assert words[:6] == ["az", "rest", "--method", "put", "--url", "https://management.azure.com/x?api-version=1"]
    assert msgspec.json.decode(words[words.index("--body") + 1]) == CHANGE.call.body
