"""What a PostgreSQL role may not do, and the GRANT that helps: the server's own refusal is not passed on.

Read from the catalogue, which every role may read.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final, Literal, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.sqlstate import DENIED, STORE
from jwt_auth_core.errors import AuthError, StoreUnavailableError

Work = Literal["migrate", "serve"]

_MIGRATE: Final = """
    SELECT quote_ident(current_user) AS role, 'CREATE' AS rights,
           'SCHEMA ' || quote_ident(current_schema()) AS target
    WHERE NOT has_schema_privilege(current_schema(), 'CREATE')
    UNION ALL
    SELECT quote_ident(current_user), string_agg(p, ', '), 'users'
    FROM unnest(ARRAY['SELECT', 'REFERENCES']) p
    WHERE NOT has_table_privilege(to_regclass('users'), p) HAVING count(*) > 0
"""
_SERVE: Final = """
    SELECT quote_ident(current_user) AS role, string_agg(p, ', ') AS rights, 'users' AS target
    FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) p
    WHERE NOT has_any_column_privilege(to_regclass('users'), p) HAVING count(*) > 0
    UNION ALL
    SELECT quote_ident(current_user), string_agg(p, ', '), quote_ident(t)
    FROM unnest(ARRAY['auth_accounts', 'auth_revoked_sessions', 'auth_sessions', 'auth_revocations',
                      'auth_assertions',
                      'auth_roles', 'auth_user_roles', 'auth_refusals', 'auth_clients',
                      'auth_verified_emails', 'auth_email_changes', 'auth_devices', 'auth_login_challenges',
                      'auth_totp', 'auth_recovery_codes', 'auth_erasures', 'auth_impersonations',
                      'auth_passkeys', 'auth_passkey_handles', 'auth_identities',
                      'auth_user_sessions', 'auth_tickets', 'auth_api_keys', 'auth_proofs', 'auth_unadopted',
                      'auth_rate_limits', 'auth_outbox']) t,
         unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p
    WHERE NOT has_table_privilege(to_regclass(t), p) GROUP BY t
    UNION ALL
    SELECT quote_ident(current_user), string_agg(p, ', '), t
    FROM unnest(ARRAY['auth_audit', 'auth_audit_seals', 'auth_audit_keys']) t,
         unnest(ARRAY['SELECT', 'INSERT', 'DELETE']) p
    WHERE NOT has_table_privilege(to_regclass(t), p) GROUP BY t
    UNION ALL
    SELECT quote_ident(current_user), 'UPDATE', 'auth_audit'
    WHERE NOT has_any_column_privilege(to_regclass('auth_audit'), 'UPDATE')
    UNION ALL
    SELECT quote_ident(current_user), 'DELETE', 'users'
    WHERE NOT has_table_privilege(to_regclass('users'), 'DELETE')
    UNION ALL
    SELECT quote_ident(current_user), 'EXECUTE', 'FUNCTION ' || oid::regprocedure FROM pg_proc
    WHERE oid = to_regproc('auth_take_limits') AND NOT has_function_privilege(oid, 'EXECUTE')
    UNION ALL
    SELECT quote_ident(current_user), 'SELECT', 'auth_migrations'
    WHERE NOT has_table_privilege(to_regclass('auth_migrations'), 'SELECT')
"""
_OWNERS: Final = """
    SELECT DISTINCT quote_ident(pg_get_userbyid(relowner)) AS owner FROM pg_class
    WHERE oid IN (to_regclass('auth_migrations'), to_regclass('auth_accounts'), to_regclass('auth_unadopted'))
      AND NOT pg_has_role(relowner, 'USAGE')
"""
_HIDDEN: Final = """
    SELECT quote_ident(current_user) AS role WHERE row_security_active(to_regclass('users'))
"""


def lacking(db: Database, work: Work) -> list[str]:
    """Return what this role lacks for its work, each with the statement that helps."""
    if db.dialect != "postgres":
        return []
    statement: LiteralString = _MIGRATE if work == "migrate" else _SERVE
    found = [
        f"role {row['role']} lacks {row['rights']} on {row['target']}: "
        f"GRANT {row['rights']} ON {row['target']} TO {row['role']}"
        for row in db.query(statement, fetch="all")
    ]
    if work == "migrate":
        found += [
            f"our tables are those of role {row['owner']}: run `jwt-auth migrate` as that role"
            for row in db.query(_OWNERS, fetch="all")
        ]
    return found + [
        f"row level security hides rows of users from role {row['role']}: CREATE POLICY jwt_auth ON users "
        f"TO {row['role']} USING (TRUE) WITH CHECK (TRUE)"
        for row in db.query(_HIDDEN, fetch="all")
    ]


@contextmanager
def named(db: Database, work: Work) -> Generator[None]:
    """Say of a permission that is denied within which it is.

    Raises:
        StoreUnavailableError: as the server's refusal, with what helps.
    """
    try:
        yield
    except StoreUnavailableError as error:
        raise explained(db, work, error) from error


def explained(db: Database, work: Work, error: AuthError) -> AuthError:
    """Return the error with what helps, where a permission was denied and the catalogue tells which."""
    if str(error) != f"{STORE} {DENIED}":
        return error
    found = lacking(db, work)
    if not found:
        return error
    return StoreUnavailableError(STORE, f"{DENIED}: {'; '.join(found)}", is_passing=False)
