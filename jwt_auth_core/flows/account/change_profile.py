"""Change the profile: the names by which a user is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.errors import UserNotFoundError
from jwt_auth_core.events import ProfileChanged
from jwt_auth_core.flows.account.current_user import CurrentUser
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.profile import Profiles
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Client, Clock


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """Checked input, None leaves a name as it is; made by `ProfileChange.parse`."""

    first_name: str | None
    last_name: str | None

    @classmethod
    def parse(cls, values: Mapping[str, object]) -> ProfileChange:
        """Check ``first_name`` and ``last_name`` where they are there.

        Raises:
            InvalidInputError: names every offending field at once.
        """
        fields = Fields(values)
        first, last = (fields.name(one) if one in values else None for one in ("first_name", "last_name"))
        fields.raise_problems()
        return cls(first, last)


@dataclass(frozen=True, slots=True)
class ChangeProfile:
    """Changes names alone: neither address nor password, and it ends no session."""

    executor: ClassVar = Executor.STORE

    current_user: CurrentUser
    profiles: Profiles
    journal: Journal
    clock: Clock

    def __call__(
        self, user_id: str, change: ProfileChange, client: Client, claims: Claims | None = None
    ) -> User:
        """Store the names, and return the user as it is now; nothing to change changes nothing.

        With the ``claims`` of an access token it has the scopes that its session grants.

        Raises:
            InvalidInputError: a name is too long for the table that was there.
            UserNotFoundError: the user is gone or disabled.
            UnavailableError: the store does not answer; the same may be sent again.
        """
        user = self.current_user(user_id, claims)
        if change == ProfileChange(None, None):
            return user
        names = {"first_name": change.first_name, "last_name": change.last_name}
        with self.journal.together():
            if not self.profiles.rename(user.user_id, **names):
                raise UserNotFoundError
            self.journal(ProfileChanged(at=self.clock(), user_id=user.user_id, client=client))
        return self.current_user(user_id, claims)
