"""The users table that was there before us: what of it we cannot use, and the statement that helps.

Read from the catalogue, and from rows only where ids are text. A fault is *fatal* where neither a login
nor a migration could work; with the others logins do, and only a registration may fail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, LiteralString
from uuid import UUID

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.database.text_ids import into_uuids, odd_id
from jwt_auth_core.errors import QueryError
from jwt_auth_core.records import dataclass

HASH_LENGTH: Final = 100
"""How many characters the password hashes of every profile need."""

TEXTS: Final = ("email", "password_hash", "first_name", "last_name")
_COLUMNS: Final = ("user_id", *TEXTS, "created_at")
_OTHER_NAMES: Final = {
    "user_id": ("id", "uuid", "uid"),
    "password_hash": ("hashed_password", "password", "passwd", "pwd_hash"),
    "email": ("email_address", "mail"),
    "first_name": ("firstname", "given_name"),
    "last_name": ("lastname", "surname", "family_name"),
    "created_at": ("created", "created_on", "date_joined"),
}
_INTEGERS: Final = {"int2", "int4", "int8", "integer", "int", "bigint", "smallint"}
_TEXT_IDS: Final = {"text", "varchar", "bpchar"}
_VALUES: Final = {
    "uuid": "gen_random_uuid()",
    "text": "gen_random_uuid()::text",
    "varchar": "gen_random_uuid()::text",
    "bytea": "uuid_send(gen_random_uuid())",
}
_FEWEST: Final = 16
"""How many random digits tell rows apart."""
_DROP_NOT_NULL: Final = 'ALTER TABLE users ALTER COLUMN "{}" DROP NOT NULL'
RANDOM_ID: Final[Mapping[Dialect, str]] = {
    "postgres": "gen_random_uuid()",
    "sqlite": (
        "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || "
        "'-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))"
    ),
}
"""An expression for a new id, another one in each row (RFC 9562 version 4)."""
_NEW_ID: Final[Mapping[Dialect, str]] = {
    "postgres": f"ALTER TABLE users ADD COLUMN user_id UUID NOT NULL UNIQUE DEFAULT {RANDOM_ID['postgres']}",
    "sqlite": (
        f"ALTER TABLE users ADD COLUMN user_id TEXT; UPDATE users SET user_id = {RANDOM_ID['sqlite']}; "  # noqa: S608 - a sentence
        "CREATE UNIQUE INDEX users_user_id ON users (user_id)"
    ),
}
_ADD: Final = {
    "email": "ADD COLUMN email TEXT UNIQUE",
    "password_hash": "ADD COLUMN password_hash TEXT NOT NULL DEFAULT '!'",
    "first_name": "ADD COLUMN first_name TEXT NOT NULL DEFAULT ''",
    "last_name": "ADD COLUMN last_name TEXT NOT NULL DEFAULT ''",
    "created_at": "ADD COLUMN created_at TIMESTAMP",
}

_TIMES: Final = ("timestamp", "date")  # timestamptz, datetime

_HEX_IDS: Final = """
    SELECT 1 FROM pragma_table_info('users') WHERE lower(name) = 'user_id' AND lower(type) = 'char(32)'
"""
_READ: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
        SELECT c.relkind::text AS kind, a.attname::text AS name, t.typname::text AS type,
               t.typcategory::text AS category,
               CASE WHEN t.typname IN ('varchar', 'bpchar') AND greatest(a.atttypmod, d.typtypmod) > 4
                    THEN greatest(a.atttypmod, d.typtypmod) - 4 END AS width,
               (a.attnotnull OR d.typnotnull) AND NOT a.atthasdef AND d.typdefault IS NULL
                    AND a.attidentity = '' AS needed,
               a.attgenerated <> '' AS is_computed, c.relpersistence = 'u' AS is_unlogged,
               EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indimmediate
                       AND i.indpred IS NULL AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum) AS is_unique,
               EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary
                       AND a.attnum = ANY (i.indkey::int2[])) AS is_primary
        FROM pg_class c
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_type d ON d.oid = a.atttypid
        LEFT JOIN pg_type t ON t.oid = CASE WHEN d.typtype = 'd' THEN d.typbasetype ELSE d.oid END
        WHERE c.oid = to_regclass('users')
        ORDER BY a.attnum
    """,
    "sqlite": """
        SELECT m.type AS kind, lower(x.name) AS name, lower(x.type) AS type, '' AS category, NULL AS width,
               x."notnull" AND x.dflt_value IS NULL AND x.hidden = 0
                   AND NOT (x.pk = 1 AND lower(x.type) = 'integer') AS needed,
               x.hidden IN (2, 3) AS is_computed, 0 AS is_unlogged,
               (x.pk = 1 AND NOT EXISTS (SELECT 1 FROM pragma_table_xinfo(m.name) o WHERE o.pk = 2))
                   OR EXISTS (
                       SELECT 1 FROM pragma_index_list(m.name) l
                       WHERE l."unique" AND NOT l.partial
                       AND lower(x.name) =
                           (SELECT group_concat(lower(i.name)) FROM pragma_index_info(l.name) i)
                   ) AS is_unique,
               x.pk > 0 AS is_primary
        FROM sqlite_master m, pragma_table_xinfo(m.name) x
        WHERE lower(m.name) = 'users' AND m.type IN ('table', 'view')
        ORDER BY x.cid
    """,
}


_SET_LOGGED: Final = "ALTER TABLE users SET LOGGED"


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot be used, and what helps; ``is_fatal`` where nothing works until then."""

    what: str
    remedy: str
    is_fatal: bool = False

    def __str__(self) -> str:
        return f"{self.what}: {self.remedy}"


class UnfitTableError(QueryError):
    """Raised when the users table that is there cannot be used as it is; ``faults`` says what helps."""

    code = "unfit_table"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("the users table cannot be used as it is: " + "; ".join(map(str, self.faults)))


def faults(db: Database) -> list[Fault]:
    """Return what is wrong with the users table, fatal faults first; [] also when there is none yet."""
    rows = db.query(_READ[db.dialect], fetch="all")
    if rows and rows[0]["kind"] not in {"r", "p", "table"}:
        return [
            Fault("it is no table but a view", "rename it, so that `jwt-auth migrate` makes a table", True)
        ]
    if not rows:
        return []
    columns = {row["name"]: row for row in rows}
    found = [*_of_id(columns, db), *_absent(columns, db.dialect), *_of_texts(columns, db.dialect)]
    found += _computed(columns)
    if rows[0]["is_unlogged"]:
        found.append(Fault("it is UNLOGGED, so no table can refer to it", _SET_LOGGED, is_fatal=True))
    return sorted([*found, *_extra(columns, db.dialect)], key=lambda fault: not fault.is_fatal)


def refuse_unfit(db: Database) -> None:
    """Raise UnfitTableError where neither a login nor a migration could work."""
    fatal = [fault for fault in faults(db) if fault.is_fatal]
    if fatal:
        raise UnfitTableError(fatal)


def widths(db: Database) -> dict[str, int]:
    """Return how many characters the columns take that have a limit."""
    rows = db.query(_READ[db.dialect], fetch="all")
    return {row["name"]: row["width"] for row in rows if row["width"] is not None}


def has_hex_ids(db: Database) -> bool:
    """Tell whether ids are stored as 32 digits without hyphens, as SQLAlchemy does it in SQLite."""
    return db.dialect == "sqlite" and db.query(_HEX_IDS) == 1


def needs_time(db: Database) -> bool:
    """Tell whether a new row must say when it was made: a time that is NOT NULL without a default."""
    rows = db.query(_READ[db.dialect], fetch="all")
    return any(row["name"] == "created_at" and row["needed"] and _is_time(row) for row in rows)


def _is_time(column: Row) -> bool:
    return str(column["type"]).startswith(_TIMES)


def _of_id(columns: Mapping[str, Row], db: Database) -> Iterator[Fault]:
    dialect = db.dialect
    column = columns.get("user_id")
    if column is None:
        yield _without_id(columns, dialect)
        return
    kind = str(column["type"])
    what = f"user_id is {kind}, not a UUID"
    if kind in _INTEGERS or (dialect == "postgres" and kind not in {"uuid", *_TEXT_IDS}):
        yield Fault(what, _beside(columns, dialect), is_fatal=True)
    elif dialect == "postgres" and kind != "uuid":
        odd = odd_id(db)
        if odd is not None:
            yield Fault(f"{what}, and {odd!r} can become none", _beside(columns, dialect), is_fatal=True)
        else:
            yield Fault(what, into_uuids(db), is_fatal=True)
    if not column["is_unique"]:
        remedy = "CREATE UNIQUE INDEX users_user_id ON users (user_id)"
        yield Fault("user_id is neither primary key nor unique", remedy, is_fatal=True)


def _beside(columns: Mapping[str, Row], dialect: Dialect) -> str:
    """Return the statements that keep the ids of the table, under another name, beside new ones."""
    spare = "id" if "id" not in columns else "old_user_id"
    remedy = f"ALTER TABLE users RENAME COLUMN user_id TO {spare}; {_NEW_ID[dialect]}"
    column = columns["user_id"]
    filled = _filled(spare, column) if dialect == "postgres" and column["needed"] else None
    return f"{remedy}; {filled}" if filled else remedy


def _without_id(columns: Mapping[str, Row], dialect: Dialect) -> Fault:
    other = _other(columns, "user_id")
    if other is not None:
        rename = f"ALTER TABLE users RENAME COLUMN {other} TO user_id"
        return Fault(f"it has {other} where user_id is needed", rename, is_fatal=True)
    return Fault("it has no user_id", _NEW_ID[dialect], is_fatal=True)


def _absent(columns: Mapping[str, Row], dialect: Dialect) -> Iterator[Fault]:
    for name in _COLUMNS[1:]:
        if name in columns:
            continue
        other = _other(columns, name)
        change = f"RENAME COLUMN {other} TO {name}" if other else _ADD[name]
        remedy = f"ALTER TABLE users {change}"
        if name == "email" and dialect == "sqlite" and not other:
            remedy = (
                "ALTER TABLE users ADD COLUMN email TEXT; CREATE UNIQUE INDEX users_email ON users (email)"
            )
        yield Fault(f"it has no {name}", remedy, is_fatal=True)


def _of_texts(columns: Mapping[str, Row], dialect: Dialect) -> Iterator[Fault]:
    for name in TEXTS:
        column = columns.get(name)
        if column is None:
            continue
        change = f"ALTER TABLE users ALTER COLUMN {name} TYPE TEXT"
        if dialect == "postgres" and column["category"] != "S":
            yield Fault(f"{name} is {column['type']}, not text", change, is_fatal=True)
        width = column["width"]
        if name == "password_hash" and width is not None and width < HASH_LENGTH:
            what = f"password_hash takes {width} characters, our hashes have up to {HASH_LENGTH}"
            yield Fault(f"{what}, so nobody can register", change)


def _computed(columns: Mapping[str, Row]) -> Iterator[Fault]:
    for name in TEXTS:
        if name in columns and columns[name]["is_computed"]:
            remedy = f"ALTER TABLE users DROP COLUMN {name}; ALTER TABLE users {_ADD[name]}"
            yield Fault(f"{name} is computed from other columns, so nobody can register", remedy)


def _extra(columns: Mapping[str, Row], dialect: Dialect) -> Iterator[Fault]:
    renamed = {_other(columns, name) for name in _COLUMNS}
    for name, column in columns.items():
        is_ours = name in {"user_id", *TEXTS} or (name == "created_at" and _is_time(column))
        if is_ours or name in renamed or not column["needed"]:
            continue
        remedy = f"{_DROP_NOT_NULL.format(name)}, or SET DEFAULT a value of yours"
        if column["is_primary"]:
            remedy = f'ALTER TABLE users ALTER COLUMN "{name}" SET DEFAULT a value of yours'
        if dialect == "postgres" and column["is_unique"]:
            remedy = _filled(name, column) or remedy
        if dialect == "sqlite":
            remedy = "make the table anew with a DEFAULT for it (https://sqlite.org/lang_altertable.html)"
        yield Fault(f'the column "{name}" is NOT NULL without a default, so nobody can register', remedy)


def _other(columns: Mapping[str, Row], name: str) -> str | None:
    """Return under which other name the table has a column that it lacks."""
    if name in columns:
        return None
    fits = (other for other in _OTHER_NAMES[name] if other in columns)
    return next((other for other in fits if columns[other]["type"] not in _INTEGERS), None)


def _filled(name: str, column: Row) -> str | None:
    """Return the statement that gives each new row a value of its own in a column; None for odd types."""
    kind = column["type"]
    if kind in _INTEGERS:
        return _counted(name)
    value, width = _VALUES.get(kind), column["width"]
    if width is not None and width < len(str(UUID(int=0))):
        value = f"left(md5(gen_random_uuid()::text), {width})" if width >= _FEWEST else None
    return value and f'ALTER TABLE users ALTER COLUMN "{name}" SET DEFAULT {value}'


def _counted(name: str) -> str:
    """Return the statements that let PostgreSQL number new rows in a column."""
    numbered = f'ALTER TABLE users ALTER COLUMN "{name}" ADD GENERATED BY DEFAULT AS IDENTITY'
    largest = f'(SELECT coalesce(max("{name}"), 0) + 1 FROM users)'  # noqa: S608 - for an operator to read
    return f"{numbered}; SELECT setval(pg_get_serial_sequence('users', '{name}'), {largest})"
