"""The look at a file: what is said about it is wrapped, a line of it is cut."""

from textual.app import App, ComposeResult

from widgets.lines import NO_LINE, say
from widgets.preview_view import PreviewView
from widgets.safe import plain
from widgets.theme import DARK, use_themes

SENTENCE = say(plain("The files of a snapshot have no public way to be read: o opens them in the studio."))


class Bench(App[None]):
    def __init__(self) -> None:
        super().__init__()
        use_themes(self, DARK)
        self.view = PreviewView()

    def compose(self) -> ComposeResult:
        yield self.view

    @property
    def lines(self) -> list[str]:
        return [self.view.render_line(y).text.rstrip() for y in range(self.view.size.height)]


async def test_a_sentence_is_wrapped_and_a_line_of_a_file_is_cut_with_a_mark() -> None:
    app = Bench()
    async with app.run_test(size=(40, 8)) as pilot:
        app.view.show_lines(say(plain("Code")), NO_LINE, [SENTENCE], is_prose=True)
        await pilot.pause()
        assert " ".join(app.lines[1:4]).endswith("o opens them in the studio.")
        app.view.show_lines(say(plain("a.txt")), NO_LINE, [SENTENCE])
        await pilot.pause()
        assert app.lines[1].endswith("…")
        assert app.lines[2] == ""
