"""Opening a session: how every first factor ends, and what a password change has in common with them.

Whether the account may log in, and what else it has to show, is asked here and nowhere else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Final

from jwt_auth_core.assurance import AAL2, PASSWORD, level_of
from jwt_auth_core.audit.sink import session_mark
from jwt_auth_core.errors import InvalidCredentialsError, RefreshInvalidError, UnavailableError
from jwt_auth_core.events import SessionEnded
from jwt_auth_core.flows.sessions.challenge import AskSecondFactor, Challenge, FirstFactor
from jwt_auth_core.flows.sessions.end_session import EndSession
from jwt_auth_core.flows.sessions.grant import Grant, grant
from jwt_auth_core.flows.sessions.list_sessions import ListSessions
from jwt_auth_core.flows.sessions.parts import SessionParts
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.sessions.record import storable
from jwt_auth_core.sessions.session import NewSession, is_session_id, new_session_id
from jwt_auth_core.sessions.token import RefreshTokens
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.user import User
from jwt_auth_core.users.verified import EmailUnverifiedError, VerifiedAddresses
from jwt_auth_core.vocabulary import Client, SessionId, UserId

_LOGGER: Final = logging.getLogger("jwt_auth.opening")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """Where every first factor ends: it alone asks what else a login needs, and opens the session."""

    parts: SessionParts
    list_sessions: ListSessions
    end_session: EndSession
    refresh_tokens: RefreshTokens
    tokens: AccessTokens
    sessions_per_user: int
    together: Callable[[], AbstractContextManager[None]]
    as_one: Callable[[], AbstractContextManager[None]]
    second_factor: AskSecondFactor
    undo_deletion: Callable[[UserId, Client], bool]
    must_be_verified: VerifiedAddresses | None = None

    def __call__(  # noqa: PLR0913 - what a session may have of another one
        self,
        user: User,
        client: Client,
        *,
        is_still_right: Callable[[User], bool],
        methods: tuple[str, ...] = PASSWORD,
        device: str | None = None,
        replaces: str | None = None,
        instead_of: str | None = None,
        browser: str | None = None,
    ) -> Grant | Challenge:
        """Answer a first factor that was right: with a session, or with what else is asked for.

        ``methods`` are what it was, in words of RFC 8176; what comes to `AAL2` by itself meets nothing more.
        ``device`` is the digest of the token of a known device, ``browser`` that of the browser in which
        alone the login may go on. The user is looked at once more when the
        session is there for everybody who ends sessions. So one who was disabled meanwhile, or whose factor
        ``is_still_right`` no more, leaves no session behind, and one who enrolled a second factor meanwhile
        is asked for it (RF-11).

        Raises:
            InvalidCredentialsError: the user is disabled or gone, or the factor was changed.
            EmailUnverifiedError: the address has to be verified before any login.
            UnavailableError: a store does not answer; nothing was handed out.
        """
        first = FirstFactor(methods, device, instead_of, browser)
        self._refuse(user)
        challenge = self._asked(user, first)
        if challenge is not None:
            return challenge
        grant, after = self._opened(user, client, is_still_right, first, replaces)
        challenge = self._asked(after, first) if after.factor_kinds else None
        if challenge is None:
            return self._granted(grant, after, client)
        self.take_back(grant)
        return challenge

    def completed(
        self,
        user: User,
        client: Client,
        *,
        is_still_right: Callable[[User], bool],
        shown: FirstFactor,
        replaces: str | None = None,
    ) -> Grant:
        """Open the session of a login that was challenged and has shown all that was asked for.

        Raises:
            InvalidCredentialsError: the user is disabled or gone, or the first factor was changed.
            EmailUnverifiedError: the address has to be verified before any login.
            UnavailableError: a store does not answer; nothing was handed out.
        """
        self._refuse(user)
        grant, after = self._opened(user, client, is_still_right, shown, replaces)
        return self._granted(grant, after, client)

    def admits(self, user: User) -> bool:
        """Tell whether the account opens sessions at all: it is neither disabled nor about to be erased."""
        return user.disabled_at is None and not self._is_over(user)

    def _refuse(self, user: User) -> None:
        if not self.admits(user):
            raise InvalidCredentialsError
        if self.must_be_verified is not None and not self.must_be_verified.has(user.user_id):
            raise EmailUnverifiedError

    def _asked(self, user: User, first: FirstFactor) -> Challenge | None:
        return None if level_of(first.methods) == AAL2 else self.second_factor(user, first)

    def _opened(
        self,
        user: User,
        client: Client,
        is_still_right: Callable[[User], bool],
        first: FirstFactor,
        replaces: str | None,
    ) -> tuple[Grant, User]:
        methods, instead_of = first.methods, first.instead_of
        grant = self.begin(user, client, methods=methods, replaces=replaces, instead_of=instead_of)
        after = self._if(user, is_still_right)
        while after is not None and after.session_version != user.session_version:
            # All of the user's sessions were ended meanwhile, this one too: the login comes after that.
            self.take_back(grant)
            user, grant = after, self.begin(after, client, methods=methods)
            after = self._if(user, is_still_right)
        if after is None:
            self.take_back(grant)
            raise InvalidCredentialsError
        return grant, after

    def _granted(self, grant: Grant, user: User, client: Client) -> Grant:
        if not self._stays(user, client):
            self.take_back(grant)
            raise InvalidCredentialsError
        grant.kept_from = user.deletion_at
        return grant

    def begin(  # noqa: PLR0913 - what a session may have of another one
        self,
        user: User,
        client: Client,
        *,
        methods: tuple[str, ...] = PASSWORD,
        version: int | None = None,
        replaces: str | None = None,
        instead_of: str | None = None,
        proof: Claims | None = None,
    ) -> Grant:
        """Open a session with an id of its own and return its first tokens (RF-13).

        It bears the user's session version as read, or the ``version`` that is to come. The session of
        the refresh token ``replaces`` ends, and the user's own ``instead_of``; when the user has too many,
        the oldest do (RF-15). The user has just proven who they are by the ``methods``, or did as the
        ``proof`` says.

        Raises:
            UnavailableError: a store does not answer; nothing was handed out.
        """
        session_id = new_session_id()
        first = self.refresh_tokens.first(session_id)
        number = user.session_version if version is None else version
        new = NewSession(session_id, user.user_id, first.digest, client, methods, session_version=number)
        if proof is not None:
            new = replace(new, authenticated_at=proof.auth_time, methods=tuple(sorted(proof.amr)))
        with self.together():
            # In the index first: a session that nobody could list must not exist.
            self._enter(session_id, user, client)
            session = self.parts.sessions.open(new)
        self._make_room(new, replaces, instead_of)
        return grant(
            self.tokens,
            user=user,
            session_id=session_id,
            life=session.life,
            refresh=first,
            now=self.parts.clock(),
            factor_scopes=self.parts.factor_scopes,
        )

    def take_back(self, opened: Grant) -> None:
        """End a session whose tokens were not handed out after all.

        Raises:
            UnavailableError: a store does not answer; nobody has its tokens all the same.
        """
        self.end_session(opened.session_id, user_id=opened.user.user_id, reason=EndReason.NOT_GRANTED)

    def _if(self, before: User, is_still_right: Callable[[User], bool]) -> User | None:
        # Whoever changes factors holds the account's row and ends the sessions that are there by then: this
        # one is among them, or what has changed is seen here.
        user = self.parts.users.find_settled(before.user_id)
        if user is None or user.disabled_at is not None:
            return None
        return user if is_still_right(user) else None

    def _stays(self, user: User, client: Client) -> bool:
        """Take the deletion of the account back, if it was on the way out; False where it is too late."""
        if user.deletion_at is None or self.undo_deletion(user.user_id, client):
            return True
        found = self.parts.users.find(user.user_id)  # another login may have been faster
        return found is not None and found.deletion_at is None

    def _is_over(self, user: User) -> bool:
        """Tell whether the account is about to be erased: too late to take that back."""
        return user.deletion_at is not None and user.deletion_at <= self.parts.clock()

    def _enter(self, session_id: SessionId, user: User, client: Client) -> None:
        now, address = self.parts.clock(), storable(client).address
        ends_at = now + self.parts.max_age_seconds
        self.parts.session_index.add(
            session_id, user_id=user.user_id, now=now, ends_at=ends_at, address=address
        )

    def _make_room(self, new: NewSession, replaces: str | None, instead_of: str | None) -> None:
        """End what the new session replaces; the login stands, whatever comes of it.

        Counted after the new session was stored, so that of several parallel logins the last one to
        count sees every session, and the limit holds.
        """
        try:
            if instead_of is not None and is_session_id(instead_of):
                self._end(SessionId(instead_of), new.user_id, new.client, EndReason.REPLACED)
            self._replace(replaces, new.client, but=instead_of)
            for oldest in self._too_many(new.user_id, new.session_id):
                self._end(oldest, new.user_id, new.client, EndReason.EVICTED)
        except UnavailableError as error:
            _LOGGER.warning("an old session was not ended beside a new one: %s", error)

    def _replace(self, text: str | None, client: Client, *, but: str | None) -> None:
        try:
            session_id = self.refresh_tokens.parse(text or "").session_id
        except RefreshInvalidError:
            return
        if session_id != but:
            self._end(session_id, None, client, EndReason.REPLACED)

    def _too_many(self, user_id: UserId, opened: SessionId) -> Sequence[SessionId]:
        """Return the oldest of the others that are above the limit, and alive."""
        room = self.sessions_per_user - 1
        if len(self.list_sessions.ids(user_id)) - 1 <= room:
            return ()
        others = [one.session_id for one in self.list_sessions(user_id) if one.session_id != opened]
        return others[: max(0, len(others) - room)]

    def _end(self, session_id: SessionId, user_id: UserId | None, client: Client, reason: EndReason) -> None:
        now, mark = self.parts.clock(), session_mark(session_id)
        event = SessionEnded(at=now, user_id=user_id, session=mark, client=client, reason=reason.value)
        self.end_session(session_id, user_id=user_id, reason=reason, event=event)
