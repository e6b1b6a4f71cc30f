"""The guard: triggers on ``users`` that keep our own table in step with what others write there.

No column, row or index of ``users`` is touched. Where a role may make no trigger there is no guard, and
rows are adopted later (users/adoption/adoption.py). What changes together: the SQL here, migration 0008.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.statement import Dialect, Statement

_HAS: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
        SELECT 1 WHERE 2 = (
            SELECT count(*) FROM pg_trigger WHERE tgrelid = to_regclass('users')
            AND tgname IN ('auth_keep_account', 'auth_keep_account_id') AND tgenabled IN ('O', 'A'))
    """,
    "sqlite": """
        SELECT 1 WHERE 5 = (
            SELECT count(*) FROM sqlite_master WHERE type = 'trigger'
            AND lower(tbl_name) IN ('users', 'auth_accounts')
            AND name IN ('auth_keep_account_insert', 'auth_keep_account_update', 'auth_keep_account_delete',
                         'auth_keep_roles_update', 'auth_keep_roles_delete'))
    """,
}
_MAY: Final[Mapping[Dialect, LiteralString]] = {
    # The function is its owner's alone: whoever may call it could give accounts another identity.
    "postgres": """
        SELECT 1 FROM pg_class c WHERE oid = to_regclass('users') AND relkind IN ('r', 'p')
        AND has_table_privilege(oid, 'TRIGGER') AND has_function_privilege('auth_keep_account()', 'EXECUTE')
        AND 2 > (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = c.oid
                 AND t.tgname IN ('auth_keep_account', 'auth_keep_account_id'))
    """,
    "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'table' AND lower(name) = 'users'",
}

# Which addresses are decided at once, in both triggers alike: is_plain in migration 0008; the rest is queued.
_IS_PLAIN: Final = """
                typeof(NEW.user_id) = 'text' AND typeof(NEW.email) = 'text'
                AND length(trim(NEW.email)) <= 64 AND length(CAST(NEW.email AS BLOB)) = length(NEW.email)
                AND trim(NEW.email) NOT GLOB '*[^-A-Za-z0-9_+.@]*' AND trim(NEW.email) NOT GLOB '*@*@*'
                AND trim(NEW.email) GLOB '[-A-Za-z0-9_+]*@[A-Za-z0-9]*.*[A-Za-z]'
                AND trim(NEW.email) NOT GLOB '*@*[_+]*' AND trim(NEW.email) NOT GLOB '*..*'
                AND trim(NEW.email) NOT GLOB '*.@*' AND trim(NEW.email) NOT GLOB '*.-*'
                AND trim(NEW.email) NOT GLOB '*-.*'
"""
# Neither OR IGNORE nor ON CONFLICT: the writer's own INSERT OR REPLACE would override either.
_SQLITE: Final[Sequence[str]] = (
    """
    CREATE TRIGGER IF NOT EXISTS auth_keep_account_insert AFTER INSERT ON users BEGIN
        DELETE FROM auth_accounts WHERE email_canonical = lower(trim(NEW.email))
            AND NOT EXISTS (SELECT 1 FROM users u WHERE u.user_id = auth_accounts.user_id);
        INSERT INTO auth_accounts (user_id, email_canonical) SELECT NEW.user_id, lower(trim(NEW.email))
            WHERE """  # noqa: S608 - of constants
    + _IS_PLAIN
    + """ AND NOT EXISTS (SELECT 1 FROM auth_accounts a
                    WHERE a.user_id = NEW.user_id OR a.email_canonical = lower(trim(NEW.email)));
        INSERT INTO auth_unadopted (user_id) SELECT NEW.user_id
            WHERE typeof(NEW.user_id) = 'text' AND NOT EXISTS (
                SELECT 1 FROM auth_accounts
                WHERE user_id = NEW.user_id AND email_canonical = lower(trim(NEW.email)));
    END
    """,
    # The account goes with an id that changes, so that nobody who is disabled gets a new one. Of a row that
    # UPDATE OR REPLACE took away, the one in its place has the identity.
    """
    CREATE TRIGGER IF NOT EXISTS auth_keep_account_update AFTER UPDATE OF user_id, email ON users
    WHEN NEW.email IS NOT OLD.email OR NEW.user_id IS NOT OLD.user_id BEGIN
        DELETE FROM auth_accounts WHERE user_id = NEW.user_id AND NEW.user_id IS NOT OLD.user_id
            AND EXISTS (SELECT 1 FROM auth_accounts a WHERE a.user_id = OLD.user_id);
        UPDATE auth_accounts SET user_id = NEW.user_id WHERE user_id = OLD.user_id
            AND NEW.user_id IS NOT OLD.user_id AND typeof(NEW.user_id) = 'text';
        DELETE FROM auth_accounts WHERE email_canonical = lower(trim(NEW.email))
            AND NOT EXISTS (SELECT 1 FROM users u WHERE u.user_id = auth_accounts.user_id);
        UPDATE auth_accounts SET email_canonical = lower(trim(NEW.email))
            WHERE user_id = NEW.user_id
                AND """  # noqa: S608 - of constants
    + _IS_PLAIN
    + """ AND NOT EXISTS (
                    SELECT 1 FROM auth_accounts a WHERE a.email_canonical = lower(trim(NEW.email)));
        INSERT INTO auth_unadopted (user_id) SELECT NEW.user_id WHERE typeof(NEW.user_id) = 'text';
    END
    """,
    # SQLite follows our foreign key only where the writer's connection has switched that on.
    """
    CREATE TRIGGER IF NOT EXISTS auth_keep_account_delete AFTER DELETE ON users BEGIN
        DELETE FROM auth_accounts WHERE user_id = OLD.user_id;
    END
    """,
    # The roles go with the account, for the same reason.
    """
    CREATE TRIGGER IF NOT EXISTS auth_keep_roles_update AFTER UPDATE OF user_id ON auth_accounts
    WHEN NEW.user_id IS NOT OLD.user_id BEGIN
        DELETE FROM auth_user_roles WHERE user_id = NEW.user_id;
        UPDATE auth_user_roles SET user_id = NEW.user_id WHERE user_id = OLD.user_id;
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS auth_keep_roles_delete AFTER DELETE ON auth_accounts BEGIN
        DELETE FROM auth_user_roles WHERE user_id = OLD.user_id;
    END
    """,
)
# Two, because one that is there can be changed by the owner of the table alone.
_POSTGRES: Final[Sequence[str]] = (
    """
    DO $block$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM pg_trigger
                       WHERE tgrelid = to_regclass('users') AND tgname = 'auth_keep_account') THEN
            CREATE TRIGGER auth_keep_account AFTER INSERT OR UPDATE OF email ON users
                FOR EACH ROW EXECUTE FUNCTION auth_keep_account();
        END IF;
        IF NOT EXISTS (SELECT 1 FROM pg_trigger
                       WHERE tgrelid = to_regclass('users') AND tgname = 'auth_keep_account_id') THEN
            CREATE TRIGGER auth_keep_account_id AFTER UPDATE OF user_id ON users
                FOR EACH ROW EXECUTE FUNCTION auth_keep_account();
        END IF;
    END
    $block$
    """,
)
_MAKE: Final[Mapping[Dialect, Sequence[str]]] = {"postgres": _POSTGRES, "sqlite": _SQLITE}


def is_guarded(db: Database) -> bool:
    """Tell whether what others write to ``users`` meets our unique index at once."""
    return db.query(_HAS[db.dialect]) == 1


def may_guard(db: Database) -> bool:
    """Tell whether this role may put the triggers there."""
    return db.query(_MAY[db.dialect]) == 1


def guard(db: Database) -> None:
    """Put the triggers on ``users``; inside the transaction of a migration."""
    for text in _MAKE[db.dialect]:
        db.run(Statement(text, 0))
