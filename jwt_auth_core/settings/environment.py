"""The environment: which of its texts are ours, what each comes to, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jwt_auth_core.variables.dotenv import DATABASE_PARTS
from jwt_auth_core.variables.record import fields_of, names_in, value_of
from jwt_auth_core.variables.variable import Variable, not_utf8


def read_all(record: type, source: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the values of a record's fields that the source has, and what is wrong with the others."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for field, kind in fields_of(record).items():
        if not isinstance(kind, Variable):
            inner, more = read_all(kind, source)
            values[field] = kind(**inner)
            problems += more
        elif text := source.get(kind.name, ""):
            try:
                values[field] = value_of(kind, source)
            except (ValueError, KeyError):
                problems.append(f"{kind.name} {kind.check(text)}")
    return values, problems


def readable(ours: Mapping[str, Variable], source: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return our variables that are texts, and what is wrong with the others."""
    names = (*names_in(ours, source), *DATABASE_PARTS)
    given = {name: text for name in names if (text := source.get(name))}
    problems = {name: problem for name, text in given.items() if (problem := not_utf8(text))}
    texts = {name: text for name, text in given.items() if name not in problems}
    return texts, [f"{name} {problem}" for name, problem in problems.items()]


def not_named_in(problems: Sequence[str], more: Sequence[str]) -> list[str]:
    """Return those of *more* about variables that *problems* say nothing of."""
    named = {problem.split()[0] for problem in problems}
    return [problem for problem in more if problem.split()[0] not in named]
