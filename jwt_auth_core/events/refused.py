"""A refusal by a limit, before an event is made of all in its window."""

from __future__ import annotations

from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Client, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """On whose behalf something is counted, as far as is known."""

    client: Client | None = None
    user_id: UserId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A rule of so many ``seconds`` has refused a key, which is a digest."""

    rule: str
    key: str
    seconds: int
    whose: Whose
