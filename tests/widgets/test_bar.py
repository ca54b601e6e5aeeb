"""One row that says something; it fits whatever width it gets, and when."""

from tests.widgets.chrome import Bench, shown
from widgets.bar import Bar
from widgets.lines import say
from widgets.safe import plain


async def test_what_is_said_while_the_bar_is_hidden_stands_there_when_it_is_shown() -> None:
    bar = Bar()
    bar.display = False
    async with Bench(bar).run_test(size=(60, 5)) as pilot:
        bar.show(say(plain("churn-xgb-23 base")), say(plain("2 of 7")))
        bar.display = True
        await pilot.pause()
        assert shown(bar).startswith(" churn-xgb-23 base ")
        assert shown(bar).endswith(" 2 of 7 ")
        await pilot.resize_terminal(30, 5)
        await pilot.pause()
        assert shown(bar).endswith(" 2 of 7 ")


async def test_what_was_said_just_so_at_this_width_is_not_laid_out_again() -> None:
    bar = Bar()
    async with Bench(bar).run_test(size=(60, 5)) as pilot:
        assert [bar.is_said("a"), bar.is_said("a"), bar.is_said("b"), bar.is_said("b")] == [False, True, False, True]
        await pilot.resize_terminal(30, 5)
        await pilot.pause()
        assert not bar.is_said("b")
