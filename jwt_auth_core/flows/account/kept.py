"""Kept: what each table has of a user, for the export, and what is left out and why.

A table with a ``user_id`` that stands in neither list fails a test, and so does a column of an exported one.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, LiteralString

MOST_EVENTS: Final = 10_000
"""How many rows of the audit an export has: the newest."""

EXPORTED: Final[Mapping[str, LiteralString]] = MappingProxyType(
    {
        "users": "SELECT user_id, email, first_name, last_name, created_at FROM users WHERE user_id = %s",
        "auth_accounts": """
            SELECT email_canonical, scopes, disabled_at, sessions_valid_after, session_version,
                tokens_valid_after, token_version, password_failures, factor_kinds, deletion_at
            FROM auth_accounts WHERE user_id = %s
        """,
        "auth_verified_emails": "SELECT address FROM auth_verified_emails WHERE user_id = %s",
        "auth_email_changes": """
            SELECT old_email, new_email, asked_at, confirmed_at, undo_until
            FROM auth_email_changes WHERE user_id = %s ORDER BY asked_at
        """,
        "auth_user_roles": "SELECT role FROM auth_user_roles WHERE user_id = %s ORDER BY role",
        "auth_devices": """
            SELECT created_at, used_at, failures, second_factor_until
            FROM auth_devices WHERE user_id = %s ORDER BY created_at
        """,
        "auth_api_keys": """
            SELECT key_id, name, scopes, created_at, expires_at, last_used_at
            FROM auth_api_keys WHERE user_id = %s ORDER BY created_at, key_id
        """,
        "auth_passkeys": """
            SELECT passkey_id, name, sign_count, transports, aaguid, is_synced, is_backed_up,
                is_user_verified, created_at, last_used_at
            FROM auth_passkeys WHERE user_id = %s ORDER BY created_at, passkey_id
        """,
        "auth_identities": """
            SELECT identity_id, issuer, subject, email, name, linked_at, last_used_at
            FROM auth_identities WHERE user_id = %s ORDER BY linked_at, identity_id
        """,
        "auth_totp": """
            SELECT factor_id, name, created_at, confirmed_at, last_used_at
            FROM auth_totp WHERE user_id = %s ORDER BY created_at, factor_id
        """,
        "auth_recovery_codes": "SELECT count(*) AS codes_left FROM auth_recovery_codes WHERE user_id = %s",
        "auth_revoked_sessions": """
            SELECT session_id, reason, revoked_at, expires_at
            FROM auth_revoked_sessions WHERE user_id = %s ORDER BY revoked_at, session_id
        """,
        "auth_refusals": """
            SELECT rule, count, first_at, last_at, address
            FROM auth_refusals WHERE user_id = %s ORDER BY first_at
        """,
        "auth_audit": """
            SELECT event_id, at, name, outcome, session, address, user_agent, reason, facts
            FROM auth_audit WHERE user_id = %s ORDER BY id DESC LIMIT %s
        """,
    }
)
"""The tables, and what is read of each; the live sessions come from where they are kept."""

LEFT_OUT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "auth_sessions": "the live sessions are told by their store, which may be Redis",
        "auth_user_sessions": "an index of the same",
        "auth_revocations": "a feed of minutes, of what the revoked sessions and the account say",
        "auth_login_challenges": "a login under way: digests, void within minutes",
        "auth_proofs": "what open letters carry: digests, void within a day",
        "auth_passkey_handles": "random bytes that stand for the user in passkeys",
        "auth_impersonations": "who acts for the user at the moment, for minutes; the audit has it",
        "auth_erasures": "who was erased within the last day, and has nothing left to export",
        "auth_unadopted": "a queue of rows that wait to be looked at",
    }
)
"""The other tables that name a user, and why they are not exported."""

HIDDEN: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "users": frozenset({"password_hash"}),
        "auth_email_changes": frozenset({"letter_id", "old_canonical", "new_canonical", "version", "number"}),
        "auth_devices": frozenset({"token_digest", "second_factor_version"}),
        "auth_api_keys": frozenset({"digest"}),
        "auth_passkeys": frozenset({"credential_id", "public_key"}),
        "auth_totp": frozenset({"secret", "key_id", "last_step"}),
        "auth_recovery_codes": frozenset({"digest"}),
        "auth_refusals": frozenset({"key", "closes_at"}),
        "auth_audit": frozenset({"id", "key_id", "mac", "txid"}),
    }
)
"""The columns that are not: hashes, secrets and digests, seals, and what only counts here."""
