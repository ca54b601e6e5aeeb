"""One row with three voices: what happened, what stands in the way, what is marked."""

from tests.widgets.chrome import Bench, shown
from widgets.lines import say
from widgets.notice import Notice
from widgets.safe import plain

MARKED = say(plain("3 marked"), "accent")
COLUMNS = say(plain("columns 1–9 of 14 ›"), "muted")
OFFLINE = say(plain("▲ offline since 10:50Z"), "warn")
COPIED = say(plain("copied 13 B"))


async def test_marks_stand_left_and_columns_right() -> None:
    notice = Notice()
    async with Bench(notice).run_test(size=(80, 5)) as pilot:
        notice.state(MARKED, COLUMNS)
        await pilot.pause()
        assert shown(notice).startswith(" 3 marked ")
        assert shown(notice).endswith("columns 1–9 of 14 › ")
        assert notice.is_quiet


async def test_news_is_said_over_trouble_and_trouble_comes_back() -> None:
    notice = Notice()
    async with Bench(notice).run_test(size=(80, 5)) as pilot:
        notice.state(MARKED)
        notice.stand(OFFLINE)
        assert notice.said.left == OFFLINE
        notice.tell(COPIED, seconds=0.01)
        assert notice.said.left == COPIED
        await pilot.pause(0.05)
        assert notice.said.left == OFFLINE
        notice.stand(())
        assert notice.said.left == MARKED


async def test_later_news_has_its_own_time() -> None:
    notice = Notice()
    async with Bench(notice).run_test(size=(80, 5)) as pilot:
        notice.tell(COPIED, seconds=0.01)
        notice.tell(MARKED, seconds=60)
        await pilot.pause(0.05)
        assert notice.said.left == MARKED


async def test_nothing_to_say_gives_the_row_away() -> None:
    notice = Notice()
    async with Bench(notice).run_test(size=(80, 5)):
        assert notice.is_quiet
        notice.stand(OFFLINE)
        assert not notice.is_quiet
