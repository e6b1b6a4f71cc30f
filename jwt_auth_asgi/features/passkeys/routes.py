"""The routes of passkeys: those that register, list, name and remove them, and a login by one."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.executors.disconnect import run_until_disconnect
from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.feature import Feature, FeatureRoute
from jwt_auth_asgi.features.passkeys import operations
from jwt_auth_asgi.features.passkeys.inputs import login_input
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.transport import granted, opened_response, who
from jwt_auth_asgi.http import bodies
from jwt_auth_asgi.http.headers import by_name
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.flows.factors.complete_login import SecondStep
from jwt_auth_core.passkeys.passkey import Passkey
from jwt_auth_core.timestamp import timestamp_if_any


async def _options(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    register = service.auth.passkeys.register
    options = await service.run(register.options, caller.identity, claims=caller.claims)
    return json_response(200, options)


async def _register(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    fields = await bodies.parsed(by_name(request.scope), request.receive, bodies.JSON_ALONE)
    register, client = service.auth.passkeys.register, service.client(request.scope)
    asked = register.parse(fields)
    passkey = await service.run(register, caller.identity, asked, client, claims=caller.claims)
    return json_response(201, _shown(passkey))


async def _list(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    passkeys = await service.run_for(caller.identity, service.auth.passkeys.list)
    return json_response(200, {"passkeys": [_shown(passkey) for passkey in passkeys]})


async def _rename(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    fields = await bodies.parsed(by_name(request.scope), request.receive, bodies.JSON_ALONE)
    rename, passkey_id = service.auth.passkeys.rename, request.path_params["passkey_id"]
    name = rename.parse(fields)
    passkey = await service.run_for(caller.identity, rename, passkey_id, name, claims=caller.claims)
    return json_response(200, _shown(passkey))


async def _remove(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    passkey_id, client = request.path_params["passkey_id"], service.client(request.scope)
    remove = service.auth.passkeys.remove
    await service.run_for(caller.identity, remove, passkey_id, client, claims=caller.claims)
    return json_response(200, {"status": "passkey removed"})


async def _login_options(service: Service, request: Request) -> Response:
    log_in, client = service.auth.passkeys.log_in, service.client(request.scope)
    fields = await bodies.parsed_or_empty(by_name(request.scope), request.receive, bodies.JSON_ALONE)
    begun, browser = log_in.parse_begun(fields), None
    if begun is not None:
        browser = service.browser_cookie.read(by_name(request.scope).get(b"cookie", ()))
    options = await service.run(log_in.options, client, begun, browser)
    return json_response(200, options)


async def _login(service: Service, request: Request) -> Response:
    asked = await login_input(service, request)
    held, client = asked.held.reveal() if asked.held else None, service.client(request.scope)
    if isinstance(asked.attempt, SecondStep):  # of a login that has begun with another factor
        going_on = service.run(service.auth.factors.complete_login, asked.attempt, client, held)
        grant = await run_until_disconnect(request.receive, going_on)
    else:
        await service.hooked.before_login(None, client, method="passkey")
        opening = service.run(service.auth.passkeys.log_in, asked.attempt, client, held)
        grant = granted(await run_until_disconnect(request.receive, opening))
    device_cookie = service.device_cookie
    return await opened_response(service, client, grant, asked.transport, who(grant), device_cookie)


def _shown(passkey: Passkey) -> dict[str, object]:
    return {
        "id": passkey.passkey_id,
        "name": passkey.name,
        "created_at": timestamp_if_any(passkey.created_at),
        "last_used_at": timestamp_if_any(passkey.last_used_at),
        "synced": passkey.is_synced,
        "backed_up": passkey.is_backed_up,
        "transports": list(passkey.transports),
        "aaguid": passkey.aaguid,
    }


FEATURE: Final = Feature(
    "passkeys",
    (
        FeatureRoute(paths.PASSKEY_OPTIONS, _options, operations.OPTIONS),
        FeatureRoute(paths.NEW_PASSKEY, _register, operations.REGISTER),
        FeatureRoute(paths.PASSKEYS, _list, operations.LIST),
        FeatureRoute(paths.RENAME_PASSKEY, _rename, operations.RENAME),
        FeatureRoute(paths.REMOVE_PASSKEY, _remove, operations.REMOVE),
        FeatureRoute(paths.PASSKEY_LOGIN_OPTIONS, _login_options, operations.LOGIN_OPTIONS),
        FeatureRoute(paths.PASSKEY_LOGIN, _login, operations.LOGIN),
    ),
)
