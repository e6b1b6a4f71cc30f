"""Issue a client's token (RFC 6749 section 4.4): a client that was authenticated in, its access token out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from jwt_auth_core.clients.client import InvalidScopeError, InvalidTargetError, ServiceClient
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.covering import covering
from jwt_auth_core.tokens.scope import parse_scopes
from jwt_auth_core.users.user import several


@dataclass(frozen=True, slots=True)
class ClientToken:
    """An access token, for how many seconds, and what it grants."""

    access_token: str
    expires_in: int
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class IssueClientToken:
    """Gives an authenticated client a token of its own; it has no refresh token."""

    executor: ClassVar = Executor.STORE

    tokens: AccessTokens

    def __call__(
        self, client: ServiceClient, *, scope: str | None = None, resources: Sequence[str] = ()
    ) -> ClientToken:
        """Return a token whose subject is the client itself, with the scopes that it asks for, or all it has.

        Any ``resources`` of its list (RFC 8707) are the audience; without them that is the usual one.

        Raises:
            TypeError: one text in place of several resources.
            InvalidScopeError: it asks for what it does not have.
            InvalidTargetError: a resource is not on its list.
            UnavailableError: the system gives no random bytes.
        """
        scopes = client.scopes if scope is None else asked_scopes(scope, client.scopes)
        if not set(client.resources).issuperset(several(resources, "resources")):
            raise InvalidTargetError
        try:
            token = self.tokens.issue(
                subject=client.client_id,
                client_id=client.client_id,
                audience=tuple(dict.fromkeys(resources)) or None,
                scopes=scopes,
                session_id=client.mark,
            )
        except ValueError:  # the token would be too long: ask for less
            raise (InvalidTargetError if resources else InvalidScopeError) from None
        return ClientToken(token, self.tokens.ttl_seconds, scopes)


def asked_scopes(scope: str, granted: frozenset[str]) -> frozenset[str]:
    """Return the scopes that are asked for, each of which is granted.

    Raises:
        InvalidScopeError: one is not, or there is none.
    """
    try:
        asked = parse_scopes(scope)
    except ValueError:
        raise InvalidScopeError from None
    if any(covering(granted, one) is None for one in asked):
        raise InvalidScopeError
    return asked
