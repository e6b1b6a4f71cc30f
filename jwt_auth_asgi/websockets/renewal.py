"""Renewal: a client that stays on its websocket sends a fresh token in band, and the websocket goes on."""

from __future__ import annotations

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.identity.identity import KEY, AuthenticatedUser
from jwt_auth_asgi.websockets.connection import Connection
from jwt_auth_asgi.websockets.connections import SOCKET
from jwt_auth_core.errors import TokenInvalidError


async def renew(scope: Scope, token: str) -> AuthenticatedUser:
    """Let a websocket live as long as ``token``, a fresh access token of the same session and user.

    ``scope`` is what the framework shows of it (``websocket.scope``): its user is the token's from
    then on. Whatever is raised, nothing has changed.

    Raises:
        TokenExpiredError: the token is authentic and too old.
        TokenInvalidError: it is anything else but fresh, of this session and user; or the websocket
            is closed, or nobody was authenticated when it opened.
        UnavailableError: nobody can tell whether it was revoked, and the settings want to know.
    """
    connection = scope.get(SOCKET)
    if not isinstance(connection, Connection):
        raise TokenInvalidError("there is no authenticated websocket to renew")
    user = await connection.registry.renew(connection, token)
    scope["user"] = scope["auth"] = scope[KEY] = user
    return user
