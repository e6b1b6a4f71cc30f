"""Register: fields in, a new user out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.errors import EmailTakenError, InvalidInputError
from jwt_auth_core.events import UserRegistered
from jwt_auth_core.flows.account.registration import held_or_new
from jwt_auth_core.flows.account.welcome import Welcome
from jwt_auth_core.flows.address_limits import AddressLimits
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.mail.ask_letter import AskLetter
from jwt_auth_core.mail.letter import Language
from jwt_auth_core.passwords.hasher import Passwords
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.email import Address, parse_email
from jwt_auth_core.users.user import NewUser, User, UserStore
from jwt_auth_core.vocabulary import Client, Clock, Secret


@dataclass(frozen=True, slots=True)
class RegisterAttempt:
    """Checked input of a registration; made by `Register.parse`."""

    address: Address
    password: Secret
    first_name: str
    last_name: str


@dataclass(frozen=True, slots=True)
class Registered:
    """A new user; ``browser`` stays where it registered, None where no letter could be sent."""

    user: User
    browser: Secret | None


@dataclass(frozen=True, slots=True)
class Register:
    """Makes a user of checked fields; of two with one address at the same moment one is made.

    Whether the public may use it is the edge's to ask (``REGISTRATION``): your own code always may.
    """

    executor: ClassVar = Executor.HASH

    passwords: Passwords
    users: UserStore
    limits: AddressLimits
    journal: Journal
    service_name: str
    clock: Clock
    welcome: Welcome
    ask: AskLetter

    def parse(self, values: Mapping[str, object]) -> RegisterAttempt:
        """Check ``email``, ``password``, ``first_name`` and ``last_name``.

        Raises:
            InvalidInputError: names every offending field at once.
        """
        fields = Fields(values)
        address = address_of(fields)
        first_name, last_name = fields.name("first_name"), fields.name("last_name")
        password = fields.secret("password")
        if not fields.has("password"):
            words = words_of(self.service_name, first_name, last_name, address)
            fields.problems += self.passwords.problems(password, context=words)
        fields.raise_problems()
        assert address is not None  # noqa: S101 - close() raised otherwise
        return RegisterAttempt(address, password, first_name, last_name)

    def __call__(
        self, attempt: RegisterAttempt, client: Client, *, scopes: frozenset[str] = frozenset()
    ) -> User:
        """Store the user and return it; ``scopes`` is what its access tokens will carry.

        Raises:
            TypeError: one text in place of several scopes.
            RateLimitedError: too often; nothing was looked at.
            EmailTakenError: an account with this e-mail identity exists.
            InvalidInputError: a breach service knows the password, or a name is too long for the table
                that was there.
            UnfitTableError: that table takes no new users as it is.
            UnavailableError: the store does not answer; the outcome may be unknown.
        """
        return self.in_browser(attempt, client, scopes=scopes).user

    def in_browser(
        self,
        attempt: RegisterAttempt,
        client: Client,
        *,
        scopes: frozenset[str] = frozenset(),
        language: Language | None = None,
        browser: Secret | None = None,
    ) -> Registered:
        """Do the same, and return what tells this browser from others when the address is verified.

        The letter with the link is in the ``language``, if one is to be sent. A ``browser`` that is known by
        something already stays known by it.
        """
        self.limits.register(client)
        if problems := self.passwords.breach_problems(attempt.password):
            raise InvalidInputError(problems)
        # Hashed before any connection is taken: a slow hash must not hold one (F-15).
        password_hash = self.passwords.hash(attempt.password)
        new = NewUser(
            email=attempt.address.stored,
            canonical=attempt.address.canonical,
            password_hash=password_hash,
            first_name=attempt.first_name,
            last_name=attempt.last_name,
            scopes=scopes,
            typed=attempt.address.typed,
        )
        with self.journal.together():
            user = self.users.add(new)
            self.journal(UserRegistered(at=self.clock(), user_id=user.user_id, client=client))
            address = attempt.address.canonical
            return Registered(user, self.welcome(user, address, language=language, browser=browser))

    def quietly(
        self,
        attempt: RegisterAttempt,
        client: Client,
        *,
        language: Language | None = None,
        browser: Secret | None = None,
    ) -> Secret:
        """Do the same, and tell nobody whether an account with this address exists (ENUM-2).

        Whoever has one is told by letter that somebody wanted to register (ENUM-3), unless the address had
        too many lately. Returned is what the browser would be known by; one that is known by something
        already stays known by it, with all that it registered.

        Raises:
            MailNotConfiguredError: there is no mailer.
            RateLimitedError: too often, or the client asked for too many letters; nothing was looked at.
            InvalidInputError: a breach service knows the password, or a name is too long for the table
                that was there.
            UnfitTableError: that table takes no new users as it is.
            UnavailableError: the store does not answer; the outcome may be unknown.
        """
        self.ask.queue.require()
        is_told = self.ask.may_be_sent("already_registered", attempt.address.canonical, client)
        browser = held_or_new(browser)
        try:
            self.in_browser(attempt, client, language=language, browser=browser)
        except EmailTakenError:
            with self.journal.together():
                self.welcome.again(attempt.address.canonical, language=language, is_told=is_told)
        return browser


def address_of(fields: Fields) -> Address | None:
    """Return the address of a new user, or note why there is none."""
    text = fields.text("email")
    if fields.has("email"):
        return None
    try:
        return parse_email(text)
    except InvalidInputError as error:
        fields.problems += error.errors
        return None


def words_of(service_name: str, first_name: str, last_name: str, address: Address | None) -> list[str]:
    """Return what no password of a new user may be made of."""
    words = [service_name, first_name, last_name]
    if address is not None:
        words += [address.stored, address.canonical, address.canonical.partition("@")[0]]
    return words
