"""Settings: what can be configured, in one object; a capability's stand in a record of its own room."""

from jwt_auth_core.settings.settings import (
    CSRF_MODES,
    EMBEDDED_DATABASE,
    PASSWORD_POLICIES,
    PASSWORD_PROFILES,
    REGISTRATIONS,
    REVOCATION_CHECKS,
    REVOCATION_POLICIES,
    VERIFICATIONS,
    Settings,
    variables,
)

__all__ = [
    "CSRF_MODES",
    "EMBEDDED_DATABASE",
    "PASSWORD_POLICIES",
    "PASSWORD_PROFILES",
    "REGISTRATIONS",
    "REVOCATION_CHECKS",
    "REVOCATION_POLICIES",
    "VERIFICATIONS",
    "Settings",
    "variables",
]
