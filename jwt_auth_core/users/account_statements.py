"""The statements of ``sql.py`` that change an account: constants for both databases, all values bound."""

from __future__ import annotations

from typing import Final

DELETE: Final = "DELETE FROM users WHERE user_id = %s"
SET_SCOPES: Final = "UPDATE auth_accounts SET scopes = %s WHERE user_id = %s"
DISABLE: Final = """
    UPDATE auth_accounts
    SET disabled_at = COALESCE(disabled_at, %s), session_version = session_version + 1,
        sessions_valid_after = CASE WHEN sessions_valid_after > %s THEN sessions_valid_after ELSE %s END
    WHERE user_id = %s RETURNING session_version
"""
ENABLE: Final = """
    UPDATE auth_accounts
    SET disabled_at = NULL, session_version = session_version + 1,
        sessions_valid_after = CASE WHEN sessions_valid_after > disabled_at THEN sessions_valid_after
                                    ELSE disabled_at END
    WHERE user_id = %s AND disabled_at IS NOT NULL
"""
CUT_OFF: Final = """
    UPDATE auth_accounts
    SET session_version = session_version + 1,
        sessions_valid_after = CASE WHEN sessions_valid_after > %s THEN sessions_valid_after ELSE %s END
    WHERE user_id = %s RETURNING session_version
"""
# Of many at once that expect one version one acts.
CUT_OFF_IF: Final = """
    UPDATE auth_accounts
    SET session_version = session_version + 1,
        sessions_valid_after = CASE WHEN sessions_valid_after > %s THEN sessions_valid_after ELSE %s END
    WHERE user_id = %s AND session_version = %s RETURNING session_version
"""
CUT_OFF_TOKENS: Final = """
    UPDATE auth_accounts
    SET token_version = token_version + 1,
        tokens_valid_after = CASE WHEN tokens_valid_after > %s THEN tokens_valid_after ELSE %s END
    WHERE user_id = %s
"""
HAS_ACCOUNT: Final = "SELECT 1 AS found FROM auth_accounts WHERE user_id = %s"
END_SESSION: Final = """
    INSERT INTO auth_revoked_sessions (session_id, user_id, reason, revoked_at, expires_at)
    VALUES (%s, %s, %s, %s, %s) ON CONFLICT (session_id) DO NOTHING
"""
FORGET_ENDED: Final = """
    DELETE FROM auth_revoked_sessions WHERE session_id IN
    (SELECT session_id FROM auth_revoked_sessions WHERE expires_at <= %s ORDER BY expires_at LIMIT %s)
"""
