"""Type to narrow, arrows to move, enter to pick."""

import pytest
from textual.events import Key

from tests.widgets.chrome import Bench, Heard, shown
from widgets.choices import Choice, ChoiceList, matching
from widgets.lines import say
from widgets.picker import Picker
from widgets.safe import Safe, plain, safe

CHOICES = [
    Choice("sort", say(plain("Choose what to sort by")), say(plain("s")), plain("Rows")),
    Choice("filter", say(plain("Narrow the rows")), say(plain("/")), plain("Rows"), words="search find"),
    Choice("raw", say(plain("Azure's own document")), say(plain("v")), plain("The row"), why_not=plain("No row here.")),
    Choice("copy", say(plain("Copy the name")), say(plain("y")), plain("The row")),
]


def rows(picker: Picker) -> list[str]:
    listed = picker.query_one(ChoiceList)
    return [shown(listed, y).rstrip() for y in range(listed.size.height)]


async def test_groups_have_titles_and_the_first_choice_is_highlighted() -> None:
    picker = Picker(CHOICES)
    async with Bench(picker).run_test(size=(60, 20)):
        text = rows(picker)
        assert text[0].startswith("Rows ─")
        assert text[1].startswith("▌ Choose what to sort by")
        assert text[1].endswith("s")
        assert text[4].startswith("The row ─")


async def test_typing_narrows_by_every_word_and_by_hidden_words() -> None:
    assert [choice.id for choice in matching(CHOICES, "row")] == ["filter", "sort", "raw", "copy"]
    assert [choice.id for choice in matching(CHOICES, "find")] == ["filter"]
    assert [choice.id for choice in matching(CHOICES, "copy name")] == ["copy"]
    assert matching(CHOICES, "zzz") == []


async def test_enter_picks_what_is_highlighted() -> None:
    picker, heard = Picker(CHOICES), Heard()
    async with Bench(picker).run_test(size=(60, 20), message_hook=heard) as pilot:
        await pilot.press("down", "enter")
        await pilot.press("c", "o", "p", "y", "enter")
        await pilot.pause()
        assert [message.choice.id for message in heard.of(Picker.Picked)] == ["filter", "copy"]


async def test_enter_that_comes_before_the_letters_are_typed_still_picks_what_they_leave() -> None:
    picker, heard = Picker(CHOICES), Heard()
    bench = Bench(picker)
    async with bench.run_test(size=(60, 20), message_hook=heard) as pilot:
        for key in ("n", "a", "enter", "down", "enter"):
            bench.post_message(Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        assert [message.choice.id for message in heard.of(Picker.Picked)] == ["filter", "copy"]


async def test_a_choice_that_cannot_be_picked_says_why_and_stays() -> None:
    picker, heard = Picker(CHOICES), Heard()
    async with Bench(picker).run_test(size=(60, 20), message_hook=heard) as pilot:
        await pilot.press("down", "down", "enter")
        await pilot.pause()
        assert heard.of(Picker.Picked) == []
        assert any("No row here." in row for row in rows(picker))


async def test_nothing_found_is_said() -> None:
    picker, heard = Picker(CHOICES), Heard()
    async with Bench(picker).run_test(size=(60, 20), message_hook=heard) as pilot:
        await pilot.press("q", "q", "q", "enter")
        await pilot.pause()
        assert "Nothing matches" in rows(picker)[0]
        assert heard.of(Picker.Picked) == []


async def test_a_list_that_was_empty_before_anything_was_typed_says_why() -> None:
    picker = Picker(())
    async with Bench(picker).run_test(size=(60, 20)) as pilot:
        assert rows(picker)[0].strip() == ""
        picker.offer((), nothing=[say(plain("None was seen yet.")), say(plain("r asks for them."))])
        await pilot.press("q")
        await pilot.pause()
        assert [row.strip() for row in rows(picker)[:2]] == ["None was seen yet.", "r asks for them."]


async def test_a_long_list_scrolls_with_the_highlight_and_back_to_its_first_title() -> None:
    many = [Choice(str(n), say(Safe(f"choice {n}")), group=plain("All")) for n in range(100)]
    picker = Picker(many)
    picker.styles.max_height = 12
    async with Bench(picker).run_test(size=(60, 20)) as pilot:
        picker.query_one(ChoiceList).styles.max_height = 8
        await pilot.pause()
        await pilot.press("pagedown", "pagedown", "down")
        await pilot.pause()
        assert [row for row in rows(picker) if "▌" in row] == ["▌ choice 21"]
        await pilot.press("pageup", "pageup", "pageup")
        await pilot.pause()
        assert rows(picker)[0].startswith("All ─")
        assert rows(picker)[1] == "▌ choice 0"


async def test_a_click_picks() -> None:
    picker, heard = Picker(CHOICES), Heard()
    async with Bench(picker).run_test(size=(60, 20), message_hook=heard) as pilot:
        await pilot.click(ChoiceList, offset=(5, 2))
        await pilot.pause()
        assert [message.choice.id for message in heard.of(Picker.Picked)] == ["filter"]


async def test_new_choices_keep_the_highlight_and_what_is_typed() -> None:
    picker = Picker(CHOICES)
    async with Bench(picker).run_test(size=(60, 20)) as pilot:
        await pilot.press("down")
        picker.offer([*CHOICES[1:], Choice("new", say(plain("New")))])
        await pilot.pause()
        assert picker.choice is not None
        assert picker.choice.id == "filter"


@pytest.mark.parametrize("name", ["[/]", "[link=http://x]y", "\x1b[2J", "‮gnp.exe"])
async def test_hostile_names_are_shown_and_do_nothing(name: str) -> None:
    picker = Picker([Choice("x", say(safe(name)))])
    async with Bench(picker).run_test(size=(60, 20)):
        assert safe(name) in rows(picker)[0]
