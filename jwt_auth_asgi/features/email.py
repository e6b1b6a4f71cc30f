"""The routes by which a user gets another address, and their OpenAPI operations.

None answers a GET: what opens links before people do spends nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.feature import Feature, FeatureRoute
from jwt_auth_asgi.features.letters import ASKED, language_in
from jwt_auth_asgi.features.operations import (
    AUTHENTICATED,
    BODY_PROBLEMS,
    NO_MAILER,
    RATE_LIMITED,
    REFUSED,
    STALE,
    TAG,
    TOKEN_PROBLEMS,
    UNREADABLE,
    Operation,
    responses,
    success,
)
from jwt_auth_asgi.features.schemas import (
    EMAIL,
    LETTER_TOKEN,
    LIMIT_SENTENCE,
    Schema,
    always,
    object_of,
    of_length,
)
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.http import bodies
from jwt_auth_asgi.http.bodies import JSON
from jwt_auth_asgi.http.headers import by_name
from jwt_auth_asgi.problems.responses import json_response

_CHANGE: Final = object_of({"new_email": of_length({**EMAIL, "examples": ["ada@example.org"]}, 3, 254)})
_SPENT: Final[Mapping[int, Mapping[str, str]]] = {
    **BODY_PROBLEMS,
    400: {**UNREADABLE, "invalid_code": "this link or code is not good, or no more; ask for another"},
    409: {"email_taken": "Email already registered"},
    **NO_MAILER,
}


def _token(purpose: str) -> Schema:
    example = f"{purpose}.q8Zb3nDk2Jv0sYtR7cXw1LmPpUeGhF5aB9dKoTiNyV4"
    return object_of({"token": {**LETTER_TOKEN, "examples": [example]}})


CHANGE: Final[Operation] = {
    "operationId": "change_email",
    "summary": "Ask for another address",
    "description": (
        "A letter goes to the new address, and nothing is changed before its link is used. The answer is the "
        "same if somebody has the address. Needs a fresh login. " + LIMIT_SENTENCE
    ),
    "tags": [TAG],
    "security": AUTHENTICATED,
    "requestBody": {"required": True, "content": {JSON: {"schema": _CHANGE}}},
    "responses": responses(
        {202: success("A letter is on its way.", object_of({"status": always(ASKED["status"])}))},
        {
            **BODY_PROBLEMS,
            **REFUSED,
            400: {**UNREADABLE, **REFUSED[400]},
            401: {**TOKEN_PROBLEMS, **STALE},
            **RATE_LIMITED,
            **NO_MAILER,
        },
    ),
}

CONFIRM: Final[Operation] = {
    "operationId": "confirm_email",
    "summary": "Confirm another address by the link of a letter",
    "description": (
        "The address is the account's from then on, and verified; every session ends. The old one is told "
        "by letter, with a link that undoes it for 72 hours; so long nobody else gets that one. "
        + LIMIT_SENTENCE
    ),
    "tags": [TAG],
    "security": [],
    "requestBody": {"required": True, "content": {JSON: {"schema": _token("email_confirm")}}},
    "responses": responses(
        {200: success("The address is changed.", object_of({"status": always("email changed")}))}, _SPENT
    ),
}

UNDO: Final[Operation] = {
    "operationId": "undo_email",
    "summary": "Undo a change of the address by the link of a letter",
    "description": (
        "Whatever was changed since: the address of before is back, password, sessions, API keys and what "
        "was added since are void, and a letter brings a link that sets a password. " + LIMIT_SENTENCE
    ),
    "tags": [TAG],
    "security": [],
    "requestBody": {"required": True, "content": {JSON: {"schema": _token("email_undo")}}},
    "responses": responses(
        {200: success("The address is back.", object_of({"status": always("email change undone")}))}, _SPENT
    ),
}


async def _fields(request: Request) -> bodies.Fields:
    return await bodies.parsed(by_name(request.scope), request.receive, bodies.JSON_ALONE)


async def _change(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    change, client = service.auth.email.change, service.client(request.scope)
    address, language = change.parse(await _fields(request)), language_in(service, request.scope)
    await service.run(change, caller.identity, address, client, caller.claims, language=language)
    return json_response(202, ASKED)


async def _confirm(service: Service, request: Request) -> Response:
    confirm, client = service.auth.email.confirm, service.client(request.scope)
    token, language = confirm.parse(await _fields(request)), language_in(service, request.scope)
    await service.run(confirm, token, client, language=language)
    return json_response(200, {"status": "email changed"})


async def _undo(service: Service, request: Request) -> Response:
    undo, client = service.auth.email.undo, service.client(request.scope)
    token, language = undo.parse(await _fields(request)), language_in(service, request.scope)
    await service.run(undo, token, client, language=language)
    return json_response(200, {"status": "email change undone"})


FEATURE: Final = Feature(
    "email",
    (
        FeatureRoute(paths.CHANGE_EMAIL, _change, CHANGE),
        FeatureRoute(paths.CONFIRM_EMAIL, _confirm, CONFIRM),
        FeatureRoute(paths.UNDO_EMAIL, _undo, UNDO),
    ),
)
