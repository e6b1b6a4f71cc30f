"""The rows of ``auth_sessions`` and the records of sessions, each made of the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from jwt_auth_core.encoding import b64url_decode, b64url_encode, compact_json, strict_json
from jwt_auth_core.sessions.record import Record
from jwt_auth_core.sessions.session import Session
from jwt_auth_core.sessions.statements import CHANGEABLE, READ
from jwt_auth_core.sessions.use_limit import Counts
from jwt_auth_core.vocabulary import Client, SessionId, UserId

_CHANGEABLE: Final = CHANGEABLE.split(", ")
_READ: Final = READ.split(", ")


def by_id(rows: Sequence[Sequence[Any]]) -> tuple[dict[SessionId, Record], int]:
    """Return by their ids the records of rows of `READ`, and the time that ends each, in microseconds."""
    # Without a row nothing is compared with the time.
    at = max((int(row[-1]) for row in rows), default=0)
    return {row[0]: _record(row) for row in rows}, at


def as_read(row: Sequence[Any]) -> Sequence[Any]:
    """Return what of a row may change, as it stands there, in the order of `state`."""
    return row[1 : 1 + len(_CHANGEABLE)]


def record_of(row: Mapping[str, Any]) -> Record:
    """Return the record that a row holds, whatever the order of its columns."""
    return _record([*[row[name] for name in _READ], None])


def _record(row: Sequence[Any]) -> Record:
    # By place, not by name: a refresh reads one, and names take twice as long.
    session_id, current, generation, previous, confirmed_at, used_at, last_used_at, *others = row
    ended_reason, ended_at, counts, user_id, methods, address, user_agent, *others = others
    created_at, authenticated_at, ends_at, session_version, _ = others
    session = Session(
        SessionId(session_id),
        UserId(user_id),
        created_at,
        authenticated_at,
        last_used_at,
        ends_at,
        tuple(methods.split()),
        Client(address, user_agent),
        session_version,
    )
    return Record(
        session,
        b64url_decode(current),
        confirmed_at,
        generation,
        None if previous is None else b64url_decode(previous),
        used_at,
        ended_reason,
        ended_at,
        {} if counts is None else _counts(counts),
    )


def _counts(text: str) -> Counts:
    return cast("Counts", strict_json(text.encode()))


def state(record: Record) -> tuple[str | int | None, ...]:
    """Return what of a record may change: the values of ``_CHANGEABLE``."""
    return (
        b64url_encode(record.current),
        record.generation,
        None if record.previous is None else b64url_encode(record.previous),
        record.confirmed_at,
        record.used_at,
        record.session.last_used_at,
        record.ended_reason,
        record.ended_at,
        compact_json(record.counts).decode() if record.counts else None,
    )


def changeable(record: Record) -> dict[str, object]:
    """Return which record it is, and what of it may change, by the names of the columns."""
    return {"session_id": record.session.session_id, **dict(zip(_CHANGEABLE, state(record), strict=True))}
