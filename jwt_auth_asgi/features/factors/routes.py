"""The routes of second factors, one handler each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.errors import MethodNotAllowedError
from jwt_auth_asgi.executors.disconnect import run_until_disconnect
from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.factors import operations
from jwt_auth_asgi.features.factors.inputs import enrolment_input, second_step_input
from jwt_auth_asgi.features.feature import Feature, FeatureRoute
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.transport import opened_response, who
from jwt_auth_asgi.http import bodies
from jwt_auth_asgi.http.headers import by_name
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.flows.factors.enrol_totp import TotpSecret
from jwt_auth_core.one_time.challenge import ChallengeInvalidError
from jwt_auth_core.timestamp import timestamp_if_any
from jwt_auth_core.vocabulary import Secret

_CONFIRM: Final = paths.CONFIRM_TOTP.path.rpartition("/")[2]
"""Stands where an id would, and is a route of its own."""


async def _second_factor(service: Service, request: Request) -> Response:
    asked = await second_step_input(service, request)
    client, held = service.client(request.scope), asked.held.reveal() if asked.held else None
    completing = service.run(service.auth.factors.complete_login, asked.step, client, held)
    grant = await run_until_disconnect(request.receive, completing)
    device_cookie = service.device_cookie
    return await opened_response(service, client, grant, asked.transport, who(grant), device_cookie)


async def _list(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    found = await service.run(service.auth.factors.list, caller.identity)
    apps = [
        {
            "id": app.factor_id,
            "name": app.name,
            "created_at": timestamp_if_any(app.created_at),
            "last_used_at": timestamp_if_any(app.last_used_at),
        }
        for app in found.apps
    ]
    devices = [
        {
            "id": device.device_id,
            "created_at": timestamp_if_any(device.signed_in_first_at),
            "last_used_at": timestamp_if_any(device.signed_in_at),
            "remembered_until": timestamp_if_any(device.remembered_until),
        }
        for device in found.remembered_devices
    ]
    left = found.recovery_codes_left
    return json_response(200, {"totp": apps, "recovery_codes_left": left, "remembered_devices": devices})


async def _enrol_totp(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    enrol, headers = service.auth.factors.enrol_totp, by_name(request.scope)
    name = enrol.parse(await bodies.parsed_or_empty(headers, request.receive, bodies.JSON_ALONE))
    return _secret(await service.run(enrol, caller.identity, name, caller.claims))


async def _enrol(service: Service, request: Request) -> Response:
    asked = await enrolment_input(service, request)
    try:
        return _secret(await service.run(service.auth.factors.enrol_at_login, asked.enrolment))
    except ChallengeInvalidError:
        if asked.is_bearer:
            raise TokenInvalidError("the enrolment token is not good, or no more") from None
        raise


def _secret(made: TotpSecret) -> Response:
    shown = {"secret": made.secret.reveal(), "uri": made.uri.reveal(), "qr_svg": made.qr_svg.reveal()}
    return json_response(201, {"id": made.factor_id, "name": made.name, **shown})


async def _confirm_totp(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    confirm, client = service.auth.factors.confirm_totp, service.client(request.scope)
    fields = await bodies.parsed(by_name(request.scope), request.receive, bodies.JSON_ALONE)
    return _codes(await service.run(confirm, caller.identity, confirm.parse(fields), client, caller.claims))


async def _remove_all_totp(service: Service, request: Request) -> Response:
    return await _removed(service, request, None)


async def _remove_totp(service: Service, request: Request) -> Response:
    factor_id = request.path_params["factor_id"]
    if factor_id == _CONFIRM:
        raise MethodNotAllowedError({"POST"})
    return await _removed(service, request, factor_id)


async def _removed(service: Service, request: Request, factor_id: str | None) -> Response:
    caller = await service.caller(request.scope)
    remove, client = service.auth.factors.remove_totp, service.client(request.scope)
    await service.run(remove, caller.identity, factor_id, client, caller.claims)
    return json_response(200, {"status": "second factor removed"})


async def _renew_recovery_codes(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    renew, client = service.auth.factors.renew_recovery_codes, service.client(request.scope)
    return _codes(await service.run(renew, caller.identity, client, caller.claims))


async def _forget_device(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    forget = service.auth.factors.forget_device
    await service.run_for(caller.identity, forget, request.path_params["device_id"])
    return json_response(200, {"status": "device forgotten"})


def _codes(codes: Sequence[Secret]) -> Response:
    return json_response(200, {"recovery_codes": [code.reveal() for code in codes]})


FEATURE: Final = Feature(
    "factors",
    (
        FeatureRoute(paths.SECOND_FACTOR, _second_factor, operations.SECOND_FACTOR),
        FeatureRoute(paths.FACTORS, _list, operations.LIST),
        FeatureRoute(paths.ENROL, _enrol, operations.ENROL),
        FeatureRoute(paths.NEW_TOTP, _enrol_totp, operations.ENROL_TOTP),
        FeatureRoute(paths.CONFIRM_TOTP, _confirm_totp, operations.CONFIRM_TOTP),
        FeatureRoute(paths.ALL_TOTP, _remove_all_totp, operations.REMOVE_ALL_TOTP),
        FeatureRoute(paths.TOTP, _remove_totp, operations.REMOVE_TOTP),
        FeatureRoute(paths.RECOVERY_CODES, _renew_recovery_codes, operations.RENEW_RECOVERY_CODES),
        FeatureRoute(paths.REMEMBERED_DEVICE, _forget_device, operations.FORGET_DEVICE),
    ),
)
