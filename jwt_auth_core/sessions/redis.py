"""Refresh sessions in Redis, Valkey, a cluster or behind sentinels: one hash a session.

What changes together: the field names here and in ``open.lua``, ``rotate.lua`` and ``end.lua``. No
key is made from anything but a checked session id, and no token is ever sent (RF-07, RF-09).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, cast

from jwt_auth_core.database.checks.redis import check
from jwt_auth_core.database.redis import Client, Reply, Script, translated, wires
from jwt_auth_core.database.resp import Call
from jwt_auth_core.encoding import b64url_encode, b64url_octets
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.packaged import packaged_text
from jwt_auth_core.sessions.record import GRACE_SECONDS, opened
from jwt_auth_core.sessions.session import (
    Accepted,
    Life,
    NewSession,
    Refused,
    Rotation,
    Session,
    Verdict,
    checked_lifetimes,
    checked_reason,
    new_session_id,
    parse_session_id,
)
from jwt_auth_core.sessions.token import DIGEST_BYTES, Presented
from jwt_auth_core.sessions.use_limit import Counted, UseLimit
from jwt_auth_core.steps import Steps, aside
from jwt_auth_core.vocabulary import Client as Origin
from jwt_auth_core.vocabulary import Clock, SessionId, UserId

ACL_RULES: Final = (
    "~refresh:* resetchannels -@all "
    "+evalsha +eval +exists +hgetall +hmget +hset +hdel +del +expire +time +ping +info "
    "+select +cluster|slots"
)
"""All that a Redis user of ours may do with sessions; ``docs/redis.md`` has the whole command."""

_AGENT_FIELDS: Final = ("agent", "agent2", "agent3", "agent4")
_VERDICTS: Final = {verdict.value: verdict for verdict in Verdict}
_OK, _RESYNC = Verdict.OK, Verdict.RESYNC  # looking a member up takes longer than comparing it
# A hash with a value over 64 bytes takes twice the memory (hash-max-listpack-value), and nearly every
# browser's user agent is longer: it is kept in pieces.
_PIECE: Final = 64


class RedisSessions:
    """A `SessionStore` on a client made by ``database.redis.connect``.

    Lifetimes are in seconds. Time is the server's unless a clock is given; tests give one. A ``limit``
    says how often a session's tokens may be presented.
    """

    def __init__(
        self,
        client: Client,
        *,
        idle_seconds: int,
        max_age_seconds: int,
        clock: Clock | None = None,
        limit: UseLimit | None = None,
    ) -> None:
        checked_lifetimes(idle_seconds=idle_seconds, max_age_seconds=max_age_seconds)
        self._client = client
        self._idle_seconds = idle_seconds
        self._max_age_seconds = max_age_seconds
        self._clock = clock
        self._rates: tuple[str | int, ...] = () if limit is None else limit.words()
        self._wires = wires(client)
        self._open, self._rotate, self._end = map(_script, ("open.lua", "rotate.lua", "end.lua"))
        self._find = _script("find.lua")

    def open(self, new: NewSession) -> Session:
        """See `SessionStore.open`."""
        metadata = _metadata(opened(new, now=0, max_age_seconds=0).session)
        words = (word for item in metadata.items() for word in item)
        lifetimes = (self._idle_seconds, self._max_age_seconds)
        digest = b64url_encode(new.digest)
        since = "" if new.authenticated_at is None else new.authenticated_at
        facts = (digest, new.user_id, *lifetimes, self._time(), new.session_version, since)
        call = Call(_key(new.session_id), (*facts, *words))
        (opened_at,) = self._open.run(self._client, [call])
        if opened_at is None:
            raise ValueError("the session id is in use")
        return opened(new, now=int(opened_at), max_age_seconds=self._max_age_seconds).session

    def rotate(self, presented: Sequence[Presented]) -> list[Rotation]:
        """See `SessionStore.rotate`; the sessions of a cluster's node that is down are UNAVAILABLE."""
        if not presented:
            return []
        replies = self._rotate.run(self._client, list(map(_turn, presented)), self._shared())
        return self._rotations(presented, replies)

    def rotating(self, presented: Sequence[Presented]) -> Steps[list[Rotation]]:
        """Do what `rotate` does in steps; a cluster's nodes are asked where it may block."""
        if self._wires is None or not presented:
            return (yield from aside(self.rotate)(presented))
        turns = list(map(_turn, presented))
        # What may have been counted is not counted again.
        words = self._shared(), self._shared(rates=())
        replies = yield from self._rotate.running(self._client, self._wires, turns, *words)
        return self._rotations(presented, replies)

    def end(self, session_id: SessionId, reason: str) -> None:
        """See `SessionStore.end`."""
        call = Call(_key(session_id), (checked_reason(reason), self._time()))
        self._end.run(self._client, [call])

    def forget(self, session_id: SessionId) -> None:
        """See `SessionStore.forget`."""
        key = _key(session_id)
        with translated(self._client):
            self._client.delete(key)

    def find(self, session_id: SessionId) -> Session | None:
        """See `SessionStore.find`."""
        key = _key(session_id)
        with translated(self._client):
            found = cast("dict[bytes, bytes]", self._client.hgetall(key))
        return self._living(session_id, found)

    def find_all(self, session_ids: Sequence[SessionId]) -> list[Session | None]:
        """See `SessionStore.find`; all in one round trip for each server."""
        replies = self._find.run(self._client, [Call(_key(one), ()) for one in session_ids])
        lost = next((reply for reply in replies if isinstance(reply, StoreUnavailableError)), None)
        if lost is not None:
            raise lost
        pairs = zip(session_ids, replies, strict=True)
        return [self._living(one, dict(zip(words[::2], words[1::2], strict=True))) for one, words in pairs]

    def check(self) -> None:
        """See `SessionStore.check`; warns on the logger ``jwt_auth.redis`` where Redis may drop data."""
        check(self._client)
        nothing = bytes(DIGEST_BYTES)
        nobody = new_session_id()
        self.rotate([Presented(nobody, 0, nothing, nothing)])
        self.find(nobody)

    def _shared(self, rates: tuple[str | int, ...] | None = None) -> tuple[int | str, ...]:
        return self._idle_seconds, GRACE_SECONDS, self._time(), *(self._rates if rates is None else rates)

    def _rotations(self, presented: Sequence[Presented], replies: Sequence[Reply]) -> list[Rotation]:
        names = self._rates[::3]
        pairs = zip(presented, replies, strict=True)
        return [_rotation(one.session_id, reply, names) for one, reply in pairs]

    def _living(self, session_id: SessionId, found: Mapping[bytes, bytes]) -> Session | None:
        record = {name.decode(): value.decode("utf-8", "replace") for name, value in found.items()}
        if not record or "rev" in record or self._is_over(record):
            return None
        return _session(session_id, record)

    def _time(self) -> str:
        return "" if self._clock is None else str(self._clock())

    def _is_over(self, record: Mapping[str, str]) -> bool:
        # With the server's own time the key itself is gone by then.
        if self._clock is None:
            return False
        ends = min(int(record["abs"]), int(record["last"]) + self._idle_seconds)
        return self._clock() >= ends


def _script(name: str) -> Script:
    return Script(packaged_text("jwt_auth_core.sessions", name))


def _key(session_id: SessionId) -> str:
    # The braces make the id alone decide the cluster's slot.
    return f"refresh:{{{parse_session_id(session_id)}}}"


def _metadata(session: Session) -> dict[str, str]:
    address, agent = session.client.address, session.client.user_agent or ""
    pieces = {name: agent[i * _PIECE : (i + 1) * _PIECE] for i, name in enumerate(_AGENT_FIELDS)}
    fields = {"methods": " ".join(session.methods), "addr": address or "", **pieces}
    return {name: value for name, value in fields.items() if value}


def _session(session_id: SessionId, record: Mapping[str, str]) -> Session:
    agent = "".join(record.get(name, "") for name in _AGENT_FIELDS)
    return Session(
        session_id,
        UserId(record["uid"]),
        created_at=int(record["created"]),
        authenticated_at=int(record["auth"]),
        last_used_at=int(record["last"]),
        ends_at=int(record["abs"]),
        methods=tuple(record["methods"].split()),
        client=Origin(record.get("addr"), agent or None),
        session_version=_version(record.get("v")),
    )


def _version(text: str | None) -> int | None:
    return int(text) if text else None


def _turn(one: Presented) -> Call:
    digest, parent = b64url_octets(one.digest), b64url_octets(one.parent)
    return Call(_key(one.session_id), (digest, parent, one.generation))


def _rotation(
    session_id: SessionId, reply: bytes | StoreUnavailableError, names: Sequence[str | int]
) -> Rotation:
    if isinstance(reply, StoreUnavailableError):
        return Refused(Verdict.UNAVAILABLE, session_id)
    word, *rest = reply.decode("utf-8", "replace").split("\t")
    verdict = _VERDICTS[word]
    if verdict is _OK or verdict is _RESYNC:
        user, authenticated_at, ends_at, version, methods = rest
        life = Life(int(authenticated_at), int(ends_at), _version(version), tuple(methods.split()))
        return Accepted(verdict, session_id, UserId(user), life)
    user_id = UserId(rest[0]) if rest else None
    if verdict is Verdict.LIMITED:
        return Refused(verdict, session_id, user_id, counted=_counted(names, rest[1:]))
    return Refused(verdict, session_id, user_id, rest[1] if len(rest) > 1 else None)


def _counted(names: Sequence[str | int], words: Sequence[str]) -> Counted:
    at, *counts = map(int, words)
    return Counted({str(name): count for name, count in zip(names, counts, strict=True) if count}, at)
