"""The routes of signing in with others: leaving for a provider, coming back, and the identities of a user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.errors import CrossSiteError
from jwt_auth_asgi.executors.disconnect import run_until_disconnect
from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.feature import Feature, FeatureRoute
from jwt_auth_asgi.features.identities import answers, operations
from jwt_auth_asgi.features.identities.inputs import (
    AGAIN,
    check_provider,
    code_input,
    departure,
    is_ours,
    link_input,
    posted,
    queried,
    returned,
)
from jwt_auth_asgi.features.identities.places import account_url, with_query
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.transport import Transport, cookie_lines, granted, token_response, who
from jwt_auth_asgi.http.cookies.access_cookie import TokenTooLargeError
from jwt_auth_asgi.http.csrf import is_from_elsewhere
from jwt_auth_asgi.http.headers import by_name
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.errors import AuthError, InvalidInputError
from jwt_auth_core.flows.identities.meet import Met
from jwt_auth_core.flows.identities.round_trip import RoundTrip
from jwt_auth_core.flows.identities.sign_in import METHODS
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.login import identity
from jwt_auth_core.identities.identity import Identity
from jwt_auth_core.identities.provider import StateInvalidError
from jwt_auth_core.timestamp import timestamp_if_any
from jwt_auth_core.vocabulary import Client

METHOD: Final = METHODS[0]


async def _leave(service: Service, request: Request) -> Response:
    trip, client = departure(service, request), service.client(request.scope)
    known = service.browser_cookie.read(_cookies(request))
    try:
        if trip.transport == Transport.BODY.value and is_from_elsewhere(request.scope):
            raise CrossSiteError
        sent = await service.run(service.auth.identities.leave, trip, client, known)
    except InvalidInputError:
        raise
    except AuthError as error:
        return answers.failed(service, request, error)
    return answers.to(sent.url, [service.browser_cookie.set(sent.browser)])


async def _return(service: Service, request: Request) -> Response:
    check_provider(service, request.path_params["provider"])
    try:
        return await _returned(service, request, queried(request))
    except AuthError as error:
        return answers.failed(service, request, error)


async def _return_posted(service: Service, request: Request) -> Response:
    check_provider(service, request.path_params["provider"])
    try:
        said = await posted(request)
        if AGAIN not in said:
            return answers.again(service, said)
        if not is_ours(service, request):
            raise StateInvalidError
        return await _returned(service, request, said)
    except AuthError as error:
        return answers.failed(service, request, error)


async def _returned(service: Service, request: Request, said: Mapping[str, str]) -> Response:
    client, identities = service.client(request.scope), service.auth.identities
    met = await service.run(identities.meet, returned(service, request, said), client)
    onward = met.trip.onward or account_url(service, request)
    if met.trip.user_id is not None:
        await service.run(identities.link, met, client)
        return answers.to(onward)
    await _ask_hooks(service, met, client)
    if met.trip.transport == Transport.BODY.value:
        code = await service.run(identities.sign_in.code, met, client)
        return answers.to(with_query(onward, {"code": code.reveal()}))
    cookies = _cookies(request)
    device, held = service.device_cookie.read(cookies), service.cookie.read(cookies)
    replaced = None if held is None else held.reveal()
    opened = await service.run(identities.sign_in, met, client, device, replaced)
    if isinstance(opened, Challenge):
        return answers.challenged(service, request, opened, met.trip.onward)
    return answers.to(onward, await _cookie_lines(service, opened, met.trip))


async def _ask_hooks(service: Service, met: Met, client: Client) -> None:
    person = met.person
    address = identity(person.email) if person.email is not None and person.is_email_proven else None
    await service.hooked.before_login(address, client, method=METHOD)
    if service.hooked.has_registration:
        newcomer = await service.run(service.auth.identities.sign_in.newcomer, met)
        if newcomer is not None:
            names = newcomer.first_name, newcomer.last_name
            await service.hooked.before_registration(newcomer.address, *names, client)


async def _cookie_lines(service: Service, grant: Grant, trip: RoundTrip) -> list[str]:
    try:
        lines = cookie_lines(grant, service.cookie, Transport(trip.transport))
    except TokenTooLargeError:
        await service.run(service.auth.take_back, grant)
        raise
    if grant.device is not None:
        lines.append(service.device_cookie.set(grant.device))
    return lines


async def _login_by_code(service: Service, request: Request) -> Response:
    attempt, client = await code_input(service, request), service.client(request.scope)
    opening = service.run(service.auth.identities.sign_in.by_code, attempt, client)
    grant = granted(await run_until_disconnect(request.receive, opening))
    return token_response(grant, service.cookie, Transport.BODY, who(grant))


async def _link(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    trip, client = await link_input(service, request), service.client(request.scope)
    known, leave = service.browser_cookie.read(_cookies(request)), service.auth.identities.leave
    sent = await service.run(leave.to_link, caller.identity, trip, client, known, caller.claims)
    return json_response(200, {"url": sent.url}, [service.browser_cookie.set(sent.browser)])


async def _list(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    found = await service.run_for(caller.identity, service.auth.identities.list)
    providers = service.auth.identities.providers
    return json_response(200, {"identities": [_shown(one) for one in found], "providers": providers})


async def _remove(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    identity_id, client = request.path_params["identity_id"], service.client(request.scope)
    remove = service.auth.identities.remove
    await service.run_for(caller.identity, remove, identity_id, client, claims=caller.claims)
    return json_response(200, {"status": "identity removed"})


def _cookies(request: Request) -> tuple[str, ...]:
    return tuple(by_name(request.scope).get(b"cookie", ()))


def _shown(one: Identity) -> dict[str, object]:
    return {
        "id": one.identity_id,
        "issuer": one.issuer,
        "subject": one.subject,
        "email": one.email,
        "name": one.name,
        "linked_at": timestamp_if_any(one.linked_at),
        "last_used_at": timestamp_if_any(one.last_used_at),
    }


FEATURE: Final = Feature(
    "identities",
    (
        FeatureRoute(paths.OAUTH_LEAVE, _leave, operations.LEAVE),
        FeatureRoute(paths.OAUTH_RETURN, _return, operations.RETURN),
        FeatureRoute(paths.OAUTH_RETURN_POSTED, _return_posted, operations.RETURN_POSTED),
        FeatureRoute(paths.LOGIN_BY_CODE, _login_by_code, operations.LOGIN_BY_CODE),
        FeatureRoute(paths.IDENTITIES, _list, operations.LIST),
        FeatureRoute(paths.LINK_IDENTITY, _link, operations.LINK),
        FeatureRoute(paths.REMOVE_IDENTITY, _remove, operations.REMOVE),
    ),
)
