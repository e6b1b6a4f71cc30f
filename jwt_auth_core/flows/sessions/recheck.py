"""Recheck: ask the stores whether the sessions behind verified access tokens are still alive.

For those who want it at each request (``REVOCATION_CHECK=always``); the rest look into memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from jwt_auth_core.admin.impersonation import is_impersonation
from jwt_auth_core.clients.client import ClientStore, ServiceClient, is_client_id
from jwt_auth_core.errors import AuthError, InvalidInputError, TokenInvalidError
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.sessions.session_validity import is_current
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.session import SessionStore
from jwt_auth_core.tokens.actors import Actor, chain_of
from jwt_auth_core.tokens.claims import ACTOR, Claims
from jwt_auth_core.users.standing import Standing, Standings, is_in_force
from jwt_auth_core.vocabulary import SessionId, UserId

_Pair = tuple[UserId, SessionId]


@dataclass(frozen=True, slots=True)
class Recheck:
    """Asks the stores about many tokens at once; changes nothing."""

    executor: ClassVar = Executor.BATCH

    sessions: SessionStore
    standings: Standings
    clients: ClientStore

    def __call__(self, claims: Sequence[Claims]) -> list[AuthError | None]:
        """Return for each token what is wrong with it by now, or None; in order.

        One query for all users and ended sessions, one look into the session store each. A token
        without a session is as good as its user, one of a client as that, and one of a client that acts for a
        user as both, as are all who acted before. No user, or no answer for sure: refused (RF-16).

        Raises:
            UnavailableError: a store does not answer.
        """
        pairs = [(UserId(one.subject), SessionId(one.session_id or "")) for one in claims]
        users = sorted({pair for one in claims for pair in _users_of(one)})
        read = self.standings.read([*pairs, *users])
        standings, acting = read[: len(pairs)], dict(zip(users, read[len(pairs) :], strict=True))
        ids = sorted({client_id for one in claims for client_id in _clients_of(one)})
        clients: Mapping[str, ServiceClient] = self.clients.find(ids) if ids else {}
        return [
            self._answer_of(clients.get(one.subject), one)
            if one.client_id == one.subject
            else self._answer(one, standing, clients, acting)
            for one, standing in zip(claims, standings, strict=True)
        ]

    def _answer_of(self, client: ServiceClient | None, claims: Claims) -> AuthError | None:
        is_alive = client is not None and client.mark == claims.session_id
        return None if is_alive else TokenInvalidError("revoked")

    def _answer(
        self,
        claims: Claims,
        standing: Standing,
        clients: Mapping[str, ServiceClient],
        acting: Mapping[_Pair, Standing],
    ) -> AuthError | None:
        is_in_time = is_in_force(standing, since=claims.issued_at, version=claims.session_version)
        is_alive = is_in_time and is_current(standing, claims) and self._is_alive(claims.session_id)
        users = (_may_still_act(acting[pair], claims) for pair in _users_of(claims))
        if is_alive and all(users) and all(self._may_act(actor, clients) for actor in _actors_of(claims)):
            return None
        return TokenInvalidError("revoked")

    def _may_act(self, actor: Actor, clients: Mapping[str, ServiceClient]) -> bool:
        if not is_client_id(actor.name):
            return self._is_alive(actor.session_id)
        client = clients.get(actor.name)
        return client is not None and actor.session_id in {None, client.mark}

    def _is_alive(self, session_id: str | None) -> bool:
        if session_id is None or is_impersonation(session_id):  # of which the database alone knows an end
            return True
        try:
            return self.sessions.find(SessionId(session_id)) is not None
        except InvalidInputError:
            return False  # somebody else's idea of a session


def _clients_of(claims: Claims) -> Iterator[str]:
    """Yield the service clients that call, on their own behalf or for a user."""
    if claims.client_id == claims.subject:
        yield claims.subject
    yield from (actor.name for actor in _actors_of(claims) if is_client_id(actor.name))


def _users_of(claims: Claims) -> Iterator[_Pair]:
    """Yield the users who act for another, each with the session."""
    for actor in _actors_of(claims):
        if not is_client_id(actor.name):
            yield UserId(actor.name), SessionId(actor.session_id or "")


def _may_still_act(standing: Standing, claims: Claims) -> bool:
    """Tell whether nothing of who acts was ended since the token was issued, by time: it has no number."""
    user = standing.user
    if user is None or not is_in_force(standing, since=claims.issued_at, version=None):
        return False
    return user.tokens_valid_after is None or claims.issued_at > user.tokens_valid_after


def _actors_of(claims: Claims) -> Iterator[Actor]:
    """Yield who acts for a user: whoever says so by a session, and the client that the token is of."""
    chain = chain_of(claims.extra) if ACTOR in claims.extra else None
    yield from (one for one in chain or () if one.session_id is not None or one.name == claims.client_id)
