"""Charts for the documentation: bars drawn by hand as SVG, readable on light and on dark ground."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 860
LABELS = 320  # pixels left of the bars
BAR = 18
GAP = 5
HEAD = 34
OURS_COLOUR = "#1f7a4d"
OTHER_COLOUR = "#8a94a6"
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1c2330 }
.head { font-weight: 600 }
@media (prefers-color-scheme: dark) { text { fill: #dfe5ee } }
"""


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    figure: float
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Panel:
    title: str
    bars: list[Bar]


def drawn(panels: Sequence[Panel], *, told: str) -> str:
    """Return the panels as one SVG; ``told`` is what a screen reader says of it."""
    height = sum(_height(one) for one in panels) + 14
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(told)}">']
    lines += [f"<style>{STYLE}</style>"]
    top = 0
    for panel in panels:
        lines += _lines(panel, top)
        top += _height(panel)
    return "\n".join([*lines, "</svg>"]) + "\n"


def rendered(value: object) -> str:
    """Return a figure with three significant digits, as tables and charts show it."""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str("" if value is None else value)


def _height(panel: Panel) -> int:
    return HEAD + len(panel.bars) * (BAR + GAP)


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
