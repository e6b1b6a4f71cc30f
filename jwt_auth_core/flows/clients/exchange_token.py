"""Exchange a token (RFC 8693): a user's access token in, one of a client that acts for them out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.audit.sink import session_mark
from jwt_auth_core.clients.client import (
    InvalidScopeError,
    InvalidTargetError,
    ServiceClient,
    SubjectTokenError,
    UnauthorizedClientError,
)
from jwt_auth_core.errors import AuthError, TokenError, TokenInvalidError
from jwt_auth_core.events import TokenExchanged
from jwt_auth_core.flows.clients.issue_client_token import ClientToken, asked_scopes
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.actors import MOST_ACTORS, Actor, chain_of
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.user import several
from jwt_auth_core.vocabulary import Client, Clock, Secret, SessionId, UserId

_NOT_ALLOWED: Final = "the client may exchange no tokens; --may-exchange says for whom"


@dataclass(frozen=True, slots=True)
class ExchangeToken:
    """Gives a client a token of the same user and end. ``recheck`` asks the stores what is wrong."""

    executor: ClassVar = Executor.STORE

    tokens: AccessTokens
    recheck: Callable[[Sequence[Claims]], Sequence[AuthError | None]]
    journal: Journal
    clock: Clock

    def __call__(
        self,
        client: ServiceClient,
        subject_token: Secret,
        *,
        audiences: Sequence[str] = (),
        scope: str | None = None,
        where: Client | None = None,
    ) -> ClientToken:
        """Return a token of the same user, session and end, with the scopes that are asked for or all.

        It is for the ``audiences``, each of those that the client may exchange for; where that is a single
        one, it need not be named. The subject token is of ours: for our own audience, or for the client
        itself, by its id. How and when the user logged in, roles and extra claims are left behind.

        Raises:
            TypeError: one text in place of several audiences.
            UnauthorizedClientError: the client may exchange nothing.
            InvalidTargetError: an audience is none of the client's, or none is named of several.
            SubjectTokenError: the subject token is no good one of a user's, or too many acted before.
            InvalidScopeError: it asks for what the user's token does not grant.
            UnavailableError: a store does not answer, or the system gives no random bytes.
        """
        wanted, now = _targets(client, audiences), self.clock()
        claims = self._subject(client, subject_token)
        actors = chain_of(claims.extra)
        if claims.client_id == claims.subject or actors is None or len(actors) >= MOST_ACTORS:
            raise SubjectTokenError
        scopes = claims.scopes if scope is None else asked_scopes(scope, claims.scopes)
        end = min(claims.expires_at, now + self.tokens.ttl_seconds)
        try:
            token = self.tokens.issue(
                subject=claims.subject,
                client_id=client.client_id,
                audience=wanted,
                scopes=scopes,
                session_id=claims.session_id,
                session_version=claims.session_version,
                token_version=claims.token_version,
                actors=(Actor(client.client_id, client.mark), *actors),
                lifetime_seconds=end - now,
                now=now,
            )
        except ValueError:  # the subject's token was short enough: what is asked for makes this one too long
            raise (InvalidTargetError if scope is None else InvalidScopeError) from None
        mark = None if claims.session_id is None else session_mark(SessionId(claims.session_id))
        event = TokenExchanged(
            at=now,
            user_id=UserId(claims.subject),
            session=mark,
            client=where,
            client_id=client.client_id,
        )
        with self.journal.together():
            self.journal(event)
        return ClientToken(token, end - now, scopes)

    def _subject(self, client: ServiceClient, token: Secret) -> Claims:
        """Return what the subject token says, which the stores say is good now."""
        try:
            claims = self._verified(client, token.reveal())
        except TokenError:
            raise SubjectTokenError from None
        if self.recheck([claims]) != [None]:
            raise SubjectTokenError
        return claims

    def _verified(self, client: ServiceClient, text: str) -> Claims:
        try:
            return self.tokens.verify(text)
        except TokenInvalidError:
            return self.tokens.addressed_to(client.client_id).verify(text)


def _targets(client: ServiceClient, audiences: Sequence[str]) -> tuple[str, ...]:
    if not client.may_exchange:
        raise UnauthorizedClientError(_NOT_ALLOWED)
    if not audiences and len(client.may_exchange) == 1:
        return client.may_exchange
    if not audiences or not set(client.may_exchange).issuperset(several(audiences, "audiences")):
        raise InvalidTargetError
    return tuple(dict.fromkeys(audiences))
