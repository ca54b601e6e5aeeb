"""An error of our own: the screen is given back, the message is short, the report is private and holds no secret."""

import stat
from pathlib import Path

import pytest

from services.emulator.world import World
from tests.journeys.stage import staged


async def test_a_crash_leaves_a_short_message_and_a_private_report(
    seen: tuple[Path, World], capsys: pytest.CaptureFixture[str]
) -> None:
    def bug() -> None:
        raise RuntimeError("a bug with AccountKey=abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ==")

    async def story() -> None:
        async with staged(seen) as stage:
            await stage.settled()
            stage.deck.call_later(bug)
            await stage.pilot.pause(0.1)

    with pytest.raises(RuntimeError, match="a bug"):
        await story()
    said = capsys.readouterr().err
    (report,) = seen[0].glob("crash-*.txt")
    assert "amldeck stopped on an error of its own" in said
    assert report.name in "".join(said.split())
    assert "Traceback" not in said
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert "abcdefghijklmnop" not in said + report.read_text()
    assert "test_crash.py" in report.read_text()
