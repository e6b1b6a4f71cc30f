"""What the scripts share: rounds that take turns, medians, and the table with its JSON lines and chart.

A script prints each table for people, then one JSON object a row, which `benchmarks.run` gathers:
``{"table": ..., "row": {...}}``, and for each bound of the product ``{"target": ..., "reached": ...}``.
Beside the table it draws its chart, into ``var/charts``.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path

from benchmarks.chart import rendered
from benchmarks.views import Row, chart_of, file_name

CHARTS = Path("var/charts")


def interleaved(
    cases: Mapping[str, Callable[[], float]], *, rounds: int, warm_up: bool = True
) -> dict[str, list[float]]:
    """Return the figures of each case; the cases take turns, so that a busy moment hits all of them."""
    figures: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds + warm_up):
        for name, case in cases.items():
            gc.collect()
            gc.disable()
            figure = case()
            gc.enable()
            if number or not warm_up:
                figures[name].append(figure)
    return figures


def medians(figures: Mapping[str, Sequence[float]]) -> dict[str, float]:
    return {name: statistics.median(each) for name, each in figures.items()}


def ratio(mine: Sequence[float], other: Sequence[float]) -> float:
    """Return the median of the rounds' ratios."""
    return statistics.median(one / two for one, two in zip(mine, other, strict=True))


def show(table: str, rows: Sequence[Row], *, title: str) -> None:
    """Print a table, then its rows as JSON lines; draw its chart."""
    print(f"\n{title}")
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [names, *([rendered(row.get(name)) for name in names] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(names))]
    for line in cells:
        first, *others = (
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join([first, *others]).rstrip())
    for row in rows:
        print(json.dumps({"table": table, "row": row}))
    chart = chart_of(table, rows)
    if chart is not None:
        CHARTS.mkdir(parents=True, exist_ok=True)
        (CHARTS / file_name(table)).write_text(chart, "utf-8")
        print(f"{CHARTS / file_name(table)} drawn")


def target(
    name: str, what: str, reached: float, *, at_most: float | None = None, at_least: float | None = None
) -> bool:
    """Print one bound and whether it was kept."""
    bound = at_most if at_least is None else at_least
    assert bound is not None
    met = reached <= bound if at_least is None else reached >= bound
    sign = "<=" if at_least is None else ">="
    word = "met   " if met else "MISSED"
    print(f"{word} {name}: {what} {rendered(float(reached))} ({sign} {rendered(bound)})")
    line = {
        "target": name,
        "what": what,
        "reached": reached,
        "bound": f"{sign} {rendered(bound)}",
        "met": met,
    }
    print(json.dumps(line))
    return met


def conditions(*packages: str) -> dict[str, object]:
    """Return what a figure depends on: interpreter, machine, load, versions."""
    return {
        "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "load": " ".join(f"{one:.1f}" for one in os.getloadavg()),
        "versions": {name: version(name) for name in packages},
    }


def version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
