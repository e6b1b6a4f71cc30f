"""Actors: who calls on a subject's behalf (RFC 8693 section 4.1), as the claim ``act`` nests them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, cast

from jwt_auth_core.encoding import compact_json
from jwt_auth_core.tokens import claims as wire

MOST_ACTORS: Final = 8

_ACT: Final = f',"{wire.ACTOR}":'


def actors_of(extra: Mapping[str, object]) -> tuple[str, ...] | None:
    """Return who acts for the subject of a token, the latest first; None where nobody can tell."""
    found: list[str] = []
    act = extra.get(wire.ACTOR)
    while act is not None:
        members = cast("Mapping[str, object]", act) if isinstance(act, Mapping) else wire.NOTHING
        name = members.get(wire.SUBJECT)
        if not isinstance(name, str) or not name:
            return None
        found.append(name)
        act = members.get(wire.ACTOR)
    return tuple(found)


def actors_text(actors: Sequence[str]) -> str:
    """Return the member of a payload that says this, with a comma before it; empty for nobody.

    Raises:
        TypeError: one text instead of several, or what is no text.
        ValueError: more than eight, an empty name, or a lone surrogate.
    """
    if isinstance(actors, str):
        raise TypeError("actors is a sequence of texts, not one text")
    if len(actors) > MOST_ACTORS:
        msg = f"actors are at most {MOST_ACTORS}"
        raise ValueError(msg)
    nested: dict[str, object] = {}
    for name in reversed(actors):
        if type(name) is not str:
            raise TypeError("actors is a sequence of texts")
        if not name:
            raise ValueError("an actor has a name")
        nested = {wire.SUBJECT: name, **({wire.ACTOR: nested} if nested else {})}
    return _ACT + compact_json(nested).decode() if nested else ""
