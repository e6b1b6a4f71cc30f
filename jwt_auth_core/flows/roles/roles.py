"""Roles: what an operator or an application does with them; what they grant, logins and refreshes look up."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, Final

from jwt_auth_core.errors import UnavailableError
from jwt_auth_core.events import RoleDefined, RoleGranted, RoleRevoked
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.sessions.parts import SessionParts
from jwt_auth_core.records import dataclass
from jwt_auth_core.roles import Role, RoleStore
from jwt_auth_core.users.user import scopes_text
from jwt_auth_core.vocabulary import UserId

_LOGGER: Final = logging.getLogger("jwt_auth.roles")


@dataclass(frozen=True, slots=True)
class Roles:
    """Defines roles and gives them to users; a role that is taken away is gone within a second."""

    executor: ClassVar = Executor.STORE

    parts: SessionParts
    store: RoleStore

    def define(self, name: str, scopes: Iterable[str]) -> Role:
        """Give a role its scopes, in the place of those before; return it.

        Who has it gets them with the next login or refresh, and loses then what it no longer has.

        Raises:
            TypeError: one text in place of several scopes.
            InvalidInputError: name or scopes are none, or too long for a role, or for a user who has it.
            UnavailableError: the database does not answer.
        """
        role = Role(name, frozenset(scopes_text(scopes).split()))
        with self.parts.journal.together():
            if self.store.put(role):
                event = RoleDefined(at=self.parts.clock(), role=name, scopes=tuple(sorted(role.scopes)))
                self.parts.journal(event)
        return role

    def list(self) -> Sequence[Role]:
        """Return every role, by name.

        Raises:
            UnavailableError: the database does not answer.
        """
        return self.store.all()

    def grant(self, user_id: UserId, name: str) -> bool:
        """Give a user a role, from the next login or refresh on; tell whether it is news.

        Raises:
            UserNotFoundError: there is no such user.
            RoleNotFoundError: there is no such role.
            InvalidInputError: the roles of the user would be too long for a token.
            UnavailableError: the database does not answer.
        """
        with self.parts.journal.together():
            self.parts.users.adopt(user_id)
            is_news = self.store.grant(user_id, name)
            if is_news:
                self.parts.journal(RoleGranted(at=self.parts.clock(), user_id=user_id, role=name))
        return is_news

    def revoke(self, user_id: UserId, name: str, *, check: Callable[[], None] | None = None) -> bool:
        """Take a role from a user, at once; tell whether it was there.

        ``check`` is asked in the transaction of the change, and may refuse it by what it raises.

        Every access token that was issued before is refused from now on, everywhere within a second. The
        sessions go on: the next refresh gives a token without the role.

        Raises:
            UserNotFoundError: there is no such user.
            RoleNotFoundError: there is no such role.
            UnavailableError: the database does not answer; try again.
        """
        now = self.parts.clock()
        with self.parts.journal.together():
            if check is not None:
                check()
            self.parts.users.adopt(user_id)
            was_there = self.store.revoke(user_id, name)
            if was_there:
                self.parts.users.cut_off_tokens(user_id, now=now)
                self.parts.journal(RoleRevoked(at=now, user_id=user_id, role=name))
        self._announce(user_id)
        return was_there

    def _announce(self, user_id: UserId) -> None:
        """Tell every process of the user's last cut-off; also when the answer to it may have been lost.

        Nothing here can fail the caller: who follows the revocations finds it in the database.
        """
        try:
            user = self.parts.users.find(user_id)
            if user is not None and user.tokens_valid_after is not None:
                before = user.tokens_valid_after + 1
                self.parts.revocations.revoke_tokens(user_id, before=before, token_version=user.token_version)
        except UnavailableError as error:
            _LOGGER.warning("access tokens are refused when the database is read again: %s", error)
