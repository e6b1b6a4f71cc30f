"""Create a user as an admin, whether the public may register or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.errors import InvalidInputError
from jwt_auth_core.events import UserRegistered
from jwt_auth_core.flows.account.register import address_of, words_of
from jwt_auth_core.flows.account.welcome import Welcome
from jwt_auth_core.flows.admin.admin_caller import AdminCaller
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.passwords.hasher import NO_PASSWORD, Passwords
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.email import Address
from jwt_auth_core.users.user import NewUser, User, UserStore, scopes_text
from jwt_auth_core.vocabulary import Client, Clock, Secret

_KNOWN: Final = frozenset({"email", "password", "first_name", "last_name", "scopes"})


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Checked input of a new user; made by `CreateUser.parse`."""

    address: Address
    password: Secret | None
    first_name: str
    last_name: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUser:
    """Makes a user for an admin; asks first whether the caller may."""

    executor: ClassVar = Executor.HASH

    caller: AdminCaller
    passwords: Passwords
    users: UserStore
    journal: Journal
    service_name: str
    clock: Clock
    welcome: Welcome

    def parse(self, values: Mapping[str, object]) -> NewAccount:
        """Check ``email``, ``first_name`` and ``last_name``; ``password`` and ``scopes`` may be left out.

        Raises:
            InvalidInputError: names every offending field at once.
        """
        fields = Fields(values)
        address = address_of(fields)
        first_name, last_name = fields.name("first_name"), fields.name("last_name")
        password = fields.secret_if_given("password")
        if password is not None and not fields.has("password"):
            words = words_of(self.service_name, first_name, last_name, address)
            fields.problems += self.passwords.problems(password, context=words)
        scopes = _scopes(fields)
        fields.refuse_unknown(_KNOWN)
        fields.raise_problems()
        assert address is not None  # noqa: S101 - it raised otherwise
        return NewAccount(address, password, first_name, last_name, scopes)

    def __call__(self, claims: Claims, new: NewAccount, client: Client) -> User:
        """Store the user and return it; without a password it logs in once it has set one by a letter.

        No limit counts it: an admin's address may bring many.

        Raises:
            UserNotFoundError, InsufficientScopeError, InsufficientAuthenticationError: as
                `AdminCaller.changes`.
            EmailTakenError: an account with this e-mail identity exists.
            InvalidInputError: a breach service knows the password, or a name is too long for the table.
            UnavailableError: a store does not answer; the outcome may be unknown.
        """
        with self.caller.changes(claims, client):
            stored = NewUser(
                email=new.address.stored,
                canonical=new.address.canonical,
                password_hash=self._hash(new.password),
                first_name=new.first_name,
                last_name=new.last_name,
                scopes=new.scopes,
                typed=new.address.typed,
            )
            with self.journal.together():
                user = self.users.add(stored)
                self.journal(UserRegistered(at=self.clock(), user_id=user.user_id, client=client))
                self.welcome(user, new.address.canonical, language=None, browser=None)
            return user

    def _hash(self, password: Secret | None) -> str:
        if password is None:
            return NO_PASSWORD
        if problems := self.passwords.breach_problems(password):
            raise InvalidInputError(problems)
        return self.passwords.hash(password)


def _scopes(fields: Fields) -> frozenset[str]:
    try:
        return frozenset(scopes_text(fields.texts_if_given("scopes") or []).split())
    except InvalidInputError as error:
        fields.problems += error.errors
        return frozenset()
