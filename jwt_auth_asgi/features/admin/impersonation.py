"""The routes by which an admin begins and ends to act for a user, and their OpenAPI operations."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.admin import schemas
from jwt_auth_asgi.features.admin.operations import INVALID, NO_USER, REFUSALS, USER, changing
from jwt_auth_asgi.features.feature import FeatureRoute
from jwt_auth_asgi.features.operations import AUTHENTICATED, REFUSED, TAG, Operation, responses, success
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.problems.responses import json_response

BEGIN: Final = changing(
    "admin_impersonate",
    "Act for a user",
    (
        "A token of the user's in which the admin acts (`act`); there is no refresh token.",
        schemas.IMPERSONATING,
    ),
    {
        403: {**REFUSALS, "impersonation_refused": "nobody acts for an admin"},
        404: NO_USER,
        422: INVALID,
    },
    USER,
    about="For half an hour at most, and for nothing that changes an account.",
)
END: Final[Operation] = {
    "operationId": "admin_end_impersonation",
    "summary": "Act for nobody any more",
    "description": "By the token that acts: ends that one. By a user's own: ends all that this user began.",
    "tags": [TAG],
    "security": AUTHENTICATED,
    "responses": responses(
        {200: success("Its token is refused within a second.", schemas.IMPERSONATION_ENDED)}, REFUSED
    ),
}


async def _begin(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    user_id, client = request.path_params["user_id"], service.client(request.scope)
    made = await service.run(service.auth.admin.impersonate, caller.claims, user_id, client)
    body = {"access_token": made.access_token, "token_type": "bearer", "expires_in": made.expires_in}
    return json_response(200, {**body, "user_id": made.user.user_id})


async def _end(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope, may_be_admin=True)
    client = service.client(request.scope)
    ended = await service.run(service.auth.admin.end_impersonations, caller.claims, client)
    return json_response(200, {"status": "impersonation ended", "ended": ended})


ROUTES: Final = (
    FeatureRoute(paths.ADMIN_IMPERSONATE, _begin, BEGIN),
    FeatureRoute(paths.ADMIN_END_IMPERSONATION, _end, END),
)
