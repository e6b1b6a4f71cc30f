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
from jwt_auth_asgi.features.oauth.inputs import Credentials, Form, grant_input
from jwt_auth_asgi.features.oauth_words import token_refusal
from jwt_auth_asgi.features.password_form import form_login
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.transport import Transport, granted, token_response
from jwt_auth_asgi.problems.challenge import realm_of
from jwt_auth_core.errors import AuthError
from jwt_auth_core.flows.address_limits import GUESS
from jwt_auth_core.flows.oauth.oauth_clients import OAuthClients
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.vocabulary import Secret

Granting = Callable[[Service, Request, Form], Awaitable[Grant]]


async def _password(service: Service, request: Request, form: Form) -> Grant:
    await service.check_capacity(request.scope, limits=GUESS)
    attempt = form_login(form.fields)
    login = service.run(service.auth.login, attempt, service.client(request.scope))
    return granted(await run_until_disconnect(request.receive, login))


async def _refresh_token(service: Service, request: Request, form: Form) -> Grant:
    return await service.refresh(Secret(form.text("refresh_token")), request.scope)


GRANTS: Final[Mapping[str, Granting]] = {"password": _password, "refresh_token": _refresh_token}
"""What a form asks for with ``grant_type``, and what gives it."""


async def answer_token(service: Service, request: Request) -> Response:
    """Answer with tokens, or with what was wrong in the words of OAuth."""
    try:
        grant = await _granted(service, request)
    except AuthError as error:
        return token_refusal(error, realm=realm_of(request.scope, service.realm))
    scopes = " ".join(sorted(grant.user.scopes))
    answer = token_response(grant, service.cookie, Transport.BODY, {"scope": scopes} if scopes else {})
    answer.headers["pragma"] = "no-cache"  # RFC 6749 section 5.1, for caches of its time
    return answer


async def _granted(service: Service, request: Request) -> Grant:
    asked = await grant_input(request.scope, request.receive)
    name = _client_of(service.auth.oauth_clients, asked.client)
    await service.count_token(name, service.client(request.scope))
    give = GRANTS.get(asked.form.text("grant_type"))
    if give is None:
        raise UnsupportedGrantTypeError(GRANTS)
    return await give(service, request, asked.form)


def _client_of(clients: OAuthClients, client: Credentials | None) -> str | None:
    """Return which client has proven its secret, None for an application that has and names none.

    Raises:
        InvalidClientError: one that has a secret, or says so, has not proven it.
    """
    if client is None:
        return None
    name = client.client_of(clients)
    if name is None and not client.are_of_a_stranger_without_secret(clients):
        raise InvalidClientError
    return name
