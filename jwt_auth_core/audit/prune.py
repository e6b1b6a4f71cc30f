"""Pruning: old rows go, in whole seals, and a seal says which; nobody without the key can say so."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from typing import Final, LiteralString

from jwt_auth_core.audit.chain import Chain
from jwt_auth_core.audit.seal import Place, Seal, next_seal, read
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.keys.derived import DerivedKey
from jwt_auth_core.records import dataclass

_LEASE: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": "SELECT pg_advisory_xact_lock(hashtext('jwt-auth audit seals'))",
    "sqlite": "SELECT 1",  # its transactions begin as the one writer
}
_REMOVE: Final = "DELETE FROM auth_audit WHERE id >= %s AND id < %s"
_REMOVE_UNSEALED: Final = "DELETE FROM auth_audit WHERE at < %s AND key_id IS NULL"
_FORGET_KEYS: Final = """
    DELETE FROM auth_audit_keys WHERE key_id <> %s
    AND NOT EXISTS (SELECT 1 FROM auth_audit a WHERE a.key_id = auth_audit_keys.key_id)
    AND NOT EXISTS (SELECT 1 FROM auth_audit_seals s WHERE s.key_id = auth_audit_keys.key_id)
"""


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows went, and the last seal whose rows did; 0 where rows are not sealed."""

    rows: int
    through: int


def prune(database: Database, keys: Mapping[str, DerivedKey], *, before: int, now: int) -> Pruned:
    """Remove the rows under the seals that have none from ``before`` on, the oldest seals first.

    Without keys, the newest first, there are no seals: then rows without an HMAC go that are older. What
    somebody without a key wrote into the chain has no row removed, and goes with the seals around it.

    Raises:
        BrokenChainError: the last seal is under a key that is not ours.
    """
    with database.transaction():
        if not keys:
            return Pruned(database.query(_REMOVE_UNSEALED, (before,)), 0)
        database.query(_LEASE[database.dialect])
        chain = Chain(database)
        ends = chain.ends(keys)
        last = ends.good
        if last is None:
            return Pruned(0, 0)
        key = next(iter(keys.values()))
        upto = takewhile(lambda seal: _is_old(seal, keys, before), chain.seals())
        old = [seal for seal in upto if seal.seal(keys) == "good"]
        spans = [ids for seal in old if seal.number > last.pruned_through for ids in read(seal.ids)]
        if not spans:
            return Pruned(0, last.pruned_through)
        count = sum(database.query(_REMOVE, (ids.start, ids.stop)) for ids in spans)
        through = old[-1].number
        place = Place(cluster=last.cluster, horizon=last.horizon, above=last.above)
        chain.add(next_seal([], last, place, key, now=now, pruned_through=through, behind=ends.top))
        chain.forget(before=through)
        database.query(_FORGET_KEYS, (key.key_id,))
        return Pruned(count, through)


def _is_old(seal: Seal, keys: Mapping[str, DerivedKey], before: int) -> bool:
    verdict = seal.seal(keys)
    return verdict == "wrong" or (verdict == "good" and (seal.newest_at or 0) < before)
