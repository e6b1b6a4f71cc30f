"""Introspect: a token in, what it is worth at this moment out (RFC 7662); changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import ClassVar, Final, cast

from jwt_auth_core.api_keys.key_text import digest_of, is_key
from jwt_auth_core.assurance import level_of
from jwt_auth_core.errors import AuthError, RefreshInvalidError, TokenError
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.sessions.recheck import Recheck
from jwt_auth_core.flows.sessions.session_validity import is_alive
from jwt_auth_core.records import dataclass
from jwt_auth_core.revocations.revocations import Revocations
from jwt_auth_core.sessions.session import SessionStore
from jwt_auth_core.sessions.token import RefreshTokens
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.audience import audience_of
from jwt_auth_core.tokens.claims import ACTOR, Claims
from jwt_auth_core.tokens.template import Audience
from jwt_auth_core.users.standing import Standings

INACTIVE: Final[Mapping[str, object]] = {"active": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Introspect:
    """Says what a token is worth at this moment, for OAuth clients; changes nothing.

    ``issuer`` and ``audience`` are those of access tokens; ``revocations`` is None where no feed is followed.
    ``api_keys`` says what keys are worth, by their digests.
    """

    executor: ClassVar = Executor.STORE

    tokens: AccessTokens
    refresh_tokens: RefreshTokens
    sessions: SessionStore
    standings: Standings
    recheck: Recheck
    revocations: Revocations | None
    api_keys: Callable[[Sequence[str]], list[Claims | AuthError]]
    issuer: str | None
    audience: str | None

    def __call__(self, text: str) -> Mapping[str, object]:
        """Return the members of RFC 7662 section 2.2; of a token that is of no use only ``active``.

        An access token of a session is as good as its session and its user are in the stores now. A
        refresh token counts as active while its session lives: whether it was exchanged before only
        its use tells.

        An API key is as good as it is for a request, and counts as used.

        Raises:
            UnavailableError: a store does not answer: the token may be active or not.
        """
        if is_key(text):
            return self._of_api_key(text)
        return self._of_access_token(text) if "." in text else self._of_refresh_token(text)

    def _of_access_token(self, text: str) -> Mapping[str, object]:
        try:
            claims, audience = self._verified(text)
            if self.revocations is not None:
                self.revocations.check(claims)
        except TokenError:
            return INACTIVE
        if (claims.session_id is not None or claims.acting) and self.recheck([claims]) != [None]:
            return INACTIVE
        return self._told(claims, audience)

    def _verified(self, text: str) -> tuple[Claims, Audience | None]:
        """Return what a token of ours says, and whom it is for: an API that asks looks for itself in that."""
        audience = audience_of(text)
        if audience is None:
            return self.tokens.verify(text), None
        several = (audience,) if isinstance(audience, str) else audience
        if self.audience in several:
            return self.tokens.verify(text), audience
        return self.tokens.addressed_to(several[0]).verify(text), audience

    def _of_api_key(self, text: str) -> Mapping[str, object]:
        (claims,) = self.api_keys([digest_of(text)])
        if isinstance(claims, AuthError):
            return INACTIVE
        told = self._told(claims, None)
        # How long it was looked up for is no end of its own, and what stands for a session is none.
        names = ("active", "token_type", "scope", "sub", "iss")
        return {name: told[name] for name in names if name in told} | {"key_id": claims.token_id}

    def _told(self, claims: Claims, audience: Audience | None) -> Mapping[str, object]:
        told = {
            "token_type": "Bearer",
            "scope": " ".join(sorted(claims.scopes)) or None,
            "sub": claims.subject,
            "exp": claims.expires_at,
            "iat": claims.issued_at,
            "jti": claims.token_id,
            "sid": claims.session_id,
            "iss": self.issuer,
            "aud": list(audience) if isinstance(audience, tuple) else audience,
            "client_id": claims.client_id,
            "act": _thawed(claims.extra.get(ACTOR)),
            **_authentication(claims.auth_time, claims.amr, claims.acr),
        }
        return {"active": True, **{name: value for name, value in told.items() if value is not None}}

    def _of_refresh_token(self, text: str) -> Mapping[str, object]:
        try:
            session_id = self.refresh_tokens.parse(text).session_id
        except RefreshInvalidError:
            return INACTIVE
        session = self.sessions.find(session_id)
        if session is None:
            return INACTIVE
        (standing,) = self.standings.read([(session.user_id, session_id)])
        if not is_alive(session, standing):
            return INACTIVE
        told = {
            "iat": session.created_at,
            "exp": session.ends_at,
            **_authentication(session.authenticated_at, session.methods, level_of(session.methods)),
        }
        return {"active": True, "sub": session.user_id, "sid": session_id, **told}


def _thawed(value: object) -> object:
    """Return an actor as JSON has it, with the one before it (RFC 8693 section 4.1)."""
    if not isinstance(value, Mapping):
        return None
    members = cast("Mapping[str, object]", value)
    return {name: _thawed(member) if name == ACTOR else member for name, member in members.items()}


def _authentication(auth_time: int | None, amr: Collection[str], acr: str | None) -> Mapping[str, object]:
    """Return how a subject was authenticated, by the names of RFC 9470 section 6.2 and RFC 8176."""
    return {"auth_time": auth_time, "amr": sorted(amr) or None, "acr": acr}
