"""Each session store with what a test needs around it: a clock, tokens, and a way to set it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.redis import connect
from jwt_auth_core.encoding import b64url_decode
from jwt_auth_core.sessions.memory import MemorySessions
from jwt_auth_core.sessions.record import Record
from jwt_auth_core.sessions.redis import RedisSessions
from jwt_auth_core.sessions.session import (
    NewSession,
    Rotation,
    Session,
    SessionStore,
    Verdict,
    new_session_id,
)
from jwt_auth_core.sessions.sql import SqlSessions
from jwt_auth_core.sessions.token import Minted, Presented, RefreshTokens
from jwt_auth_core.sessions.use_limit import UseLimit
from jwt_auth_core.steps import run
from jwt_auth_core.vocabulary import Client, SessionId, UserId

START = 1_800_000_000
IDLE = 1_000
MAX_AGE = 5_000
USER = UserId("0192f0c1-7d3e-4e9a-8c55-1d2b3c4d5e6f")
LIFETIMES = {"idle_seconds": IDLE, "max_age_seconds": MAX_AGE}
TOKENS = RefreshTokens([b"a secret that only the tests know."])


@dataclass
class HandClock:
    """A clock that only the test moves."""

    now: int = START

    def __call__(self) -> int:
        return self.now


@dataclass(frozen=True)
class Lineage:
    """What I6 compares: of a tombstone only the reason."""

    current: bytes = b""
    generation: int = 0
    previous: bytes | None = None
    confirmed_at: int = 0
    ends_at: int = 0
    ended: str | None = None


class Rig:
    """A store on a hand clock; the subclasses look inside."""

    store: SessionStore

    def __init__(self) -> None:
        self.clock = HandClock()

    def open(self, **facts: Any) -> Presented:
        """Open a session and return its first token as a store sees it."""
        first = self.new(**facts)
        self.store.open(first[0])
        return first[1]

    def new(self, **facts: Any) -> tuple[NewSession, Presented]:
        """Return a session to open and its first token."""
        return fresh(**facts)

    def rotate(self, *presented: Presented) -> list[Verdict]:
        """Rotate and return the verdicts."""
        return [rotation.verdict for rotation in self.store.rotate(presented)]

    def one(self, presented: Presented) -> Rotation:
        """Rotate one."""
        (rotation,) = self.store.rotate([presented])
        return rotation

    def save(self, session_id: SessionId) -> Any:
        """Return the state of a session, as a backup would hold it."""
        raise NotImplementedError

    def restore(self, session_id: SessionId, saved: Any) -> None:
        """Put a saved state back."""
        raise NotImplementedError

    def lineage(self, session_id: SessionId) -> Lineage | None:
        """Return what the store holds of the lineage, tombstones included."""
        raise NotImplementedError

    def forget_number(self, session_id: SessionId) -> None:
        """Make the record one of before sessions were numbered."""
        raise NotImplementedError

    def made(self, limit: UseLimit | None) -> SessionStore:
        """Return a store on the same ground, with a limit or none."""
        raise NotImplementedError

    def find(self, presented: Presented) -> Session | None:
        """Find the session of a token."""
        return self.store.find(presented.session_id)


class MemoryRig(Rig):
    """The store in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.store: MemorySessions = self.made(None)

    def made(self, limit: UseLimit | None) -> MemorySessions:
        """Return a store with the same records."""
        made = MemorySessions(**LIFETIMES, clock=self.clock, limit=limit)
        if limit is not None:
            made._records = self.store._records
        return made

    def save(self, session_id: SessionId) -> Any:
        """Records are frozen: the record itself is the backup."""
        return self.store._records.get(session_id)

    def restore(self, session_id: SessionId, saved: Any) -> None:
        """Put the record back."""
        self.store._records[session_id] = saved

    def forget_number(self, session_id: SessionId) -> None:
        """Replace the record."""
        record = self.store._records[session_id]
        session = replace(record.session, session_version=None)
        self.store._records[session_id] = replace(record, session=session)

    def lineage(self, session_id: SessionId) -> Lineage | None:
        """Read the record."""
        return lineage_of(self.store._records.get(session_id))


class SqlRig(Rig):
    """The store in a database."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database = database
        self.store: SqlSessions = self.made(None)

    def made(self, limit: UseLimit | None) -> SqlSessions:
        """Return a store in the database."""
        return SqlSessions(self.database, **LIFETIMES, clock=self.clock, limit=limit)

    def save(self, session_id: SessionId) -> Any:
        """Return the row."""
        sql = "SELECT * FROM auth_sessions WHERE session_id = %s"
        return self.database.query(sql, (session_id,), fetch="one")

    def restore(self, session_id: SessionId, saved: Any) -> None:
        """Put the row back."""
        self.database.query("DELETE FROM auth_sessions WHERE session_id = %s", (session_id,))
        names, places = ", ".join(saved.keys()), ", ".join(["%s"] * len(saved))
        sql = f"INSERT INTO auth_sessions ({names}) VALUES ({places})"  # noqa: S608 - its own names
        self.database.query(sql, tuple(saved.values()))  # type: ignore[call-overload]

    def lineage(self, session_id: SessionId) -> Lineage | None:
        """Read the row."""
        return lineage_of(self.store._read(session_id)[0])

    def forget_number(self, session_id: SessionId) -> None:
        """Change the row."""
        sql = "UPDATE auth_sessions SET session_version = NULL WHERE session_id = %s"
        self.database.query(sql, (session_id,))


class RedisRig(Rig):
    """The store in Redis, a cluster, or behind a sentinel."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.client: Any = connect(url)
        self.store: RedisSessions = self.made(None)

    def made(self, limit: UseLimit | None) -> RedisSessions:
        """Return a store on the client."""
        return RedisSessions(self.client, **LIFETIMES, clock=self.clock, limit=limit)

    def save(self, session_id: SessionId) -> Any:
        """Return the dump of the key and its remaining life."""
        key = key_of(session_id)
        return self.client.dump(key), self.client.pttl(key)

    def restore(self, session_id: SessionId, saved: Any) -> None:
        """Put the key back."""
        dump, milliseconds = saved
        self.client.restore(key_of(session_id), milliseconds, dump, replace=True)

    def forget_number(self, session_id: SessionId) -> None:
        """Remove the field."""
        self.client.hdel(key_of(session_id), "v")

    def lineage(self, session_id: SessionId) -> Lineage | None:
        """Read the hash."""
        found = self.client.hgetall(key_of(session_id))
        if not found:
            return None
        if b"rev" in found:
            return Lineage(ends_at=int(found[b"abs"]), ended=found[b"rev"].decode())
        return Lineage(
            b64url_decode(found[b"cur"]),
            int(found[b"gen"]),
            b64url_decode(found[b"prev"]) if b"prev" in found else None,
            int(found[b"confirmed"]),
            int(found[b"abs"]),
        )


class OnWires(RedisSessions):
    """The store as an event loop uses it: tokens are judged in steps."""

    def rotate(self, presented: Sequence[Presented]) -> list[Rotation]:
        """Go through the steps in this thread."""
        return run(self.rotating(presented)) if presented else []


class WiresRig(RedisRig):
    """The store in Redis, without the driver on the usual way."""

    def made(self, limit: UseLimit | None) -> OnWires:
        """Return a store that goes in steps."""
        return OnWires(self.client, **LIFETIMES, clock=self.clock, limit=limit)


def fresh(**facts: Any) -> tuple[NewSession, Presented]:
    """Return a session to open and its first token."""
    session_id = new_session_id()
    minted = TOKENS.first(session_id)
    client = Client("203.0.113.9", "Mozilla/5.0")
    return NewSession(session_id, USER, minted.digest, client, **facts), seen(minted)


def promoted(rig: Rig, **facts: Any) -> Presented:
    """Return the newest token of a session in mid-life, with every field of its record there."""
    new, first = fresh()
    rig.store.open(replace(new, **facts))
    second = child(first)
    rig.rotate(first, second)
    return second


def key_of(session_id: SessionId) -> str:
    """Return the documented key of a session."""
    return "refresh:{" + session_id + "}"


def seen(minted: Minted) -> Presented:
    """Return a token as it is presented."""
    return TOKENS.parse(minted.text.reveal())


def child(of: Presented) -> Presented:
    """Return a new child, as the client presents it later."""
    return seen(TOKENS.child(of))


def children(of: Presented, count: int) -> Sequence[Presented]:
    """Return several children of one token."""
    return [child(of) for _ in range(count)]


def lineage_of(record: Record | None) -> Lineage | None:
    """Return what is compared of a record."""
    if record is None:
        return None
    if record.ended_reason is not None:
        return Lineage(ends_at=record.session.ends_at, ended=record.ended_reason)
    facts = (record.current, record.generation, record.previous, record.confirmed_at)
    return Lineage(*facts, record.session.ends_at)
