"""Charts as files: what a browser and a picture viewer open, with nothing of a hostile name in them but its letters."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise
from math import nan
from xml.etree import ElementTree

from PIL import Image

from widgets.chart_files import png, svg
from widgets.chart_plot import View
from widgets.chart_scene import BOTTOM, HEIGHT, LEFT, RIGHT, WIDTH, scene
from widgets.chart_series import Figure, Mark, Series
from widgets.safe import plain, safe
from widgets.theme import DARK, LIGHT, palette

HOSTILE = safe('</text><script>alert("x")</script>\x1b[31m&')


def spiky() -> Figure:
    ys = [0.5] * 5_000
    ys[3_000] = 9.0
    ys[4_000] = nan
    one = Series(plain("run"), ys, steps=[float(at) for at in range(5_000)])
    short = Series(plain("other"), [0.2, 0.3], steps=[0.0, 900.0], tone="series2", has_stopped=True)
    return Figure(HOSTILE, (one, short))


def test_an_svg_is_a_document_that_says_a_hostile_name_and_does_nothing_of_it() -> None:
    text = svg([scene(spiky(), View(), HOSTILE), scene(spiky(), View(smoothing=0.9), HOSTILE)], palette(LIGHT))
    root = ElementTree.fromstring(text)
    assert "script" not in {element.tag.rpartition("}")[2] for element in root.iter()}
    words = [element.text for element in root.iter() if element.tag.endswith("text")]
    assert HOSTILE in words
    assert "smoothed 0.9   1 NaN or infinite" in words
    assert root.get("height") == str(2 * HEIGHT)
    assert {"✗", "0.500 run", "0.300 other"} <= set(words)


def test_a_line_of_an_svg_goes_through_the_peak_and_is_broken_at_nan() -> None:
    drawn = scene(spiky(), View(), plain(""))
    lines = [stroke for stroke in drawn.strokes if stroke.tone == "series1"]
    assert len(lines) >= 2, "before the NaN and after it"
    tops = [min(y for _, y in stroke.points) for stroke in lines]
    assert tops[0] < 90
    assert min(tops[1:]) > 400
    assert len(lines[0].points) < 1_200, "as many points as the picture has columns, not as many as were logged"


def test_a_png_is_a_picture_in_the_colours_of_the_theme() -> None:
    for name in (DARK, LIGHT):
        image = Image.open(BytesIO(png([scene(spiky(), View(), HOSTILE)], palette(name))))
        assert (image.format, image.size) == ("PNG", (2 * WIDTH, 2 * HEIGHT))
        colours = {f"#{red:02x}{green:02x}{blue:02x}" for _, (red, green, blue) in image.getcolors(1 << 20) or ()}  # type: ignore[misc]
        assert {palette(name).ground(), palette(name).colour("series1")} <= colours


def test_a_picture_has_a_triangle_where_runs_part_and_none_outside_of_its_window() -> None:
    one = Series(plain("run"), [0.0] * 101, steps=[float(at) for at in range(101)])
    marks = (Mark("step", 50, plain("parts"), "series3"), Mark("step", 500, plain("parts"), "series4"))
    drawn = scene(Figure(plain("loss"), (one,), marks=marks), View(), plain(""))
    middle = LEFT + (WIDTH - LEFT - RIGHT) / 2
    assert [stroke.points[1] for stroke in drawn.strokes if stroke.tone == "series3"][:1] == [
        (middle, HEIGHT - BOTTOM + 2)
    ]
    assert not any(stroke.tone == "series4" for stroke in drawn.strokes)
    image = Image.open(BytesIO(png([drawn], palette(LIGHT)))).convert("RGB")
    inside = image.getpixel((round(2 * middle), round(2 * (HEIGHT - BOTTOM + 7))))
    assert f"#{inside[0]:02x}{inside[1]:02x}{inside[2]:02x}" == palette(LIGHT).colour("series3")  # type: ignore[index]


def test_dots_and_steps_are_drawn_in_a_picture_too() -> None:
    places = [1.0, 2.0, 3.0]
    best = Series(plain("best"), [1.0, 1.0, 5.0], steps=places, shape="steps")
    each = Series(plain("each"), [1.0, 0.0, 5.0], steps=places, shape="dots", tone="series2")
    strokes = scene(Figure(plain("auc"), (best, each)), View(), plain("")).strokes
    assert len([stroke for stroke in strokes if stroke.tone == "series2"]) == 3
    (line,) = [stroke.points for stroke in strokes if stroke.tone == "series1"]
    assert all(x == then or y == now for (x, y), (then, now) in pairwise(line)), "no slope"
