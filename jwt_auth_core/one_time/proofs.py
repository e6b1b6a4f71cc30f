"""Proofs in the database, on SQLite and PostgreSQL: the table ``auth_proofs``.

Not in Redis: what a letter brings must be good after a restart, and change with the account that it is about.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Final, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.one_time.code import Purpose
from jwt_auth_core.one_time.proof import CODE_ATTEMPTS, CODE_SECONDS, Attempt, Proof
from jwt_auth_core.vocabulary import Clock, Email, UserId

FORGET_EVERY: Final = 32
FORGOTTEN_AT_ONCE: Final = 1_000

_PUT: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        INSERT INTO auth_proofs (digest, purpose, user_id, letter_id, address, version, code_digest,
            attempts_left, about, expires_at, code_expires_at)
        SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s, t.now + %s, t.now + %s
        FROM (SELECT COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) AS now) AS t
        WHERE NOT EXISTS (SELECT 1 FROM auth_proofs
                          WHERE user_id = %s AND purpose = %s AND about = %s AND letter_id > %s)
    """,
    "postgres": """
        INSERT INTO auth_proofs (digest, purpose, user_id, letter_id, address, version, code_digest,
            attempts_left, about, expires_at, code_expires_at)
        SELECT %s, %s, %s, %s, %s, %s::bigint, %s, %s::integer, %s, t.now + %s, t.now + %s
        FROM (SELECT COALESCE(%s, EXTRACT(EPOCH FROM clock_timestamp())::bigint) AS now) AS t
        WHERE NOT EXISTS (SELECT 1 FROM auth_proofs
                          WHERE user_id = %s AND purpose = %s AND about = %s AND letter_id > %s)
    """,
}
_FIND: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        SELECT p.purpose, p.user_id, p.letter_id, p.address, p.version, p.about FROM auth_proofs p
        WHERE p.digest = %s AND p.expires_at > COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER))
          AND NOT EXISTS (SELECT 1 FROM auth_proofs o
                          WHERE o.user_id = p.user_id AND o.purpose = p.purpose AND o.about = p.about
                            AND o.letter_id > p.letter_id)
    """,
    "postgres": """
        SELECT p.purpose, p.user_id, p.letter_id, p.address, p.version, p.about FROM auth_proofs p
        WHERE p.digest = %s AND p.expires_at > COALESCE(%s, EXTRACT(EPOCH FROM clock_timestamp())::bigint)
          AND NOT EXISTS (SELECT 1 FROM auth_proofs o
                          WHERE o.user_id = p.user_id AND o.purpose = p.purpose AND o.about = p.about
                            AND o.letter_id > p.letter_id)
    """,
}
_SPEND: Final = "DELETE FROM auth_proofs WHERE digest = %s"
_VOID: Final = """
    DELETE FROM auth_proofs WHERE user_id = %s AND purpose = %s AND about = %s AND letter_id <= %s
"""
_VOID_EARLIER: Final = """
    DELETE FROM auth_proofs WHERE user_id = %s AND purpose = %s AND about = %s AND letter_id < %s
"""
# Of many at once each has a number of its own: the row is locked, and looked at again.
_ATTEMPT: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        UPDATE auth_proofs SET attempts_left = attempts_left - 1
        WHERE user_id = %s AND purpose = %s AND about = %s AND code_digest IS NOT NULL AND attempts_left > 0
          AND code_expires_at > COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER))
        RETURNING digest, code_digest, letter_id
    """,
    "postgres": """
        UPDATE auth_proofs SET attempts_left = attempts_left - 1
        WHERE user_id = %s AND purpose = %s AND about = %s AND code_digest IS NOT NULL AND attempts_left > 0
          AND code_expires_at > COALESCE(%s, EXTRACT(EPOCH FROM clock_timestamp())::bigint)
        RETURNING digest, code_digest, letter_id
    """,
}
# Something is written whoever is asked for, or the time that takes would tell who has a code.
_LOOK: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        INSERT INTO auth_proofs (digest, purpose, user_id, letter_id, address, version, attempts_left,
            expires_at, code_expires_at)
        SELECT %s, '', %s, '', '', 0, 0, t.now + %s, t.now
        FROM (SELECT COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) AS now) AS t WHERE TRUE
        ON CONFLICT (digest) DO UPDATE SET expires_at = excluded.expires_at
    """,
    "postgres": """
        INSERT INTO auth_proofs (digest, purpose, user_id, letter_id, address, version, attempts_left,
            expires_at, code_expires_at)
        SELECT %s, '', %s, '', '', 0, 0, t.now + %s, t.now
        FROM (SELECT COALESCE(%s, EXTRACT(EPOCH FROM clock_timestamp())::bigint) AS now) AS t
        ON CONFLICT (digest) DO UPDATE SET expires_at = excluded.expires_at
    """,
}
_FORGET: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        DELETE FROM auth_proofs WHERE digest IN (SELECT digest FROM auth_proofs
            WHERE expires_at <= COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) LIMIT %s)
    """,
    "postgres": """
        DELETE FROM auth_proofs WHERE digest IN (SELECT digest FROM auth_proofs
            WHERE expires_at <= COALESCE(%s, EXTRACT(EPOCH FROM clock_timestamp())::bigint)
            ORDER BY digest LIMIT %s FOR UPDATE SKIP LOCKED)
    """,
}


class SqlProofs:
    """A `ProofStore` in a database whose schema is there (``jwt-auth migrate``).

    Time is the database's unless a clock is given. Old proofs go, a bounded number at a time, when new ones
    come.
    """

    def __init__(self, database: Database, *, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock
        self._kept = itertools.count()

    def put(self, digest: str, proof: Proof, *, seconds: int, code_digest: str | None = None) -> bool:
        """See `ProofStore.put`."""
        if next(self._kept) % FORGET_EVERY == 0:
            self._database.query(_FORGET[self._database.dialect], (self._time(), FORGOTTEN_AT_ONCE))
        whose = (proof.user_id, proof.purpose, proof.about, proof.letter_id)
        kept = (digest, proof.purpose, proof.user_id, proof.letter_id, proof.address, proof.version)
        lives = (code_digest, CODE_ATTEMPTS, proof.about, seconds, min(seconds, CODE_SECONDS), self._time())
        with self._database.transaction():
            self._database.query(_VOID_EARLIER, whose)
            return self._database.query(_PUT[self._database.dialect], (*kept, *lives, *whose)) == 1

    def find(self, digest: str) -> Proof | None:
        """See `ProofStore.find`."""
        row = self._database.query(_FIND[self._database.dialect], (digest, self._time()), fetch="one")
        return None if row is None else _proof(row)

    def take(self, digest: str) -> Proof | None:
        """See `ProofStore.take`."""
        with self._database.transaction():
            proof = self.find(digest)
            if proof is None or not self._database.query(_SPEND, (digest,)):
                return None
            self._database.query(_VOID, (proof.user_id, proof.purpose, proof.about, proof.letter_id))
            return proof

    def attempt(self, purpose: Purpose, user_id: UserId, *, about: str = "") -> Sequence[Attempt]:
        """See `ProofStore.attempt`."""
        looked_at, dialect = f"look {purpose.name} {user_id}", self._database.dialect
        with self._database.transaction():
            self._database.query(_LOOK[dialect], (looked_at, user_id, CODE_SECONDS, self._time()))
            values = (user_id, purpose.name, about, self._time())
            rows = self._database.query(_ATTEMPT[dialect], values, fetch="all")
        latest = max((row["letter_id"] for row in rows), default="")
        return [Attempt(row["digest"], row["code_digest"]) for row in rows if row["letter_id"] == latest]

    def _time(self) -> int | None:
        return None if self._clock is None else self._clock()


def _proof(row: Row) -> Proof:
    user_id, address = UserId(row["user_id"]), Email(row["address"])
    return Proof(row["purpose"], user_id, row["letter_id"], address, row["version"], row["about"])
