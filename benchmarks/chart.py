"""The chart of the documentation: bars drawn by hand as SVG, readable on light and on dark ground."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from benchmarks.measuring import rendered

WIDTH = 860
LABELS = 320  # pixels left of the bars
BAR = 18
GAP = 5
COST = "microseconds of the server's processor time (less is better)"
HEAD = 34
OURS_COLOUR = "#1f7a4d"
OTHER_COLOUR = "#8a94a6"
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1c2330 }
.head { font-weight: 600 }
@media (prefers-color-scheme: dark) { text { fill: #dfe5ee } }
"""

Tables = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    figure: float
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Panel:
    title: str
    bars: list[Bar]


def panels(tables: Tables) -> list[Panel]:
    """Return the panels whose figures were measured."""
    found = [
        _panel(tables, "S1-S3", "Verifying a token, microseconds (less is better)", _of_library, "us"),
        _panel(tables, "S4 warm", "Added to a request, microseconds (less is better)", _of_case, "added us"),
        _panel(tables, "S5", f"A request under uvicorn, {COST}", _of_application, "server us a request"),
        _panel(tables, "S6", f"A refresh with its stores, {COST}", _of_application, "server us a refresh"),
        _panel(tables, "S9", "Refresh, milliseconds, by users and sessions", _of_size, "refresh ms"),
    ]
    return [one for one in found if one.bars]


def _panel(tables: Tables, name: str, title: str, label: Any, figure: str) -> Panel:
    bars = [Bar(text, row[figure], _is_ours(text)) for row in tables.get(name, ()) if (text := label(row))]
    return Panel(title, bars)


def _of_library(row: Mapping[str, Any]) -> str:
    work = row["work"].removeprefix("verify").strip()
    return "" if row["work"] in {"issue", "verify foreign"} else f"{row['library']} {work}".strip()


def _of_case(row: Mapping[str, Any]) -> str:
    return row["case"]


def _of_application(row: Mapping[str, Any]) -> str:
    return row["application"]


def _of_size(row: Mapping[str, Any]) -> str:
    return f"jwt-auth, {row['users and sessions']:,}"


def _is_ours(label: str) -> bool:
    return any(name in label for name in ("jwt-auth", "BearerMiddleware", "CurrentUser"))


def drawn(tables: Tables) -> str:
    """Return the chart as SVG."""
    shown = panels(tables)
    height = sum(HEAD + len(one.bars) * (BAR + GAP) for one in shown) + 14
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    told = 'role="img" aria-label="jwt-auth beside its peers"'
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} {told}>', f"<style>{STYLE}</style>"]
    top = 0
    for panel in shown:
        lines += _lines(panel, top)
        top += HEAD + len(panel.bars) * (BAR + GAP)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _lines(panel: Panel, top: int) -> Iterator[str]:
    yield f'<text class="head" x="0" y="{top + 22}">{escape(panel.title)}</text>'
    most = max(bar.figure for bar in panel.bars)
    for place, bar in enumerate(panel.bars):
        y = top + HEAD + place * (BAR + GAP)
        long = max(1.0, (WIDTH - LABELS - 80) * bar.figure / most)
        colour = OURS_COLOUR if bar.is_ours else OTHER_COLOUR
        yield f'<text x="{LABELS - 8}" y="{y + 13}" text-anchor="end">{escape(bar.label)}</text>'
        yield f'<rect x="{LABELS}" y="{y}" width="{long:.1f}" height="{BAR}" rx="2" fill="{colour}"/>'
        yield f'<text x="{LABELS + long + 6:.1f}" y="{y + 13}">{rendered(bar.figure)}</text>'
