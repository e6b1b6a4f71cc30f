"""Draws the refresh protocol as ``docs/refresh.svg``, by asking the rule what becomes of each token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from jwt_auth_core.sessions.record import GRACE_SECONDS, Decision, Record, decide
from jwt_auth_core.sessions.session import Session, Verdict
from jwt_auth_core.sessions.token import Presented
from jwt_auth_core.vocabulary import SessionId, UserId

PICTURE = Path(__file__).with_name("refresh.svg")
NOW, IDLE, GENERATION = 1_000_000, 3600, 7
SESSION = SessionId("ab" * 16)
OLDER, PREVIOUS, SIBLING, CURRENT, CHILD, NEWER = (
    letter * 32 for letter in (b"o", b"p", b"s", b"c", b"k", b"n")
)
LIVE = Record(
    Session(SESSION, UserId("u"), NOW - 900, NOW - 900, NOW - 5, NOW + 90_000),
    CURRENT,
    confirmed_at=NOW - 5,
    generation=GENERATION,
    previous=PREVIOUS,
)
LATER = replace(LIVE, confirmed_at=NOW - GRACE_SECONDS - 1)
TOKENS = {
    OLDER: Presented(SESSION, GENERATION - 2, OLDER, bytes(32)),
    PREVIOUS: Presented(SESSION, GENERATION - 1, PREVIOUS, OLDER),
    SIBLING: Presented(SESSION, GENERATION, SIBLING, PREVIOUS),
    CURRENT: Presented(SESSION, GENERATION, CURRENT, PREVIOUS),
    CHILD: Presented(SESSION, GENERATION + 1, CHILD, CURRENT),
    NEWER: Presented(SESSION, GENERATION + 2, NEWER, CHILD),
}
ROWS: tuple[tuple[str, str, Record | None, bytes, int], ...] = (
    ("no record", "any token", None, CURRENT, NOW),
    ("a tombstone", "any token", LIVE.ended("logout", now=NOW - 1), CURRENT, NOW),
    ("idle too long, or past its absolute end", "any token", LIVE, CURRENT, NOW + IDLE),
    ("live", "the current one, for the first time", LIVE, CURRENT, NOW),
    ("live", "the current one, again: the answer was lost", replace(LIVE, used_at=NOW - 3), CURRENT, NOW),
    ("live", "a child of the current one", LIVE, CHILD, NOW),
    ("live", "one that is further ahead: the store lost writes", LIVE, NEWER, NOW),
    ("live", f"the previous one, within {GRACE_SECONDS} s", LIVE, PREVIOUS, NOW),
    ("live", f"another child of the previous one, within {GRACE_SECONDS} s", LIVE, SIBLING, NOW),
    ("live", "the previous one, later", LATER, PREVIOUS, NOW),
    ("live", "another child of the previous one, later", LATER, SIBLING, NOW),
    ("live", "any older one", LIVE, OLDER, NOW),
)
COLOURS = {
    Verdict.OK: "#1f7a4d",
    Verdict.RESYNC: "#2f6f9f",
    Verdict.SUPERSEDED: "#9a6b00",
    Verdict.REUSE: "#b3261e",
}
REFUSED = "#6b7280"
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1c2330 }
.head { font-weight: 600 }
.on { fill: #fff; font-weight: 600 }
path, line { stroke: #8a94a6; fill: none; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) { text { fill: #dfe5ee } .on { fill: #fff } }
"""
WIDTH, ROW, TABLE = 1000, 26, 270


@dataclass(frozen=True, slots=True)
class Node:
    """A token of the family: where it stands, its name, the node it was exchanged for."""

    token: bytes
    x: int
    y: int
    name: str
    parent: bytes | None


NODES = (
    Node(OLDER, 20, 110, "older", None),
    Node(PREVIOUS, 200, 110, "previous", OLDER),
    Node(SIBLING, 410, 170, "its other child", PREVIOUS),
    Node(CURRENT, 410, 60, "current", PREVIOUS),
    Node(CHILD, 590, 60, "its child", CURRENT),
    Node(NEWER, 770, 60, "further ahead", CHILD),
)
NODE_WIDTH, NODE_HEIGHT = 140, 34


def judged(record: Record | None, token: bytes, now: int) -> Decision:
    """Ask the rule."""
    return decide(record, TOKENS[token], now=now, idle_seconds=IDLE)


def change(before: Record | None, decision: Decision) -> str:
    """Return what becomes of the record, in words."""
    after = decision.record
    if before == after:
        return "nothing changes"
    if after is None or before is None:
        return "the record is deleted"
    if after.ended_reason is not None:
        return "the session ends, for everybody"
    if after.current != before.current:
        ahead = after.generation - before.generation
        return f"it is the current one now, {ahead} further"
    noted = after.used_at != before.used_at
    return "its first use is noted" if noted else "the time of last use is noted"


def drawing() -> str:
    """Return the SVG: the family of tokens above, each row of the table beneath."""
    height = TABLE + ROW * (len(ROWS) + 1) + 10
    told = "The refresh protocol: what becomes of each token that is presented"
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{told}">'
    return "\n".join([head, f"<style>{STYLE}</style>", *_family(), *_table(), "</svg>"]) + "\n"


def _colour(verdict: Verdict) -> str:
    return COLOURS.get(verdict, REFUSED)


def _text(x: int, y: int, text: str, kind: str = "") -> str:
    shown = f' class="{kind}"' if kind else ""
    return f'<text x="{x}" y="{y}"{shown}>{escape(text)}</text>'


def _family() -> Iterator[str]:
    yield _text(20, 24, "A family of tokens: each was exchanged for the one on its left", "head")
    places = {node.token: node for node in NODES}
    for node in NODES:
        if node.parent is not None:
            origin = places[node.parent]
            left, right = origin.x + NODE_WIDTH, node.x
            start, end = origin.y + NODE_HEIGHT // 2, node.y + NODE_HEIGHT // 2
            middle = (left + right) // 2
            yield f'<path d="M{left} {start} C{middle} {start} {middle} {end} {right} {end}"/>'
    for node in NODES:
        yield from _node(node)


def _node(node: Node) -> Iterator[str]:
    soon, late = judged(LIVE, node.token, NOW).verdict, judged(LATER, node.token, NOW).verdict
    half = NODE_WIDTH // 2
    halves = ((node.x, half, soon), (node.x + half, half, late))
    for x, width, verdict in halves if soon is not late else ((node.x, NODE_WIDTH, soon),):
        yield f'<rect x="{x}" y="{node.y}" width="{width}" height="{NODE_HEIGHT}" fill="{_colour(verdict)}"/>'
    yield _text(node.x + 8, node.y + 22, node.name, "on")
    words = soon.value if soon is late else f"{soon.value}, then {late.value}"
    yield _text(node.x, node.y + NODE_HEIGHT + 16, words)


def _table() -> Iterator[str]:
    for x, title in (
        (20, "the session is"),
        (285, "presented is"),
        (618, "verdict"),
        (730, "and the record"),
    ):
        yield _text(x, TABLE, title, "head")
    for number, (state, presented, record, token, now) in enumerate(ROWS, 1):
        y = TABLE + number * ROW
        decision = judged(record, token, now)
        yield _text(20, y, state)
        yield _text(285, y, presented)
        colour = _colour(decision.verdict)
        yield f'<rect x="610" y="{y - 15}" width="104" height="21" rx="4" fill="{colour}"/>'
        yield _text(618, y, decision.verdict.value, "on")
        yield _text(730, y, change(record, decision))


if __name__ == "__main__":
    PICTURE.write_text(drawing(), "utf-8")
