"""Why a session was ended: the words that tombstones, the database and audit records hold."""

from __future__ import annotations

from enum import StrEnum


class EndReason(StrEnum):
    """Each is stored as its text; a stored one is never renamed."""

    LOGOUT = "logout"
    LOGOUT_ALL = "logout_all"
    REVOKED = "revoked"
    REUSE = "reuse"
    REFUSED = "refused"
    EVICTED = "evicted"
    REPLACED = "replaced"
    NOT_GRANTED = "not_granted"
    PASSWORD_CHANGED = "password_changed"
    EMAIL_CHANGED = "email_changed"
    DISABLED = "disabled"
    DELETED = "deleted"
