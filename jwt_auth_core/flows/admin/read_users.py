"""Read users as an admin: some of many, a page at a time, and all that is known of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from jwt_auth_core.admin.admin import AccountNotFoundError
from jwt_auth_core.api_keys.api_key import ApiKey
from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.flows.account.list_users import ListUsers, beginning, check_texts
from jwt_auth_core.flows.admin.admin_caller import AdminCaller
from jwt_auth_core.flows.admin.show_user import ShowUser, UserDetails
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.session import Session
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.directory import Listed, State
from jwt_auth_core.users.directory_walks import SqlWalks
from jwt_auth_core.users.user import is_uuid

MOST: Final = 200
"""How many users a page has at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSearch:
    """Which users are wanted; ``after`` is the `Listed.place` of the last of the page before.

    An ``user_id`` stands alone; a ``prefix`` of addresses, a ``role`` and a ``state`` go together.
    """

    prefix: str | None = None
    user_id: str | None = None
    role: str | None = None
    state: State | None = None
    after: str = ""
    limit: int = 50

    def check(self) -> None:
        """Refuse what does not go together, or has no limit that we know.

        Raises:
            InvalidInputError: names every offending field at once.
        """
        problems = (
            [] if 1 <= self.limit <= MOST else [FieldError("limit", "out_of_range", f"must be 1 to {MOST}")]
        )
        if self.user_id is not None and not is_uuid(self.user_id):
            problems.append(FieldError("id", "invalid_id", "must be a UUID"))
        others = {"prefix": self.prefix, "state": self.state, "role": self.role}
        if self.user_id is not None:
            problems += [
                FieldError(name, "excluded", "does not go together with id")
                for name, value in others.items()
                if value is not None
            ]
        if problems:
            raise InvalidInputError(problems)


@dataclass(frozen=True, slots=True)
class UserPage:
    """Some users, and the place behind which the next page begins; None where this is the last.

    Where more than one of prefix, role and state is asked for, there may be fewer than were asked for, or
    none, and more behind them all the same.
    """

    users: Sequence[Listed]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadUsers:
    """Reads users for an admin; changes nothing.

    Each takes the claims of the admin's access token, and raises what `AdminCaller.reads` raises.
    """

    executor: ClassVar = Executor.STORE

    caller: AdminCaller
    list_users: ListUsers
    walks: SqlWalks
    show_user: ShowUser

    def search(self, claims: Claims, wanted: UserSearch) -> UserPage:
        """Return a page of users, by address, or by id where nothing but a role is asked for.

        Raises:
            InvalidInputError: what is wanted does not go together, is no id, or no text of a database.
            UnavailableError: the database does not answer.
        """
        self.caller.reads(claims)
        wanted.check()
        if wanted.user_id is not None:
            return UserPage(self._one(wanted.user_id), None)
        if wanted.state == "enabled" or (wanted.role is not None and (wanted.prefix or wanted.state)):
            return self._walked(wanted)
        found = self._found(wanted, limit=wanted.limit + 1)
        page = found[: wanted.limit]
        return UserPage(page, page[-1].place if len(found) > len(page) else None)

    def show(self, claims: Claims, user_id: str) -> UserDetails:
        """Return all that is known of a user.

        Raises:
            InvalidInputError: this is no id.
            AccountNotFoundError: it is nobody's.
            UnavailableError: a store does not answer.
        """
        self.caller.reads(claims)
        return self.show_user(self.caller.target(user_id))

    def sessions(self, claims: Claims, user_id: str) -> Sequence[Session]:
        """Return where a user is logged in, the oldest session first; raises what `show` raises."""
        self.caller.reads(claims)
        return self.show_user.list_sessions(self.caller.target(user_id).user_id)

    def api_keys(self, claims: Claims, user_id: str) -> Sequence[ApiKey]:
        """Return the API keys of a user, the oldest first; raises what `show` raises."""
        self.caller.reads(claims)
        return self.show_user.list_api_keys(self.caller.target(user_id).user_id)

    def _found(self, wanted: UserSearch, *, limit: int) -> Sequence[Listed]:
        if wanted.role is not None:
            return self.list_users.of_role(wanted.role, after=wanted.after, limit=limit)
        return self.list_users(wanted.prefix or "", after=wanted.after, limit=limit, state=wanted.state)

    def _walked(self, wanted: UserSearch) -> UserPage:
        role, prefix, after, limit = wanted.role, wanted.prefix or "", wanted.after, wanted.limit
        check_texts(limit, role=role or "", prefix=prefix, after=after)
        begin = beginning(prefix)
        if role is None:
            found = self.walks.enabled(begin, after=after, limit=limit)
        else:
            found = self.walks.of_role(role, begin, after=after, limit=limit, state=wanted.state)
        return UserPage(found.users, found.after)

    def _one(self, user_id: str) -> Sequence[Listed]:
        try:
            user = self.caller.target(user_id)
        except AccountNotFoundError:
            return ()
        names = (user.first_name, user.last_name)
        return (Listed(user.user_id, user.email, *names, user.disabled_at, place=user.user_id),)
