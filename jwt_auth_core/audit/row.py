"""A row of the audit trail: what it says, how that is written out for its HMAC, and who could have.

What strangers wrote is escaped and cut (LOG-2). The text under the HMAC has every column but the
place, which the database gives; it is JSON, so that no two rows have the same one.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any, Final, Literal

from jwt_auth_core.encoding import same
from jwt_auth_core.events import Event
from jwt_auth_core.keys.derived import DerivedKey
from jwt_auth_core.records import dataclass

PURPOSE: Final = "audit rows 1"
LONGEST: Final = 256
"""How many characters of a client's address and user agent are kept."""

_COMMON: Final = frozenset(field.name for field in fields(Event))
_RANDOM_BYTES: Final = 11

Seal = Literal["good", "none", "wrong", "unknown key"]
"""Whether a row is what somebody with the key wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the table ``auth_audit`` has; ``id`` is the place that the database gave it, 0 before that.

    ``facts`` is what an event has beyond the common fields, as JSON. ``key_id`` and ``mac`` are None
    where no ``ENCRYPTION_KEYS`` were set.
    """

    id: int = 0
    event_id: str
    at: int
    name: str
    outcome: str
    user_id: str | None
    session: str | None
    address: str | None
    user_agent: str | None
    reason: str | None
    facts: str | None
    key_id: str | None = None
    mac: str | None = None

    def values(self) -> tuple[object, ...]:
        """Return what is bound to an insert: all but the id."""
        return (*self._content(), self.key_id, self.mac)

    def text(self) -> bytes:
        """Return what the HMAC is over."""
        return json.dumps(["row", *self._content(), self.key_id], default=repr).encode()

    def fingerprint(self) -> bytes:
        """Return the digest that a seal has of the row: of its place, its content and its HMAC."""
        return hashlib.sha256(json.dumps([self.id, self.mac], default=repr).encode() + self.text()).digest()

    def seal(self, keys: Mapping[str, DerivedKey]) -> Seal:
        """Tell whether it is as it was written."""
        if self.mac is None and self.key_id is None:
            return "none"
        key = keys.get(str(self.key_id))
        if key is None:
            return "unknown key"
        return "good" if same(_mac(key, self), str(self.mac).encode("utf-8", "replace")) else "wrong"

    def shown(self) -> dict[str, Any]:
        """Return it as an operator is shown it."""
        return asdict(self)

    def _content(self) -> Sequence[object]:
        return (
            self.event_id,
            self.at,
            self.name,
            self.outcome,
            self.user_id,
            self.session,
            self.address,
            self.user_agent,
            self.reason,
            self.facts,
        )


def row_of(event: Event, key: DerivedKey | None) -> Row:
    """Return a new row that tells of an event."""
    client = event.client
    own = {f.name: getattr(event, f.name) for f in fields(event) if f.name not in _COMMON}
    if event.actor is not None:  # a fact, and no column: so it is under the HMAC of every version
        own["actor"] = event.actor
    row = Row(
        event_id=f"{event.at:010x}{secrets.token_hex(_RANDOM_BYTES)}",
        at=event.at,
        name=str(event.name),
        outcome=event.outcome,
        user_id=event.user_id,
        session=event.session,
        address=escaped(client.address if client else None),
        user_agent=escaped(client.user_agent if client else None),
        reason=None if event.reason is None else str(event.reason),
        facts=json.dumps(own, separators=(",", ":"), allow_nan=False) if own else None,
        key_id=None if key is None else key.key_id,
    )
    return row if key is None else replace(row, mac=_mac(key, row).decode())


def pseudonymous(row: Row, user_id: str, pseudonym: str, keys: Mapping[str, DerivedKey]) -> Row:
    """Return the row without the person: a pseudonym in the place of the user, and not from where it came.

    Also one of another user, on whom this one has acted.

    One that is as it was written gets another HMAC, under the same key; of any other one stays what it has.
    """
    whose = pseudonym if row.user_id == user_id else row.user_id
    facts = None if row.facts is None else row.facts.replace(user_id, pseudonym)
    other = replace(row, user_id=whose, facts=facts, address=None, user_agent=None)
    key = keys.get(str(row.key_id))
    if key is None or row.seal(keys) != "good":
        return other
    return replace(other, mac=_mac(key, other).decode())


def escaped(text: str | None) -> str | None:
    """Return what a stranger wrote as printable ASCII, cut where it is long (LOG-2)."""
    return None if text is None else text[:LONGEST].encode("unicode_escape").decode()


def _mac(key: DerivedKey, row: Row) -> bytes:
    return key.mac.digest(row.text()).hex().encode()
