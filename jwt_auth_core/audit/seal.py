"""A seal: what the chain says of some rows. Pure: rows and the last seal in, the next one out.

Each names its rows by their ids (``12-40,43``), has a print of six octets of every one, so that it can
be told which was changed, and a digest of all; each has the HMAC of the one before under its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Final

from jwt_auth_core.audit.row import Row
from jwt_auth_core.audit.row import Seal as Verdict
from jwt_auth_core.encoding import b64url_encode, same
from jwt_auth_core.keys.derived import DerivedKey
from jwt_auth_core.records import dataclass

PURPOSE: Final = "audit seals 1"
PRINT_BYTES: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A row of the table ``auth_audit_seals``.

    Attributes:
        number: its place in the chain, from 1.
        at: when it was made.
        count, first_id, last_id, newest_at: how many rows, from where to where, and of when the newest is.
        ids, prints, digest: which rows, and what they were.
        pruned_through: the rows of the seals up to this number were pruned; 0 for none.
        cluster, horizon, above: where the sealer goes on; see `sealer`.
        previous: the HMAC of the seal before.
        key_id, mac: its own HMAC.
    """

    number: int
    at: int
    count: int
    first_id: int | None
    last_id: int | None
    newest_at: int | None
    ids: str
    prints: str
    digest: str
    pruned_through: int
    cluster: str
    horizon: int
    above: int
    previous: str
    key_id: str
    mac: str

    def values(self) -> tuple[object, ...]:
        """Return what is bound to an insert."""
        return tuple(asdict(self).values())

    def seal(self, keys: Mapping[str, DerivedKey]) -> Verdict:
        """Tell whether it is as it was made."""
        key = keys.get(str(self.key_id))
        if key is None:
            return "unknown key"
        return "good" if same(_mac(key, self).encode(), str(self.mac).encode("utf-8", "replace")) else "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the sealer goes on after a seal."""

    cluster: str = ""
    horizon: int = 0
    above: int = 0


def next_seal(  # noqa: PLR0913 - a seal is made of that many things
    rows: Sequence[Row],
    last: Seal | None,
    place: Place,
    key: DerivedKey,
    *,
    now: int,
    pruned_through: int = 0,
    behind: Seal | None = None,
) -> Seal:
    """Return the seal over rows that stand in the order of their ids.

    What ``last`` says is taken over. It stands ``behind`` that one, or another that was put there since.
    """
    top = behind or last
    sums = [row.fingerprint() for row in rows]
    unsigned = Seal(
        number=top.number + 1 if top else 1,
        at=now,
        count=len(rows),
        first_id=rows[0].id if rows else None,
        last_id=rows[-1].id if rows else None,
        newest_at=max(row.at for row in rows) if rows else None,
        ids=written([row.id for row in rows]),
        prints=b64url_encode(b"".join(one[:PRINT_BYTES] for one in sums)),
        digest=hashlib.sha256(b"".join(sums)).hexdigest(),
        pruned_through=pruned_through or (last.pruned_through if last else 0),
        cluster=place.cluster,
        horizon=place.horizon,
        above=place.above,
        previous=str(top.mac) if top else "",
        key_id=key.key_id,
        mac="",
    )
    return replace(unsigned, mac=_mac(key, unsigned))


def written(ids: Iterable[int]) -> str:
    """Return ascending numbers as ranges: ``12-40,43``."""
    ranges: list[list[int]] = []
    for one in ids:
        if ranges and ranges[-1][1] == one - 1:
            ranges[-1][1] = one
        else:
            ranges.append([one, one])
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in ranges)


def read(ranges: str) -> list[range]:
    """Return what `written` wrote.

    Raises:
        ValueError: it did not write that.
    """
    pairs = [part.partition("-") for part in ranges.split(",") if part]
    return [range(int(first), int(last or first) + 1) for first, _, last in pairs]


def _mac(key: DerivedKey, seal: Seal) -> str:
    content = {**asdict(seal), "mac": ""}
    return key.mac.digest(json.dumps(["seal", *content.values()], default=repr).encode()).hex()
