"""The routes by which an admin changes a user, and their OpenAPI operations; each leaves an event."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.admin import schemas
from jwt_auth_asgi.features.admin.changed import changed
from jwt_auth_asgi.features.admin.operations import (
    INVALID,
    NO_ROLE,
    NO_SESSION,
    NO_USER,
    SHUT_OUT,
    USER,
    changing,
    deferring,
    done,
    parameter,
)
from jwt_auth_asgi.features.feature import FeatureRoute
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.timestamp import timestamp

_OF_USER: Final = {404: NO_USER, 422: INVALID}
_OF_ROLE: Final = {404: {**NO_USER, **NO_ROLE}, 422: INVALID}
_ROLE: Final = parameter("role", {"type": "string", "examples": ["editor"]})
_SESSION: Final = parameter("session_id", {"type": "string", "examples": ["6f8c1e9a7b3d42c6" * 2]})

DELETE: Final = deferring(
    "admin_delete_user",
    "Delete a user",
    ("The account will be erased.", schemas.DELETION),
    {**_OF_USER, 409: SHUT_OUT},
    "Its sessions end at once, its keys are good for nothing, and at `deletion_at`, 30 days later, all "
    "that is kept of it is erased. A login of the user before that takes it back; one who is disabled as "
    "well has none.",
)
KEEP: Final = changing(
    "admin_keep_user",
    "Take the deletion of a user back",
    ("The account stays; what was ended stays ended.", schemas.DELETION_UNDONE),
    _OF_USER,
    USER,
)
DISABLE: Final = changing(
    "admin_disable_user",
    "Refuse a user's logins",
    ("All its sessions and keys are over.", done("user disabled")),
    {**_OF_USER, 409: SHUT_OUT},
    USER,
)
ENABLE: Final = changing(
    "admin_enable_user",
    "Let a disabled user log in again",
    ("What was ended stays ended.", done("user enabled")),
    _OF_USER,
    USER,
)
RESET_FACTORS: Final = changing(
    "admin_reset_factors",
    "Remove a user's second factors",
    ("They are gone, its sessions over; it is told by letter.", schemas.FACTORS_RESET),
    _OF_USER,
    USER,
    about="For who has lost them and is known by other means. Passkeys stay, to log in with.",
)
GRANT_ROLE: Final = changing(
    "admin_grant_role",
    "Give a user a role",
    ("It has the role from its next login or refresh on.", schemas.ROLE_GRANTED),
    _OF_ROLE,
    USER,
    _ROLE,
)
REVOKE_ROLE: Final = changing(
    "admin_revoke_role",
    "Take a role from a user",
    ("Access tokens of before are refused within a second; its sessions go on.", schemas.ROLE_REVOKED),
    {**_OF_ROLE, 409: SHUT_OUT},
    USER,
    _ROLE,
)
END_SESSIONS: Final = changing(
    "admin_end_sessions",
    "End all sessions of a user",
    ("All its access tokens are refused within a second.", done("sessions ended")),
    _OF_USER,
    USER,
)
END_SESSION: Final = changing(
    "admin_end_session",
    "End one session of a user",
    ("Its access tokens are refused within a second.", done("session ended")),
    {404: {**NO_USER, **NO_SESSION}, 422: INVALID},
    USER,
    _SESSION,
)


async def _delete(service: Service, request: Request) -> Response:
    at = await changed(service, request, service.auth.admin.change.delete, "user_id")
    return json_response(202, {"status": "deletion scheduled", "deletion_at": timestamp(at)})


async def _keep(service: Service, request: Request) -> Response:
    is_changed = await changed(service, request, service.auth.admin.change.keep, "user_id")
    return json_response(200, {"status": "deletion undone", "changed": is_changed})


async def _disable(service: Service, request: Request) -> Response:
    await changed(service, request, service.auth.admin.change.disable, "user_id")
    return json_response(200, {"status": "user disabled"})


async def _enable(service: Service, request: Request) -> Response:
    await changed(service, request, service.auth.admin.change.enable, "user_id")
    return json_response(200, {"status": "user enabled"})


async def _reset_factors(service: Service, request: Request) -> Response:
    is_changed = await changed(service, request, service.auth.admin.change.reset_factors, "user_id")
    return json_response(200, {"status": "factors reset", "changed": is_changed})


async def _grant_role(service: Service, request: Request) -> Response:
    is_changed = await changed(service, request, service.auth.admin.change.grant_role, "user_id", "role")
    return json_response(200, {"status": "role granted", "changed": is_changed})


async def _revoke_role(service: Service, request: Request) -> Response:
    is_changed = await changed(service, request, service.auth.admin.change.revoke_role, "user_id", "role")
    return json_response(200, {"status": "role revoked", "changed": is_changed})


async def _end_sessions(service: Service, request: Request) -> Response:
    await changed(service, request, service.auth.admin.change.end_sessions, "user_id")
    return json_response(200, {"status": "sessions ended"})


async def _end_session(service: Service, request: Request) -> Response:
    await changed(service, request, service.auth.admin.change.end_session, "user_id", "session_id")
    return json_response(200, {"status": "session ended"})


ROUTES: Final = (
    FeatureRoute(paths.ADMIN_DELETE_USER, _delete, DELETE),
    FeatureRoute(paths.ADMIN_KEEP_USER, _keep, KEEP),
    FeatureRoute(paths.ADMIN_DISABLE, _disable, DISABLE),
    FeatureRoute(paths.ADMIN_ENABLE, _enable, ENABLE),
    FeatureRoute(paths.ADMIN_RESET_FACTORS, _reset_factors, RESET_FACTORS),
    FeatureRoute(paths.ADMIN_GRANT_ROLE, _grant_role, GRANT_ROLE),
    FeatureRoute(paths.ADMIN_REVOKE_ROLE, _revoke_role, REVOKE_ROLE),
    FeatureRoute(paths.ADMIN_END_SESSIONS, _end_sessions, END_SESSIONS),
    FeatureRoute(paths.ADMIN_END_SESSION, _end_session, END_SESSION),
)
