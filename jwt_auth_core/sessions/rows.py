"""The rows of ``auth_sessions`` and the records of sessions, each made of the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from jwt_auth_core.encoding import b64url_decode, b64url_encode, compact_json, strict_json
from jwt_auth_core.sessions.record import Record
from jwt_auth_core.sessions.session import Session
from jwt_auth_core.sessions.use_limit import Counts
from jwt_auth_core.vocabulary import Client, SessionId, UserId

_CHANGEABLE: Final = (
    "current_digest",
    "generation",
    "previous_digest",
    "confirmed_at",
    "used_at",
    "last_used_at",
    "ended_reason",
    "ended_at",
    "counts",
)
"""The columns that a rotation may change, in the order of the statements that compare them."""


def by_id(rows: Sequence[Mapping[str, Any]]) -> tuple[dict[SessionId, Record], int]:
    """Return the records by their ids, and the time, in microseconds."""
    records = [record_of(row) for row in rows]
    # Without a row nothing is compared with the time.
    at = max((int(row["at"]) for row in rows), default=0)
    return {record.session.session_id: record for record in records}, at


def record_of(row: Mapping[str, Any]) -> Record:
    """Return the record that a row holds."""
    session = Session(
        SessionId(row["session_id"]),
        UserId(row["user_id"]),
        created_at=row["created_at"],
        authenticated_at=row["authenticated_at"],
        last_used_at=row["last_used_at"],
        ends_at=row["ends_at"],
        methods=tuple(row["methods"].split()),
        client=Client(row["address"], row["user_agent"]),
        session_version=row["session_version"],
    )
    previous = row["previous_digest"]
    return Record(
        session,
        b64url_decode(row["current_digest"]),
        confirmed_at=row["confirmed_at"],
        generation=row["generation"],
        previous=None if previous is None else b64url_decode(previous),
        used_at=row["used_at"],
        ended_reason=row["ended_reason"],
        ended_at=row["ended_at"],
        counts={} if (counts := row["counts"]) is None else _counts(counts),
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
