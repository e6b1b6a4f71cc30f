"""One-time codes in Redis, Valkey, a cluster or behind sentinels: ``ticket:<digest>``, gone when redeemed.

The key is named after their first kind; the digest knows the purpose.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jwt_auth_core.database.redis import Client, Script
from jwt_auth_core.database.resp import Call
from jwt_auth_core.one_time.code import Redeemed
from jwt_auth_core.packaged import packaged_text

ACL_RULES: Final = "~ticket:* +evalsha +eval +set +getdel"
"""What the Redis user of the sessions may do besides, for one-time codes."""


class RedisCodes:
    """A `CodeStore` on a client made by ``database.redis.connect``; time is the server's."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._keep, self._redeem = map(_script, ("keep.lua", "redeem.lua"))

    def keep(self, digest: str, text: str, *, seconds: int) -> None:
        """See `CodeStore.keep`."""
        self._keep.run(self._client, [Call(_key(digest), (text, seconds))])

    def redeem(self, digests: Sequence[str]) -> list[Redeemed]:
        """See `CodeStore.redeem`."""
        replies = self._redeem.run(self._client, [Call(_key(digest), ()) for digest in digests])
        return [reply.decode() if isinstance(reply, bytes) else reply for reply in replies]


def _key(digest: str) -> str:
    return f"ticket:{digest}"


def _script(name: str) -> Script:
    return Script(packaged_text("jwt_auth_core.one_time", name))
