from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from tests.hostile import HOSTILE
from widgets.lines import line_text, say
from widgets.raw_search import Search
from widgets.raw_text import lines_of, paint
from widgets.raw_view import RawView
from widgets.safe import Safe, plain, safe
from widgets.theme import DARK, palette, use_themes

TITLE = say(plain("brave-elk-922"), "strong")
DOCUMENT = b'{"name":"brave-elk-922","status":"Failed","tags":{"team":"fraud","note":null},"steps":[1,2,3]}'


class Bench(App[None]):
    def __init__(self, document: bytes = DOCUMENT) -> None:
        super().__init__()
        use_themes(self, DARK)
        self.raw = RawView()
        self.document = document
        self.copied: list[str] = []
        self.went_back = 0

    def compose(self) -> ComposeResult:
        yield self.raw

    def on_mount(self) -> None:
        self.raw.show(TITLE, self.document)
        self.raw.focus()

    def on_raw_view_copy_requested(self, message: RawView.CopyRequested) -> None:
        self.copied.append(message.text)

    def key_escape(self) -> None:
        self.went_back += 1

    @property
    def lines(self) -> list[str]:
        return [self.raw.render_line(y).text.rstrip() for y in range(self.raw.size.height)]


def big(count: int) -> bytes:
    return json.dumps(
        [{"number": number, "word": "needle" if number % 1000 == 7 else "hay"} for number in range(count)]
    ).encode()


async def test_a_document_is_shown_as_json_and_as_yaml() -> None:
    app = Bench()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        assert app.lines[0].startswith("brave-elk-922  json ─")
        assert app.lines[0].endswith("─ 1–13 of 13")
        assert app.lines[1:4] == ["{", '  "name": "brave-elk-922",', '  "status": "Failed",']
        await pilot.press("v")
        assert app.lines[1:5] == ["name: brave-elk-922", "status: Failed", "tags:", "  team: fraud"]
        await pilot.press("y")
        assert app.copied[0].startswith("name: brave-elk-922\nstatus: Failed\n")


async def test_names_are_muted_and_values_are_text() -> None:
    app = Bench()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        styles = {segment.text.strip(): segment.style for segment in app.raw.render_line(2)}
        assert styles['"name"'].color == palette(DARK).style("muted").color
        assert styles['"brave-elk-922",'].color == palette(DARK).style("text").color


async def test_a_long_document_is_scrolled_and_searched() -> None:
    app = Bench(big(4000))
    async with app.run_test(size=(60, 20)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.press("G")
        assert app.lines[-1] == "]"
        await pilot.press("g", "slash", *"NEEDLE")
        assert app.lines[-1].endswith("1 of 4")
        await pilot.press("enter", "n", "n")
        assert app.lines[-1].endswith("3 of 4")
        line = next(line for line in range(1, 19) if "needle" in app.lines[line])
        assert "needle" in app.lines[line]
        found = [segment for segment in app.raw.render_line(line) if segment.text == "needle"]
        assert found[0].style is not None
        assert found[0].style.underline
        await pilot.press("N", "N", "N")
        assert app.lines[-1].endswith("4 of 4")


async def test_esc_ends_the_search_before_it_leaves() -> None:
    app = Bench()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press("slash", "f", "enter", "escape")
        assert app.went_back == 0
        await pilot.press("escape")
        assert app.went_back == 1


async def test_keys_are_text_while_a_search_is_typed() -> None:
    app = Bench()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press("slash", "w", "v", "n", "j")
        assert app.lines[-1].startswith("/ wvnj")
        assert app.lines[-1].endswith("not found")
        assert app.raw.form == "json"


async def test_long_lines_are_cut_with_a_sign_or_wrapped_whole() -> None:
    app = Bench(json.dumps({"text": "0123456789" * 20}).encode())
    async with app.run_test(size=(42, 12)) as pilot:
        await pilot.pause()
        assert app.lines[2].endswith("…")
        await pilot.press("L")
        assert app.lines[2].startswith('t": "0123') or app.lines[2].startswith(': "0123')
        await pilot.press("w")
        assert "".join(line.strip() for line in app.lines[2:8]) == '"text": "' + "0123456789" * 20 + '"'
        assert app.lines[0].endswith("1–3 of 3")


@pytest.mark.parametrize(
    "document", [b"", b"not json \x1b[31m", b"\xff\xfe\x00", b'{"a":"\\ud800"}', b"[" * 5000, b"null"]
)
@pytest.mark.parametrize("form", ["json", "yaml"])
def test_what_is_no_json_is_shown_as_it_is(document: bytes, form: str) -> None:
    lines = lines_of(document, form)  # type: ignore[arg-type]
    assert lines
    assert all(line == safe(str(line), 1 << 20) for line in lines)


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_no_hostile_value_reaches_a_line(form: str) -> None:
    document = json.dumps({str(number): text for number, text in enumerate(HOSTILE)}, ensure_ascii=True)
    lines = lines_of(document.encode(), form)  # type: ignore[arg-type]
    assert all(type(line) is Safe and line == safe(str(line), 1 << 20) for line in lines)
    raw = json.dumps({str(n): t for n, t in enumerate(HOSTILE)}, ensure_ascii=False).encode("utf-8", "surrogatepass")
    assert all(line == safe(str(line), 1 << 20) for line in lines_of(raw, form))  # type: ignore[arg-type]


@given(st.text(max_size=60))
def test_painting_keeps_every_character(text: str) -> None:
    line = safe(text)
    assert line_text(paint(line, "json")) == line_text(paint(line, "yaml")) == line


@given(st.lists(st.text(alphabet="abAB ", max_size=12), max_size=12), st.text(alphabet="ab", min_size=1, max_size=3))
def test_every_occurrence_is_found_in_order(texts: Sequence[str], wanted: str) -> None:
    lines = [safe(text) for text in texts]
    search = Search(lines, safe(wanted))
    assert search.matches == sorted(search.matches)
    assert len(search.matches) == sum(line.lower().count(wanted) for line in lines)
    assert [match for number in range(len(lines)) for match in search.on_line(number)] == search.matches


async def test_scrolling_back_and_forth_repaints_only_what_differs() -> None:
    app = Bench()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        drawn: list[int] = []
        render = app.raw.render_line
        app.raw.render_line = lambda y: (drawn.append(y), render(y))[1]  # type: ignore[method-assign]
        app.raw.repaint()
        await pilot.press("j")
        assert drawn == []
