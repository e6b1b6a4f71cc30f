"""A feed through Redis, Valkey, a cluster or behind sentinels: the stream ``revocations``.

Reading is one script, so that entries and their count are of one moment: a stream that was emptied,
restored or cut in between does not add up, and the reader is told. The ids of entries have a random part,
so that one of a new stream is never taken for one of the lost stream. A blocked XREAD only wakes the reader.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final

from jwt_auth_core.database.redis import Client, Script, translated
from jwt_auth_core.database.resp import Call
from jwt_auth_core.packaged import packaged_text
from jwt_auth_core.records import dataclass
from jwt_auth_core.revocations.feed import Batch, Position
from jwt_auth_core.revocations.revocation import CutOff, EndedSession, Recorded, Revocation
from jwt_auth_core.revocations.sql import SqlLedger

STREAM: Final = "revocations"
ACL_RULES: Final = "~revocations +evalsha +eval +exists +time +xadd +xinfo|stream +xrange +xread"
"""What the Redis user of the sessions may do besides, for the feed."""

PAGE: Final = 10_000
LONGEST_BLOCK_SECONDS: Final = 0.5
"""How long a reader that is to end goes on: nobody else can end a read that blocks. A shorter one would cost
the server as many more commands of every process."""
SHORTEST_BLOCK_SECONDS: Final = 0.01
_SESSION, _USER, _BEFORE, _VERSION, _TOKENS = b"session", b"user", b"before", b"version", b"tokens"


@dataclass(frozen=True, slots=True)
class _Place:
    """The id of the last entry that was read, and how many the stream had had with it."""

    entry: str
    count: int


class RedisFeed:
    """A `Feed` on two clients made by ``database.redis.connect``.

    ``client`` publishes; ``waiting`` is the reader's own, since a blocked read holds a connection.
    What is published goes to the ledger first, because a Redis may lose it. Entries are dropped
    ``keep_seconds`` after they were published. Needs Redis 7 or Valkey.
    """

    def __init__(self, client: Client, *, waiting: Client, ledger: SqlLedger, keep_seconds: int) -> None:
        self._client = client
        self._waiting = waiting
        self._ledger = ledger
        self._keep_seconds = keep_seconds
        self._publish, self._begin, self._read = map(_script, ("publish.lua", "begin.lua", "read.lua"))

    def publish(self, recorded: Recorded) -> None:
        """See `Feed.publish`."""
        self._ledger.keep(recorded)
        call = Call(STREAM, (self._keep_seconds, _random_part(), *_fields(recorded.revocation)))
        self._publish.run(self._client, [call])

    def begin(self) -> Position:
        """See `Feed.begin`."""
        ((count, entry),) = self._begin.run(self._waiting, [Call(STREAM, (_random_part(),))])
        return _Place(entry.decode(), count)

    def read(self, after: Position) -> Batch | None:
        """See `Feed.read`."""
        if not isinstance(after, _Place):
            return None
        (reply,) = self._read.run(self._waiting, [Call(STREAM, (after.entry, PAGE))])
        if reply is None:
            return None
        count, last, entries = reply
        place = _Place(entries[-1][0].decode() if entries else after.entry, after.count + len(entries))
        if not _adds_up(place, last=last.decode(), count=count, is_all=len(entries) < PAGE):
            return None
        return Batch(_revocations(entries), place)

    def wait(self, after: Position, ended: threading.Event) -> None:
        """See `Feed.wait`; what came, the next `read` finds out."""
        if not isinstance(after, _Place) or ended.is_set():
            return
        with translated(self._waiting):
            server = _server(self._waiting)
            server.xread({STREAM: after.entry}, count=1, block=int(_block_seconds(server) * 1000))


def _script(name: str) -> Script:
    return Script(packaged_text("jwt_auth_core.revocations", name))


def _random_part() -> int:
    """Return 48 random bits: the server counts on from them within a millisecond, up to 64 bits."""
    return int.from_bytes(os.urandom(6), "big")


def _adds_up(place: _Place, *, last: str, count: int, is_all: bool) -> bool:
    if is_all:
        return place.entry == last and place.count == count
    return place.count <= count


def _server(client: Any) -> Any:
    """Return the client of the one server that holds the stream."""
    if not hasattr(client, "get_node_from_key"):
        return client
    return client.get_redis_connection(client.get_node_from_key(STREAM))


def _block_seconds(server: Any) -> float:
    """Return how long one read may block so that it is not taken for a server that is silent."""
    timeout = server.connection_pool.connection_kwargs.get("socket_timeout")
    half = LONGEST_BLOCK_SECONDS if timeout is None else timeout / 2
    return max(SHORTEST_BLOCK_SECONDS, min(LONGEST_BLOCK_SECONDS, half))


def _fields(revocation: Revocation) -> tuple[str | int, ...]:
    if isinstance(revocation, CutOff):
        numbered = *_named("version", revocation.session_version), *_named("tokens", revocation.token_version)
        return "user", revocation.user_id, "before", revocation.before, *numbered
    return "session", revocation.session_id


def _named(name: str, number: int | None) -> tuple[str | int, ...]:
    return () if number is None else (name, number)


def _revocations(entries: Sequence[tuple[bytes, Sequence[bytes]]]) -> list[Revocation]:
    told = (_revocation(dict(zip(words[::2], words[1::2], strict=True))) for _, words in entries)
    return [revocation for revocation in told if revocation is not None]


def _revocation(fields: Mapping[bytes, bytes]) -> Revocation | None:
    """Return what an entry says; None for the mark of a beginning, and for what is not ours."""
    if _SESSION in fields:
        return EndedSession(fields[_SESSION].decode("utf-8", "replace"))
    before = _number(fields, _BEFORE)
    if _USER in fields and before is not None:
        user_id = fields[_USER].decode("utf-8", "replace")
        return CutOff(user_id, before, _number(fields, _VERSION), _number(fields, _TOKENS))
    return None


def _number(fields: Mapping[bytes, bytes], name: bytes) -> int | None:
    value = fields.get(name, b"")
    return int(value) if value.isdigit() else None
