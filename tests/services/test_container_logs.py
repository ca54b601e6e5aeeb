"""The end of a container's log: read, told apart in its parts, followed without saying anything twice."""

from __future__ import annotations

import pytest

from services.container_logs import ACTION, joined, read_container_log, tail_of
from services.errors import Forbidden, Malformed
from tests.services.answering import Azure, as_json
from tests.services.emulated import Emulated
from tests.services.troubled import REF


def test_both_containers_are_read_in_their_parts() -> None:
    azure = Emulated(runs=20)
    tail = tail_of(read_container_log(azure.connection, azure.ref, "fraud-score", "blue", tail=20))
    assert "UserContainerImagePull: Succeeded" in tail.status
    assert len(tail.lines) == 20
    loaded = tail_of(read_container_log(azure.connection, azure.ref, "fraud-score", "blue", "storage-initializer"))
    assert any("storage-initializer" in line for line in loaded.lines)


def test_a_tail_follows_on_the_one_before_and_only_what_is_new_is_given() -> None:
    azure = Emulated(runs=20)

    def lines() -> tuple[str, ...]:
        return tail_of(read_container_log(azure.connection, azure.ref, "fraud-score", "blue", tail=60)).lines

    before = lines()
    azure.forward(120)
    after = lines()
    more = joined(before, after)
    assert 0 < len(more.new) < 60
    assert not more.may_miss
    assert after[-len(more.new) :] == more.new
    assert not set(more.new) & set(before)
    azure.forward(8 * 3600)
    assert joined(before, lines()).may_miss


@pytest.mark.parametrize(
    ("before", "after", "new", "may_miss"),
    [
        ("", "ab", "ab", False),
        ("ab", "", "", False),
        ("abc", "abc", "", False),
        ("abc", "bcd", "d", False),
        ("abc", "abcde", "de", False),
        ("aab", "aabaab", "aab", False),
        ("abab", "ababa", "a", False),
        ("abc", "c", "", False),
        ("abc", "xyz", "xyz", True),
        ("cd", "abcde", "e", False),
    ],
)
def test_lines_are_joined_by_what_they_have_in_common(before: str, after: str, new: str, may_miss: bool) -> None:
    found = joined(tuple(before), tuple(after))
    assert ("".join(found.new), found.may_miss) == (new, may_miss)


def test_a_line_that_was_read_while_it_was_written_is_no_gap_and_is_said_once() -> None:
    found = joined(("one", "two", "epoch 3: 4"), ("two", "epoch 3: 40 %", "done"))
    assert (found.new, found.may_miss, found.replaces, found.shared) == (("epoch 3: 40 %", "done"), False, 1, 1)
    assert joined(("one", "two"), ("twofold", "x")).may_miss
    assert joined(("lonely",), ("lonely no more",)).replaces == 1


def test_a_reader_is_told_which_right_is_missing_and_who_has_it() -> None:
    azure = Emulated(runs=20, person=2)
    with pytest.raises(Forbidden) as refusal:
        read_container_log(azure.connection, azure.ref, "fraud-score", "blue")
    assert ACTION in str(refusal.value)
    assert "Reader lacks it" in str(refusal.value)
    assert refusal.value.action == ACTION


def test_secrets_of_a_log_are_hidden_and_an_empty_or_odd_answer_is_no_crash() -> None:
    def read(body: object) -> str:
        azure = Azure(lambda _: as_json(body))
        text = read_container_log(azure.connection, REF, "e", "d")
        assert (azure.asked[0].method, azure.asked[0].body) == (
            "POST",
            {"containerType": "InferenceServer", "tail": 500},
        )
        return text

    key = "AccountKey=" + "Zm9v" * 22
    assert key not in read({"content": f"connecting with {key}\nready"})
    assert read({"content": None}) == read({}) == ""
    for odd in ([], {"content": 3}):
        with pytest.raises(Malformed, match="log of the container"):
            read(odd)


def test_words_of_the_headings_inside_a_log_stay_lines_of_it() -> None:
    tail = tail_of("Instance status:\nA: Succeeded\n\nContainer logs:\none\nContainer events:\ntwo\n")
    assert (tail.status, tail.events, tail.lines) == (("A: Succeeded",), (), ("one", "Container events:", "two"))
    assert tail_of("no headings\nat all").lines == ("no headings", "at all")
