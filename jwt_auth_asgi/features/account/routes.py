"""The routes of the account, one handler each; all but the registration ask for an access token."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.errors import RegistrationClosedError
from jwt_auth_asgi.executors.disconnect import run_until_disconnect
from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.account import operations
from jwt_auth_asgi.features.account.inputs import password_input, profile_input, register_input
from jwt_auth_asgi.features.feature import Feature, FeatureRoute
from jwt_auth_asgi.features.letters import ASKED, language_in
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.transport import opened_response
from jwt_auth_asgi.http.headers import lines
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.flows.address_limits import REGISTER
from jwt_auth_core.timestamp import timestamp
from jwt_auth_core.users.user import User

QUIET_SECONDS: Final = 0.25
"""How long a quiet registration takes at least: a new account is a few rows more than a letter (ENUM-2)."""


async def _register(service: Service, request: Request) -> Response:
    began = asyncio.get_running_loop().time()
    if service.auth.settings.registration == "closed":  # whatever is in the body, and before it is read
        raise RegistrationClosedError
    await service.check_capacity(request.scope, limits=(REGISTER,))
    attempt = await register_input(service, request)
    client, language = service.client(request.scope), language_in(service, request.scope)
    # Another site's page registers somebody like any client; the browser is not known by that (CK-04).
    is_elsewhere = service.is_cross_site(request.scope)
    browser = None if is_elsewhere else service.registration_cookie.read(lines(request.scope, b"cookie"))
    await service.hooked.before_register(attempt, client)
    if service.auth.settings.registration == "quiet":
        register = service.auth.register
        quietly = service.run(register.quietly, attempt, client, language=language, browser=browser)
        known_by = await run_until_disconnect(request.receive, quietly)
        await asyncio.sleep(began + QUIET_SECONDS - asyncio.get_running_loop().time())
        return json_response(202, ASKED, [] if is_elsewhere else [service.registration_cookie.set(known_by)])
    register = service.auth.register
    registering = service.run(register.in_browser, attempt, client, language=language, browser=browser)
    registered = await run_until_disconnect(request.receive, registering)
    user = registered.user
    body = {
        "user_id": user.user_id,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "status": "user created",
    }
    known = None if is_elsewhere else registered.browser
    return json_response(201, body, [] if known is None else [service.registration_cookie.set(known)])


async def _me(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope, may_be_admin=True)
    user = await service.run(service.auth.current_user, caller.identity, caller.claims)
    return _shown(user, actor=caller.actor)


async def _change_me(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    change = await profile_input(request)
    client = service.client(request.scope)
    changing = service.run(service.auth.change_profile, caller.identity, change, client, caller.claims)
    return _shown(await changing)


async def _export_me(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    client = service.client(request.scope)
    kept = await service.run(service.auth.export_account, caller.identity, client, caller.claims)
    return json_response(200, kept)


async def _delete_me(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    client = service.client(request.scope)
    at = await service.run(service.auth.delete_account, caller.identity, client, caller.claims)
    body = {"status": "deletion scheduled", "deletion_at": timestamp(at)}
    access = service.cookie.access.clear_among(lines(request.scope, b"cookie"))
    return json_response(202, body, (service.cookie.clear(), *access))


def _shown(user: User, *, actor: str | None = None) -> Response:
    acting = {} if actor is None else {"actor": actor}
    body = {
        "user_id": user.user_id,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "scopes": sorted(user.scopes),
        **acting,
    }
    return json_response(200, body)


async def _change_password(service: Service, request: Request) -> Response:
    await service.check_capacity(request.scope)
    caller = await service.caller(request.scope)
    asked = await password_input(service, request)
    client = service.client(request.scope)
    change = service.auth.change_password
    changing = service.run(change, caller.identity, asked.change, client, caller.claims)
    grant = await run_until_disconnect(request.receive, changing)
    return await opened_response(service, client, grant, asked.transport, {"status": "password changed"})


FEATURE: Final = Feature(
    "account",
    (
        FeatureRoute(paths.REGISTER, _register, operations.REGISTER),
        FeatureRoute(paths.ME, _me, operations.ME),
        FeatureRoute(paths.EXPORT_ME, _export_me, operations.EXPORT_ME),
        FeatureRoute(paths.DELETE_ME, _delete_me, operations.DELETE_ME),
        FeatureRoute(paths.CHANGE_ME, _change_me, operations.CHANGE_ME),
        FeatureRoute(paths.PASSWORD, _change_password, operations.CHANGE_PASSWORD),
    ),
)
