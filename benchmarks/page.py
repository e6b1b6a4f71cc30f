"""Write the figures of the last `benchmarks.run` into ``docs/performance.md``, and draw its charts.

    python -m benchmarks.page                     # from var/benchmarks.jsonl

The page's prose is written by hand; between ``<!-- figures: NAME -->`` and ``<!-- end -->`` stands what was
measured, so that no figure is there that no run has printed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.chart import rendered
from benchmarks.run import RESULTS
from benchmarks.views import chart_of, file_name, overview

PAGE = Path("docs/performance.md")
OVERVIEW = Path("docs/performance.svg")
CHARTS = Path("docs/charts")
BLOCK = re.compile(r"(<!-- figures: ([^>]+?) -->\n).*?(<!-- end -->)", re.DOTALL)


class Figures:
    """The lines of a run, by what they are."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.runs: list[dict[str, Any]] = []
        self.targets: list[dict[str, Any]] = []
        self.tables: dict[str, list[dict[str, Any]]] = {}
        self.origin: dict[str, dict[str, Any]] = {}
        for line in map(json.loads, lines):
            if "script" in line:
                self.runs.append(line)
            elif "target" in line:
                self.targets.append(line)
            elif "table" in line:
                self.tables.setdefault(line["table"], []).append(line["row"])
                self.origin[line["table"]] = self.runs[-1]


def table(rows: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [names, ["---"] + ["---:"] * (len(names) - 1)]
    lines += [[rendered(row.get(name)) for name in names] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def of_table(figures: Figures, name: str) -> str:
    run = figures.origin[name]
    rows = figures.tables[name]
    text = f"`{run['command']}`, {run['date']} UTC, load {run['load']}\n\n{table(rows)}"
    chart = chart_of(name, rows)
    if chart is None:
        return text
    (CHARTS / file_name(name)).write_text(chart, "utf-8")
    return f"{text}\n![{name}](charts/{file_name(name)})\n"


def of_targets(figures: Figures) -> str:
    rows = [
        {
            "target": one["target"],
            "what": one["what"],
            "reached": float(one["reached"]),
            "bound": one["bound"],
            "": "met" if one["met"] else "**missed**",
        }
        for one in sorted(figures.targets, key=lambda one: (len(one["target"]), one["target"]))
    ]
    return table(rows)


def of_conditions(figures: Figures) -> str:
    first = figures.runs[0]
    versions = ", ".join(f"{name} {number}" for name, number in first["versions"].items())
    return f"{first['python']} on {first['machine']}. Versions: {versions}.\n"


def filled(text: str, figures: Figures) -> str:
    whole: dict[str, Callable[[Figures], str]] = {"targets": of_targets, "conditions": of_conditions}

    def block(found: re.Match[str]) -> str:
        name = found[2]
        content = whole[name](figures) if name in whole else of_table(figures, name)
        return f"{found[1]}{content}{found[3]}"

    return BLOCK.sub(block, text)


def main() -> None:
    figures = Figures(RESULTS.read_text("utf-8").splitlines())
    CHARTS.mkdir(exist_ok=True)
    PAGE.write_text(filled(PAGE.read_text("utf-8"), figures), "utf-8")
    OVERVIEW.write_text(overview(figures.tables), "utf-8")
    met = sum(one["met"] for one in figures.targets)
    print(f"{PAGE} and its charts written, {met} of {len(figures.targets)} targets met")


if __name__ == "__main__":
    main()
