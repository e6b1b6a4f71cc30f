"""Issue a client's token (RFC 6749 section 4.4): a client that was authenticated in, its access token out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jwt_auth_core.clients.client import InvalidScopeError, InvalidTargetError, ServiceClient
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.covering import covering
from jwt_auth_core.tokens.scope import parse_scopes


@dataclass(frozen=True, slots=True)
class ClientToken:
    """An access token, for how many seconds, and what it grants."""

    access_token: str
    expires_in: int
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class IssueClientToken:
    """The use case; its part is named once, at assembly."""

    executor: ClassVar = Executor.STORE

    tokens: AccessTokens

    def __call__(
        self, client: ServiceClient, *, scope: str | None = None, resource: str | None = None
    ) -> ClientToken:
        """Return a token whose subject is the client itself, with the scopes that it asks for, or all it has.

        A ``resource`` of its list (RFC 8707) is the audience; without one that is the usual one.

        Raises:
            InvalidScopeError: it asks for what it does not have.
            InvalidTargetError: the resource is not on its list.
            UnavailableError: the system gives no random bytes.
        """
        scopes = client.scopes if scope is None else _asked(scope, client)
        if resource is not None and resource not in client.resources:
            raise InvalidTargetError
        token = self.tokens.issue(
            subject=client.client_id,
            client_id=client.client_id,
            audience=resource,
            scopes=scopes,
            session_id=client.mark,
        )
        return ClientToken(token, self.tokens.ttl_seconds, scopes)


def _asked(scope: str, client: ServiceClient) -> frozenset[str]:
    try:
        asked = parse_scopes(scope)
    except ValueError:
        raise InvalidScopeError from None
    if any(covering(client.scopes, one) is None for one in asked):
        raise InvalidScopeError
    return asked
