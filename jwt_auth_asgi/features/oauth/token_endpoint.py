"""The token endpoint (RFC 6749 section 3.2): a form in, tokens or one of OAuth's errors out.

It reads and sets no cookie: whoever asks holds the refresh token itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.errors import InvalidClientError, UnsupportedGrantTypeError
from jwt_auth_asgi.executors.disconnect import run_until_disconnect
from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.oauth.inputs import (
    Credentials,
    Form,
    GrantInput,
    SignedAssertion,
    grant_input,
)
from jwt_auth_asgi.features.oauth.issuer import issuer
from jwt_auth_asgi.features.oauth.subject_token import ACCESS_TOKEN_TYPE, subject_token
from jwt_auth_asgi.features.oauth.wrong_credentials import count_wrong
from jwt_auth_asgi.features.oauth_words import token_refusal
from jwt_auth_asgi.features.password_form import form_login
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.transport import Transport, granted, token_response
from jwt_auth_asgi.problems.challenge import realm_of
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.clients.client import InvalidTargetError, ServiceClient, UnauthorizedClientError
from jwt_auth_core.errors import AuthError
from jwt_auth_core.flows.address_limits import GUESS
from jwt_auth_core.flows.clients.issue_client_token import ClientToken
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret

Granting = Callable[[Service, Request, Form], Awaitable[Grant]]


async def _password(service: Service, request: Request, form: Form) -> Grant:
    await service.check_capacity(request.scope, limits=GUESS)
    attempt, client = form_login(form.fields), service.client(request.scope)
    await service.hooked.before_login(attempt.email, client)
    login = service.run(service.auth.login, attempt, client)
    return granted(await run_until_disconnect(request.receive, login))


async def _refresh_token(service: Service, request: Request, form: Form) -> Grant:
    return await service.refresh(Secret(form.text("refresh_token")), request.scope)


OF_USERS: Final[Mapping[str, Granting]] = {"password": _password, "refresh_token": _refresh_token}
"""What a form asks for with ``grant_type``, and what gives it."""

OF_CLIENTS: Final = "client_credentials"
EXCHANGE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
GRANTS: Final = (*OF_USERS, OF_CLIENTS, EXCHANGE)


@dataclass(frozen=True, slots=True)
class _Asker:
    """Which client has proven itself: one of the settings by its name, one of the stores whole."""

    name: str | None = None
    client: ServiceClient | None = None


async def answer_token(service: Service, request: Request) -> Response:
    """Answer with tokens, or with what was wrong in the words of OAuth."""
    try:
        asked, asker = await _proving(service, request)
        await service.count_token(asker.name, service.client(request.scope))
        answer = await _answer(service, request, asked.form, asker)
    except AuthError as error:
        return token_refusal(error, realm=realm_of(request.scope, service.realm))
    answer.headers["pragma"] = "no-cache"  # RFC 6749 section 5.1, for caches of its time
    return answer


async def _proving(service: Service, request: Request) -> tuple[GrantInput, _Asker]:
    try:
        asked = await grant_input(request.scope, request.receive)
        return asked, await _asker(service, request, asked.client)
    except InvalidClientError:
        await count_wrong(service, request.scope)
        raise


async def _answer(service: Service, request: Request, form: Form, asker: _Asker) -> Response:
    kind = form.text("grant_type")
    if kind == OF_CLIENTS:
        return await _client_token(service, form, asker)
    if kind == EXCHANGE:
        return await _exchanged(service, request, form, asker)
    give = OF_USERS.get(kind)
    if give is None:
        raise UnsupportedGrantTypeError(GRANTS)
    if form.texts("resource"):  # a token for everybody is not what was asked for (RFC 8707 §2)
        raise InvalidTargetError
    grant = await give(service, request, form)
    scopes = " ".join(sorted(grant.user.scopes))
    return token_response(grant, service.cookie, Transport.BODY, {"scope": scopes} if scopes else {})


async def _client_token(service: Service, form: Form, asker: _Asker) -> Response:
    issue, client = service.auth.clients.issue_token, _proven(asker)
    scope, resources = form.fields.get("scope"), form.texts("resource")
    return json_response(200, _told(await service.run(issue, client, scope=scope, resources=resources)))


async def _exchanged(service: Service, request: Request, form: Form, asker: _Asker) -> Response:
    exchange, client = service.auth.clients.exchange_token, _proven(asker)
    made = await service.run(
        exchange,
        client,
        subject_token(form),
        audiences=(*form.texts("audience"), *form.texts("resource")),
        scope=form.fields.get("scope"),
        where=service.client(request.scope),
    )
    return json_response(200, {**_told(made), "issued_token_type": ACCESS_TOKEN_TYPE})


def _proven(asker: _Asker) -> ServiceClient:
    """Return the service client that asks; raises where it is none."""
    if asker.client is None:
        raise InvalidClientError if asker.name is None else UnauthorizedClientError
    return asker.client


def _told(made: ClientToken) -> dict[str, object]:
    scope = {"scope": " ".join(sorted(made.scopes))} if made.scopes else {}
    return {"access_token": made.access_token, "token_type": "bearer", "expires_in": made.expires_in, **scope}


async def _asker(service: Service, request: Request, client: Credentials | SignedAssertion | None) -> _Asker:
    """Return which client has proven itself, nobody for an application that has no secret and names none.

    Raises:
        InvalidClientError: one that has a secret or keys, or says so, has not proven it.
        UnknownHostError: an assertion is to be for this issuer, and nothing says what it is called.
    """
    if client is None:
        return _Asker()
    if isinstance(client, SignedAssertion):
        return await _asker_of(service, request, client)
    clients = service.auth.oauth_clients
    name = client.client_of(clients)
    if name is not None:
        return _Asker(name)
    found = await service.run(service.auth.clients.authenticate, client.readings)
    if found.client is not None:
        return _Asker(found.client.client_id, found.client)
    if found.is_named or not client.are_of_a_stranger_without_secret(clients):
        raise InvalidClientError
    return _Asker()


async def _asker_of(service: Service, request: Request, signed: SignedAssertion) -> _Asker:
    audience, client_id = issuer(service, request, paths.TOKEN), signed.client_id
    authenticate = service.auth.clients.authenticate_assertion
    found = await service.run(authenticate, signed.text, audience=audience, client_id=client_id)
    if found.client is None:
        raise InvalidClientError(found.reason)
    return _Asker(found.client.client_id, found.client)
