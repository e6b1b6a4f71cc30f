"""The table of an examination, for people, and the same as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final

from jwt_auth_asgi.guard import OWN
from jwt_auth_asgi.identity.identity import AUTHENTICATED
from jwt_auth_asgi.testing.credentials import BAD, EXPIRED, SCOPELESS, WITHOUT
from jwt_auth_asgi.testing.examination import Finding, State

_KINDS: Final = (WITHOUT, BAD, EXPIRED, SCOPELESS)
_HEAD: Final = ("path", "method", "state", "guarded by", *_KINDS, "")


def table(findings: Iterable[Finding]) -> str:
    """Return the findings as a table; methods of one path about which the same is to be said share a line."""
    rows = [_row(list(group)) for _, group in groupby(findings, _alike)]
    widths = [max(len(row[place]) for row in [_HEAD, *rows]) for place in range(len(_HEAD) - 1)]
    return "\n".join(_line(row, widths) for row in [_HEAD, *rows])


def plain(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON has it."""
    return {
        "path": finding.route.path,
        "method": finding.route.method,
        "state": finding.state.value,
        "guards": [str(guard) for guard in finding.route.guards],
        "answers": {kind: answer.text for kind, answer in finding.answers.items()},
        "note": finding.note,
    }


def _alike(finding: Finding) -> tuple[object, ...]:
    answers = tuple(finding.answers[kind].text for kind in _KINDS if kind in finding.answers)
    return finding.route.path, finding.state, finding.route.guards, answers, finding.note


def _row(group: Sequence[Finding]) -> tuple[str, ...]:
    first = group[0]
    methods = ", ".join(finding.route.method for finding in group)
    guards = ", ".join(map(str, first.route.guards)) or "-"
    answers = (_answer(first, kind) for kind in _KINDS)
    return first.route.path, methods, first.state.value, guards, *answers, first.note


def _answer(finding: Finding, kind: str) -> str:
    if kind in finding.answers:
        return finding.answers[kind].text
    if kind == SCOPELESS and finding.state is State.GUARDED and OWN not in finding.route.guards:
        asked = {scope for guard in finding.route.guards for scope in guard.scopes}
        return "403" if asked - {AUTHENTICATED} else "passes"
    return "-"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
    return "  ".join([*cells, row[-1]]).rstrip()
