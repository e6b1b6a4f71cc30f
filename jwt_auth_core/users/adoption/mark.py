"""The mark that every row of ``users`` was looked at, in SQLite: while it holds, a start looks at none.

It holds while the guard on ``users`` stands as it did, so that whoever writes there meets it: nobody has
changed the schema since. What passes the guard by leaves users without accounts, or accounts without users.
"""

from __future__ import annotations

from typing import Final

from jwt_auth_core.database.guard import is_guarded
from jwt_auth_core.database.query import Database
from jwt_auth_core.records import dataclass

RULE: Final = 1
"""Goes up with every change of what ``users/email.py`` makes of an address: all rows are looked at then."""

_NOW: Final = """
    SELECT v.schema_version AS schema_version,
           (SELECT max(seq) FROM sqlite_sequence WHERE name = 'auth_unadopted') AS ticket
    FROM pragma_schema_version AS v
"""
_HOLDS: Final = """
    SELECT 1 FROM auth_adopted AS m JOIN pragma_schema_version AS v ON v.schema_version = m.schema_version
    WHERE m.rule = %s AND (SELECT count(*) FROM users) = (SELECT count(*) FROM auth_accounts)
"""
_SET: Final = """
    INSERT INTO auth_adopted (place, rule, schema_version) SELECT 1, %s, %s
    WHERE (SELECT max(seq) FROM sqlite_sequence WHERE name = 'auth_unadopted') IS %s
    ON CONFLICT (place) DO UPDATE SET rule = excluded.rule, schema_version = excluded.schema_version
"""
_DROP: Final = "DELETE FROM auth_adopted"


@dataclass(frozen=True, slots=True)
class Beginning:
    """How things stood before a look at all rows: the schema, and the last ticket of what was queued."""

    schema_version: int
    ticket: int | None


def beginning(db: Database) -> Beginning | None:
    """Return how things stand, for `mark` after a look at all rows; None where no mark can be made."""
    if db.dialect != "sqlite" or not is_guarded(db):
        return None
    return db.query(_NOW, fetch="one", into=Beginning)


def mark(db: Database, since: Beginning) -> None:
    """Note that every row is in step; not where something was queued meanwhile, which is not decided yet."""
    db.query(_SET, (RULE, since.schema_version, since.ticket))


def is_marked(db: Database) -> bool:
    """Tell whether all rows were in step at some time, and nothing has passed the guard by since."""
    return db.dialect == "sqlite" and is_guarded(db) and db.query(_HOLDS, (RULE,)) == 1


def unmark(db: Database) -> None:
    """Have the next start look at all rows: one of them is not in step, and may be later."""
    if db.dialect == "sqlite":
        db.query(_DROP)
