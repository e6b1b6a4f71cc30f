"""The statements of ``sql.py`` that look users up, with their roles: constants, all values bound.

How a list becomes rows, and rows one text, is not the same in the two databases. Nothing beside these
statements is asked for the roles of a user: what a login or a refresh reads has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, LiteralString

from jwt_auth_core.database.statement import Dialect

_FACTS: Final = """
    SELECT u.user_id, u.email, u.first_name, u.last_name, u.password_hash,
           a.scopes, a.disabled_at, a.sessions_valid_after, a.session_version,
           a.tokens_valid_after, a.token_version, a.password_failures, a.factor_kinds, a.deletion_at,
"""
# Each with its scopes behind it; no name and no scope has a quotation mark.
_ROLES: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
        (SELECT string_agg(r.name || ' ' || r.scopes, '"') FROM auth_user_roles g
         JOIN auth_roles r ON r.name = g.role WHERE g.user_id = a.user_id) AS roles
    """,
    "sqlite": """
        (SELECT group_concat(r.name || ' ' || r.scopes, '"') FROM auth_user_roles g
         JOIN auth_roles r ON r.name = g.role WHERE g.user_id = a.user_id) AS roles
    """,
}
_OF_ID: Final = """
    FROM users u LEFT JOIN auth_accounts a ON a.user_id = u.user_id
    WHERE u.user_id = %s
"""
# The second half finds rows that nobody adopted yet, unless the identity is an account's.
_OF_EMAIL: Final = """
           , a.email_canonical AS identity
    FROM auth_accounts a JOIN users u ON u.user_id = a.user_id
    WHERE a.email_canonical = %s
    UNION ALL
    SELECT u.user_id, u.email, u.first_name, u.last_name, u.password_hash,
           NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, u.email AS identity
    FROM users u
    WHERE u.email = %s AND u.user_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM auth_accounts a WHERE a.user_id = u.user_id)
      AND NOT EXISTS (SELECT 1 FROM auth_accounts a WHERE a.email_canonical = %s)
"""
_OF_PAIRS: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
               , r.session_id AS ended
        FROM unnest(string_to_array(%s, ',', '')::uuid[], string_to_array(%s, ',')) WITH ORDINALITY
             AS p (user_id, session_id, place)
        LEFT JOIN users u ON u.user_id = p.user_id
        LEFT JOIN auth_accounts a ON a.user_id = u.user_id
        LEFT JOIN auth_revoked_sessions r ON r.session_id = p.session_id
        ORDER BY p.place
    """,
    "sqlite": """
               , r.session_id AS ended
        FROM json_each(%s) p JOIN json_each(%s) q ON q.key = p.key
        LEFT JOIN users u ON u.user_id = p.value
        LEFT JOIN auth_accounts a ON a.user_id = u.user_id
        LEFT JOIN auth_revoked_sessions r ON r.session_id = q.value
        ORDER BY p.key
    """,
}

FIND: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": _FACTS + _ROLES["postgres"] + _OF_ID,
    "sqlite": _FACTS + _ROLES["sqlite"] + _OF_ID,
}
FIND_BY_EMAIL: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": _FACTS + _ROLES["postgres"] + _OF_EMAIL,
    "sqlite": _FACTS + _ROLES["sqlite"] + _OF_EMAIL,
}
READ: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": _FACTS + _ROLES["postgres"] + _OF_PAIRS["postgres"],
    "sqlite": _FACTS + _ROLES["sqlite"] + _OF_PAIRS["sqlite"],
}
