"""How long a chart of 100,000 points takes to draw: `python -m benchmarks.bench_chart`. The budget is 20 ms.

Medians in milliseconds on this machine; the peer is plotext, on the same points in the same run, where it is installed.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from math import exp

from widgets.chart_lines import draw, lines
from widgets.chart_plot import View
from widgets.chart_series import Figure, Series
from widgets.safe import plain

POINTS, ROUNDS, LIMIT = 100_000, 15, 20.0
WIDTH, HEIGHT = 154, 40


def milliseconds(work: Callable[[], object]) -> float:
    times: list[float] = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def main() -> None:
    dice = random.Random(7)
    ys = [exp(-at / 20_000) + dice.gauss(0, 0.01) for at in range(POINTS)]
    steps = [float(at) for at in range(POINTS)]
    figure = Figure(plain("loss"), (Series(plain("run"), ys, steps=steps),))
    ours = milliseconds(lambda: lines(draw(figure, View(), WIDTH, HEIGHT, "braille")))
    print(f"{'chart of 100,000 points':34} {ours:8.1f} ms   budget {LIMIT:.0f} ms")
    cursor = draw(figure, View(), WIDTH, HEIGHT, "braille")
    print(f"{'cursor moved over it':34} {milliseconds(lambda: lines(cursor, 50_000.0)):8.1f} ms")
    try:
        import plotext  # type: ignore[import-not-found]
    except ImportError:
        print("plotext is not installed: no peer")
        return

    def theirs() -> None:
        plotext.clear_figure()
        plotext.plot_size(WIDTH, HEIGHT)
        plotext.plot(steps, ys, marker="braille")
        plotext.build()

    peer = milliseconds(theirs)
    print(f"{'plotext, the same points':34} {peer:8.1f} ms   {peer / ours:.1f} times as long")


if __name__ == "__main__":
    main()
