"""The footer shows the keys that work here, as many as fit."""

from tests.widgets.chrome import Bench, Heard, shown
from widgets.bar import Bar
from widgets.footer import Footer, Hint
from widgets.safe import Safe

HINTS = [
    Hint(Safe(key), Safe(word), word)
    for key, word in [
        ("enter", "open"), ("space", "mark"), ("=", "compare"), ("l", "logs"), ("a", "actions"), ("/", "filter"),
        ("s", "sort"), ("e", "export"), ("y", "copy"), ("o", "studio"), ("p", "pause"), ("c", "columns"),
    ]
]  # fmt: skip


async def row(width: int) -> str:
    footer = Footer()
    async with Bench(footer).run_test(size=(width, 5)) as pilot:
        footer.say(HINTS)
        await pilot.pause()
        return shown(footer)


async def test_at_80_columns_six_hints_and_the_way_to_all_keys() -> None:
    text = await row(80)

    assert text.startswith(" enter open  space mark  = compare  l logs  a actions  / filter")
    assert text.endswith(" ? keys ")
    assert len(text) == 80


async def test_a_wide_footer_still_stops_at_ten() -> None:
    text = await row(160)

    assert "o studio" in text
    assert "p pause" not in text


async def test_a_hint_that_does_not_fit_is_left_out_whole() -> None:
    text = await row(40)

    assert text.startswith(" enter open  space mark ")
    assert "compa" not in text


async def test_clicks_run_the_action_under_them() -> None:
    footer, heard = Footer(), Heard()
    async with Bench(footer).run_test(size=(80, 5), message_hook=heard) as pilot:
        footer.say(HINTS)
        await pilot.pause()
        await pilot.click(Footer, offset=(15, 0))
        await pilot.click(Footer, offset=(76, 0))
        await pilot.click(Footer, offset=(71, 0))
        assert [message.action for message in heard.of(Bar.Pressed)] == ["mark", "help"]
