"""Where every route is, and whether it reads the access token: plain data.

No framework is imported here, so that the middleware knows which paths it leaves alone.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from jwt_auth_core.records import dataclass

_PROVIDER: Final = "{provider}"

PREFIX: Final = "/auth"
"""Where the auth app is mounted, unless the application mounts it elsewhere."""


@dataclass(frozen=True, slots=True)
class RoutePath:
    """A path below the mount point, and its method.

    Without ``reads_token`` a route takes credentials of its own, or none: an expired access token that
    comes along is no reason to refuse the request.
    """

    path: str
    method: str
    reads_token: bool = True


REGISTER: Final = RoutePath("/register", "POST", reads_token=False)
LOGIN: Final = RoutePath("/login", "POST", reads_token=False)
SECOND_FACTOR: Final = RoutePath("/login/second-factor", "POST", reads_token=False)
REFRESH: Final = RoutePath("/refresh", "POST", reads_token=False)
LOGOUT: Final = RoutePath("/logout", "POST", reads_token=False)
ME: Final = RoutePath("/me", "GET")
CHANGE_ME: Final = RoutePath("/me", "PATCH")
DELETE_ME: Final = RoutePath("/me", "DELETE")
EXPORT_ME: Final = RoutePath("/me/export", "GET")
FORGOT_PASSWORD: Final = RoutePath("/password/forgot", "POST", reads_token=False)
RESET_PASSWORD: Final = RoutePath("/password/reset", "POST", reads_token=False)
SEND_VERIFICATION: Final = RoutePath("/verify/send", "POST", reads_token=False)
VERIFY: Final = RoutePath("/verify", "POST", reads_token=False)
SEND_LOGIN: Final = RoutePath("/login/email", "POST", reads_token=False)
LOGIN_BY_EMAIL: Final = RoutePath("/login/email/verify", "POST", reads_token=False)
CHANGE_EMAIL: Final = RoutePath("/email", "POST")
CONFIRM_EMAIL: Final = RoutePath("/email/confirm", "POST", reads_token=False)
UNDO_EMAIL: Final = RoutePath("/email/undo", "POST", reads_token=False)
SESSIONS: Final = RoutePath("/sessions", "GET")
OTHER_SESSIONS: Final = RoutePath("/sessions/revoke-others", "POST")
SESSION: Final = RoutePath("/sessions/{session_id}", "DELETE")
LOGOUT_ALL: Final = RoutePath("/logout-all", "POST")
PASSKEY_OPTIONS: Final = RoutePath("/passkeys/options", "POST")
NEW_PASSKEY: Final = RoutePath("/passkeys", "POST")
PASSKEYS: Final = RoutePath("/passkeys", "GET")
RENAME_PASSKEY: Final = RoutePath("/passkeys/{passkey_id}", "PATCH")
REMOVE_PASSKEY: Final = RoutePath("/passkeys/{passkey_id}", "DELETE")
PASSKEY_LOGIN_OPTIONS: Final = RoutePath("/login/passkey/options", "POST", reads_token=False)
PASSKEY_LOGIN: Final = RoutePath("/login/passkey", "POST", reads_token=False)
OAUTH_LEAVE: Final = RoutePath("/oauth/{provider}", "GET", reads_token=False)
OAUTH_RETURN: Final = RoutePath("/oauth/{provider}/callback", "GET", reads_token=False)
OAUTH_RETURN_POSTED: Final = RoutePath("/oauth/{provider}/callback", "POST", reads_token=False)
LOGIN_BY_CODE: Final = RoutePath("/login/code", "POST", reads_token=False)
IDENTITIES: Final = RoutePath("/identities", "GET")
LINK_IDENTITY: Final = RoutePath("/identities", "POST")
REMOVE_IDENTITY: Final = RoutePath("/identities/{identity_id}", "DELETE")
API_KEYS: Final = RoutePath("/api-keys", "GET")
NEW_API_KEY: Final = RoutePath("/api-keys", "POST")
API_KEY: Final = RoutePath("/api-keys/{key_id}", "DELETE")
ADMIN_USERS: Final = RoutePath("/admin/api/users", "GET")
ADMIN_NEW_USER: Final = RoutePath("/admin/api/users", "POST")
ADMIN_USER: Final = RoutePath("/admin/api/users/{user_id}", "GET")
ADMIN_DELETE_USER: Final = RoutePath("/admin/api/users/{user_id}", "DELETE")
ADMIN_KEEP_USER: Final = RoutePath("/admin/api/users/{user_id}/keep", "POST")
ADMIN_DISABLE: Final = RoutePath("/admin/api/users/{user_id}/disable", "POST")
ADMIN_ENABLE: Final = RoutePath("/admin/api/users/{user_id}/enable", "POST")
ADMIN_RESET_FACTORS: Final = RoutePath("/admin/api/users/{user_id}/factors/reset", "POST")
ADMIN_GRANT_ROLE: Final = RoutePath("/admin/api/users/{user_id}/roles/{role}", "PUT")
ADMIN_REVOKE_ROLE: Final = RoutePath("/admin/api/users/{user_id}/roles/{role}", "DELETE")
ADMIN_END_SESSIONS: Final = RoutePath("/admin/api/users/{user_id}/sessions", "DELETE")
ADMIN_END_SESSION: Final = RoutePath("/admin/api/users/{user_id}/sessions/{session_id}", "DELETE")
ADMIN_IMPERSONATE: Final = RoutePath("/admin/api/users/{user_id}/impersonate", "POST")
ADMIN_IMPERSONATION: Final = RoutePath("/admin/api/impersonation", "GET")
ADMIN_END_IMPERSONATION: Final = RoutePath("/admin/api/impersonation/end", "POST")
ADMIN_SESSIONS: Final = RoutePath("/admin/api/users/{user_id}/sessions", "GET")
ADMIN_ALL_SESSIONS: Final = RoutePath("/admin/api/sessions", "GET")
ADMIN_API_KEYS: Final = RoutePath("/admin/api/users/{user_id}/api-keys", "GET")
ADMIN_REVOKE_API_KEY: Final = RoutePath("/admin/api/users/{user_id}/api-keys/{key_id}", "DELETE")
ADMIN_AUDIT: Final = RoutePath("/admin/api/audit", "GET")
ADMIN_TIMELINE: Final = RoutePath("/admin/api/audit/timeline", "GET")
ADMIN_EXPORT_AUDIT: Final = RoutePath("/admin/api/audit/export", "GET")
ADMIN_KEYS: Final = RoutePath("/admin/api/keys", "GET")
ADMIN_ALL_API_KEYS: Final = RoutePath("/admin/api/api-keys", "GET")
ADMIN_ROLES: Final = RoutePath("/admin/api/roles", "GET")
ADMIN_CLIENTS: Final = RoutePath("/admin/api/clients", "GET")
ADMIN_NEW_CLIENT: Final = RoutePath("/admin/api/clients", "POST")
ADMIN_ROTATE_CLIENT: Final = RoutePath("/admin/api/clients/{client_id}/rotate", "POST")
ADMIN_REMOVE_CLIENT: Final = RoutePath("/admin/api/clients/{client_id}", "DELETE")
ADMIN_OUTBOX: Final = RoutePath("/admin/api/outbox", "GET")
ADMIN_RETRY: Final = RoutePath("/admin/api/outbox/{message_id}/retry", "POST")
ADMIN_HEALTH: Final = RoutePath("/admin/api/health", "GET")
FACTORS: Final = RoutePath("/factors", "GET")
ENROL: Final = RoutePath("/factors/enrol", "POST", reads_token=False)
NEW_TOTP: Final = RoutePath("/factors/totp", "POST")
CONFIRM_TOTP: Final = RoutePath("/factors/totp/confirm", "POST")
ALL_TOTP: Final = RoutePath("/factors/totp", "DELETE")
TOTP: Final = RoutePath("/factors/totp/{factor_id}", "DELETE")
RECOVERY_CODES: Final = RoutePath("/factors/recovery-codes", "POST")
REMEMBERED_DEVICE: Final = RoutePath("/factors/devices/{device_id}", "DELETE")
PASSWORD: Final = RoutePath("/password", "POST")
REAUTHENTICATE: Final = RoutePath("/reauthenticate", "POST")
WS_TICKET: Final = RoutePath("/ws-ticket", "POST")
TOKEN: Final = RoutePath("/token", "POST", reads_token=False)
INTROSPECT: Final = RoutePath("/introspect", "POST", reads_token=False)
REVOKE: Final = RoutePath("/revoke", "POST", reads_token=False)
JWKS: Final = RoutePath("/.well-known/jwks.json", "GET", reads_token=False)
METADATA: Final = RoutePath("/.well-known/oauth-authorization-server", "GET", reads_token=False)
LIVE: Final = RoutePath("/health/live", "GET", reads_token=False)
READY: Final = RoutePath("/health/ready", "GET", reads_token=False)

ALL: Final = (
    *(REGISTER, LOGIN, SECOND_FACTOR, REFRESH, LOGOUT, REAUTHENTICATE, ME, CHANGE_ME),
    *(DELETE_ME, EXPORT_ME),
    *(FORGOT_PASSWORD, RESET_PASSWORD, SEND_VERIFICATION, VERIFY),
    *(SEND_LOGIN, LOGIN_BY_EMAIL, CHANGE_EMAIL, CONFIRM_EMAIL, UNDO_EMAIL),
    *(SESSIONS, OTHER_SESSIONS, SESSION, LOGOUT_ALL, PASSWORD, WS_TICKET),
    *(FACTORS, ENROL, NEW_TOTP, CONFIRM_TOTP, ALL_TOTP, TOTP, RECOVERY_CODES, REMEMBERED_DEVICE),
    *(PASSKEY_OPTIONS, NEW_PASSKEY, PASSKEYS, RENAME_PASSKEY, REMOVE_PASSKEY),
    *(PASSKEY_LOGIN_OPTIONS, PASSKEY_LOGIN),
    *(OAUTH_LEAVE, OAUTH_RETURN, OAUTH_RETURN_POSTED, LOGIN_BY_CODE),
    *(IDENTITIES, LINK_IDENTITY, REMOVE_IDENTITY),
    *(ADMIN_USERS, ADMIN_NEW_USER, ADMIN_USER, ADMIN_DELETE_USER, ADMIN_KEEP_USER),
    *(ADMIN_DISABLE, ADMIN_ENABLE, ADMIN_RESET_FACTORS),
    *(ADMIN_GRANT_ROLE, ADMIN_REVOKE_ROLE, ADMIN_END_SESSIONS, ADMIN_END_SESSION),
    *(ADMIN_SESSIONS, ADMIN_ALL_SESSIONS, ADMIN_API_KEYS, ADMIN_REVOKE_API_KEY),
    *(ADMIN_IMPERSONATE, ADMIN_IMPERSONATION, ADMIN_END_IMPERSONATION),
    *(ADMIN_AUDIT, ADMIN_TIMELINE, ADMIN_EXPORT_AUDIT),
    *(ADMIN_ROLES, ADMIN_KEYS, ADMIN_ALL_API_KEYS),
    *(ADMIN_CLIENTS, ADMIN_NEW_CLIENT, ADMIN_ROTATE_CLIENT, ADMIN_REMOVE_CLIENT),
    *(ADMIN_OUTBOX, ADMIN_RETRY, ADMIN_HEALTH),
    *(API_KEYS, NEW_API_KEY, API_KEY),
    *(TOKEN, INTROSPECT, REVOKE, JWKS, METADATA),
    *(LIVE, READY),
)
"""In the order in which documents list them."""


def exempt_paths(prefix: str = PREFIX, *, providers: Collection[str] = ()) -> tuple[str, ...]:
    """Return the paths below a prefix where the access token is not read, and the one outside of it.

    Those of ``providers`` are among them by their names: no pattern decides who may enter.
    """
    found: list[str] = []
    for path in (prefix + one.path for one in ALL if not one.reads_token):
        found += [path.replace(_PROVIDER, name) for name in providers] if _PROVIDER in path else [path]
    outside = METADATA.path + prefix  # RFC 8414 has clients look for it at the root of the host
    return (*dict.fromkeys(found), outside)


def exempt_paths_of(auth: object) -> tuple[str, ...]:
    """Return those of an `Auth`, or of what has one, at the usual prefix."""
    identities: Any = getattr(getattr(auth, "auth", None) or auth, "identities", None)
    return exempt_paths(providers=() if identities is None else identities.providers)
