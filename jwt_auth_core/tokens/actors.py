"""Actors: who calls on a subject's behalf (RFC 8693 section 4.1), as the claim ``act`` nests them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, cast

from jwt_auth_core.encoding import compact_json
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens import claims as wire

MOST_ACTORS: Final = 8

_ACT: Final = f',"{wire.ACTOR}":'


@dataclass(frozen=True, slots=True)
class Actor:
    """Who calls on a subject's behalf, and the session with which that ends, where there is one.

    Of a service client that is its mark (`ServiceClient.mark`), the ``sid`` of its own tokens.
    """

    name: str
    session_id: str | None = None


def actors_of(extra: Mapping[str, object]) -> tuple[str, ...] | None:
    """Return who acts for the subject of a token, the latest first; None where nobody can tell."""
    chain = chain_of(extra)
    return None if chain is None else tuple(actor.name for actor in chain)


def chain_of(extra: Mapping[str, object]) -> tuple[Actor, ...] | None:
    """Return the same with their sessions."""
    found: list[Actor] = []
    act = extra.get(wire.ACTOR)
    while act is not None:
        members = cast("Mapping[str, object]", act) if isinstance(act, Mapping) else wire.NOTHING
        name, session_id = members.get(wire.SUBJECT), members.get(wire.SESSION_ID)
        if not isinstance(name, str) or not name:
            return None
        found.append(Actor(name, session_id if isinstance(session_id, str) else None))
        act = members.get(wire.ACTOR)
    return tuple(found)


def acting_in(extra: Mapping[str, object]) -> tuple[str, ...]:
    """Return the sessions of all who act for the subject of a token."""
    if wire.ACTOR not in extra:
        return ()
    return tuple(one.session_id for one in chain_of(extra) or () if one.session_id)


def actors_text(actors: Sequence[str | Actor]) -> str:
    """Return the member of a payload that says this, with a comma before it; empty for nobody.

    Raises:
        TypeError: one text instead of several, or what is neither a text nor an `Actor`.
        ValueError: more than eight, an empty name or session, or a lone surrogate.
    """
    if isinstance(actors, str):
        raise TypeError("actors is a sequence of texts, not one text")
    if len(actors) > MOST_ACTORS:
        msg = f"actors are at most {MOST_ACTORS}"
        raise ValueError(msg)
    nested: dict[str, object] = {}
    for one in reversed(actors):
        nested = {**_members(one), **({wire.ACTOR: nested} if nested else {})}
    return _ACT + compact_json(nested).decode() if nested else ""


def _members(one: str | Actor) -> dict[str, object]:
    name, session_id = (one.name, one.session_id) if isinstance(one, Actor) else (one, None)
    if type(name) is not str or type(session_id) not in {str, type(None)}:
        raise TypeError("actors is a sequence of texts")
    if not name or session_id == "":
        raise ValueError("an actor has a name")
    return {wire.SUBJECT: name, **({} if session_id is None else {wire.SESSION_ID: session_id})}
