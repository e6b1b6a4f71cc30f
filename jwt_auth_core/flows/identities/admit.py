"""Admit a person whom a provider vouches for: to the account that the identity opens, or to a new one.

Or to one of the same address, where both sides have proven that. An account is never joined for an address
that one side merely says; and never one with a password, which whoever comes has not shown: its owner signs
in as before, and links the identity then.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from jwt_auth_core.errors import AuthError, EmailTakenError, InvalidInputError
from jwt_auth_core.events import EmailVerified, IdentityLinked, UserRegistered
from jwt_auth_core.flows.address_limits import AddressLimits
from jwt_auth_core.flows.fields import MAXIMUM_NAME, Fields, is_storable
from jwt_auth_core.flows.identities.parts import IdentityParts
from jwt_auth_core.flows.sessions.login import identity as identity_of
from jwt_auth_core.identities.identity import (
    AccountExistsError,
    EmailNotProvenError,
    Identity,
    IdentityTakenError,
    NoAccountError,
    new_identity_id,
)
from jwt_auth_core.identities.provider import Person, ProviderRefusedError
from jwt_auth_core.passwords.hasher import NO_PASSWORD
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.email import Address, parse_email
from jwt_auth_core.users.user import NewUser, User
from jwt_auth_core.vocabulary import Client, UserId


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who would have a new account."""

    address: Address
    first_name: str
    last_name: str


@dataclass(frozen=True, slots=True)
class Admit:
    """Finds or makes the account of a person whom a provider vouches for."""

    parts: IdentityParts
    address_limits: AddressLimits
    may_register: bool

    def newcomer(self, person: Person) -> Newcomer | None:
        """Return who would have a new account by `__call__`; None where nobody would.

        Raises:
            UnavailableError: a store does not answer.
        """
        try:
            return self._newcomer(person) if self._known(person) is None else None
        except AuthError as error:
            if isinstance(error, AccountExistsError | EmailNotProvenError | NoAccountError):
                return None
            raise

    def __call__(self, person: Person, client: Client) -> Identity:
        """Return the identity by which an account is open to a person from now on.

        Raises:
            AccountExistsError: an account has the address, and may not be joined by that alone.
            EmailNotProvenError: nobody is known so, and no address is proven.
            NoAccountError: nobody is known so, and nobody may register.
            ProviderRefusedError: what the provider says cannot be stored, or the account is disabled.
            RateLimitedError: too many registrations of this client.
            InvalidInputError, UnfitTableError: the table that was there takes no such user.
            UnavailableError: a store does not answer.
        """
        known = self._known(person)
        if known is not None:
            return known
        try:
            newcomer = self._newcomer(person)
            return self._joined(person, client) if newcomer is None else self._new(person, newcomer, client)
        except IdentityTakenError:  # by another tab, at this moment
            known = self._known(person)
            if known is None:
                raise
            return known

    def link(self, person: Person, user_id: UserId, client: Client, *, reason: str | None = None) -> Identity:
        """Have an identity open an account, in the open transaction; the ``reason`` is why nobody is told.

        Raises:
            IdentityTakenError, TooManyIdentitiesError, UserNotFoundError: see `IdentityStore.add`.
            ProviderRefusedError: what the provider says cannot be stored.
            UnavailableError: the store does not answer.
        """
        now = self.parts.clock()
        made = identity_for(person, user_id, identity_id=new_identity_id(), now=now)
        self.parts.store.add(made)
        event = IdentityLinked(
            at=now,
            user_id=user_id,
            client=client,
            reason=reason,
            identity_id=made.identity_id,
            issuer=made.issuer,
        )
        self.parts.journal(event)
        return made

    def _known(self, person: Person) -> Identity | None:
        if not (is_storable(person.issuer) and is_storable(person.subject)):
            raise ProviderRefusedError("sub")
        return self.parts.store.find(person.issuer, person.subject)

    def _newcomer(self, person: Person) -> Newcomer | None:
        """Return who is to have an account; None where there is one that may be joined."""
        address = _proven(person)
        user = self.parts.users.find_by_email(address.canonical)
        if user is not None:
            self._check_joinable(user, address)
            return None
        if not self.may_register:
            raise NoAccountError
        first, last = _names(person, address)
        return Newcomer(address, first, last)

    def _check_joinable(self, user: User | None, address: Address) -> None:
        if user is None or user.password_hash != NO_PASSWORD or identity_of(user.email) != address.canonical:
            raise AccountExistsError
        if user.disabled_at is not None or not self.parts.verified.has(user.user_id):
            raise AccountExistsError

    def _joined(self, person: Person, client: Client) -> Identity:
        address = _proven(person)
        with self.parts.journal.together():
            user = self.parts.users.find_by_email(address.canonical)
            if user is None:
                raise AccountExistsError
            made = self.link(person, user.user_id, client)
            # The account is ours until the end of the transaction: whatever changed it came before.
            self._check_joinable(self.parts.users.find(user.user_id), address)
            return made

    def _new(self, person: Person, newcomer: Newcomer, client: Client) -> Identity:
        self.address_limits.register(client)
        address, now = newcomer.address, self.parts.clock()
        new = NewUser(
            email=address.stored,
            canonical=address.canonical,
            password_hash=NO_PASSWORD,
            first_name=newcomer.first_name,
            last_name=newcomer.last_name,
            typed=address.typed,
        )
        try:
            with self.parts.journal.together():
                user_id = self.parts.users.add(new).user_id
                self.parts.journal(UserRegistered(at=now, user_id=user_id, client=client))
                self.parts.verified.keep(user_id, address.canonical)
                self.parts.journal(EmailVerified(at=now, user_id=user_id, client=client, reason="provider"))
                return self.link(person, user_id, client, reason="registered")
        except EmailTakenError:
            raise AccountExistsError from None


def identity_for(person: Person, user_id: UserId, *, identity_id: str, now: int) -> Identity:
    """Return an identity as it is kept when it is linked; what no table holds of it is left out."""
    return Identity(
        identity_id=identity_id,
        issuer=person.issuer,
        subject=person.subject,
        user_id=user_id,
        email=_shown(person.email),
        name=_shown(person.name),
        linked_at=now,
    )


def used(identity: Identity, person: Person, *, now: int) -> Identity:
    """Return an identity as it is after a login by it."""
    return replace(identity, email=_shown(person.email), name=_shown(person.name), last_used_at=now)


def _proven(person: Person) -> Address:
    if person.email is None or not person.is_email_proven:
        raise EmailNotProvenError
    try:
        return parse_email(person.email)
    except InvalidInputError:
        raise EmailNotProvenError from None


def _names(person: Person, address: Address) -> tuple[str, str]:
    """Return what a new user is called: as the provider says, else by the address."""
    first, last = _name(person.first_name), _name(person.last_name)
    if not first:
        first, _, rest = _name(person.name).partition(" ")
        last = last or rest.strip()
    return first or address.stored.partition("@")[0], last


def _name(text: str | None) -> str:
    """Return a name as one is registered; nothing where it could not be."""
    fields = Fields({"name": (text or "").strip()[:MAXIMUM_NAME]})
    name = fields.name("name")
    return "" if fields.has("name") else name


def _shown(text: str | None) -> str | None:
    """Return what people read in lists, without what is none of it."""
    if text is None or not is_storable(text):
        return None
    return unicodedata.normalize("NFC", text)[:MAXIMUM_NAME]
