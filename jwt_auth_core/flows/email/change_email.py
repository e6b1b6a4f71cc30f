"""Change the address, first half: a letter goes to the new one; nothing is changed before it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.events import EmailChangeAsked
from jwt_auth_core.flows.account.current_user import CurrentUser
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.fresh_login import FreshLogin
from jwt_auth_core.flows.mail.ask_letter import AskLetter
from jwt_auth_core.flows.sessions.login import identity
from jwt_auth_core.flows.sessions.parts import SessionParts
from jwt_auth_core.flows.still_in_force import refuse_ended, refuse_other
from jwt_auth_core.mail.letter import Language
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.email import Address, parse_email
from jwt_auth_core.users.email_change import EmailChange, EmailChanges
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Client

FIELD = "new_email"


@dataclass(frozen=True, slots=True)
class ChangeEmail:
    """Asks the new address first: nothing is changed before its reader confirms it."""

    executor: ClassVar = Executor.STORE

    current_user: CurrentUser
    fresh_login: FreshLogin
    changes: EmailChanges
    parts: SessionParts
    ask: AskLetter

    def parse(self, values: Mapping[str, object]) -> Address:
        """Check ``new_email``.

        Raises:
            MailNotConfiguredError: there is no mailer.
            InvalidInputError: it is missing, or no address.
        """
        self.ask.queue.require()
        fields = Fields(values)
        text = fields.text(FIELD)
        fields.raise_problems()
        try:
            return parse_email(text)
        except InvalidInputError as error:
            raise InvalidInputError(
                [FieldError(FIELD, one.code, one.message) for one in error.errors]
            ) from None

    def __call__(
        self, user_id: str, address: Address, client: Client, claims: Claims | None, *, language: Language
    ) -> None:
        """Have a letter sent to the new address, by which its reader confirms it.

        Nobody is looked up who may have it, so the answer and its time say nothing of that (ENUM-2). What is
        over the limit of an address is no letter, and no error.

        Raises:
            InsufficientAuthenticationError: ``claims``, those of the access token, show no fresh login, or
                no second factor where there is one.
            InvalidInputError: it is the address that the user has, or too long for the table that was there.
            RateLimitedError: the client asked for too many letters.
            TokenInvalidError: the session of the ``claims`` was ended meanwhile.
            UserNotFoundError: the user is gone or disabled.
            UnavailableError: a store does not answer; nothing is sent.
        """
        user = self.current_user(user_id)
        self.fresh_login.check(claims, user=user)
        if identity(user.email) == address.canonical:
            raise InvalidInputError([FieldError(FIELD, "unchanged", "is the address of this account")])
        if self.ask.may_be_sent("email_confirm", address.canonical, client):
            self._keep(user, address, client, language, claims)

    def _keep(
        self, user: User, address: Address, client: Client, language: Language, claims: Claims | None
    ) -> None:
        now = self.parts.clock()
        with self.parts.journal.together():
            self.parts.users.adopt(user.user_id)
            # The change is good as long as the version stays: the session has to be of that one.
            refuse_ended(self.parts.users, user.user_id, claims)
            refuse_other(user, self.fresh_login.check(claims))
            letter_id = self.ask.queue(
                "email_confirm", user.user_id, language=language, address=address.stored
            )
            change = EmailChange(
                letter_id=letter_id,
                user_id=user.user_id,
                old_email=user.email,
                old_canonical=identity(user.email),
                new_email=address.stored,
                new_canonical=address.canonical,
                version=user.session_version,
                asked_at=now,
            )
            self.changes.ask(change)
            self.parts.journal(EmailChangeAsked(at=now, user_id=user.user_id, client=client))
