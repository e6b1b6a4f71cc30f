"""Send a letter: look up where it goes, have its token made, write it, hand it to the mailer.

All of that happens now and not when it was kept, so that no row holds an address that is out of date, a text
or a token (F-25).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from jwt_auth_core.mail.address import Mailbox, posted
from jwt_auth_core.mail.contents import Contents, Letters, link
from jwt_auth_core.mail.letter import KINDS, LetterName, Purpose, language_named, letter_named
from jwt_auth_core.mail.mailer import Mail, Mailer
from jwt_auth_core.mail.mint import LetterTokens, Mint, TokenOrder
from jwt_auth_core.outbox import NEEDLESS, Failure, Message, Needless
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.user import User, UserStore
from jwt_auth_core.vocabulary import Clock, Email, UserId

UNKNOWN: Failure = Failure("letter_unknown")
"""A letter of a newer release, or without its mint: a process that knows it sends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stationery:
    """What is the same in every letter."""

    sender: Mailbox
    service: str
    account_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverLetter:
    """Writes and sends the outbox's letters.

    ``mints`` has who makes the tokens of each purpose.
    """

    mailer: Mailer
    letters: Letters
    stationery: Stationery
    users: UserStore
    mints: Mapping[Purpose, Mint]
    clock: Clock

    def __call__(self, message: Message) -> Failure | Needless | None:
        """Send it once; see `outbox.Deliver`. What nobody needs any more does not reach the mailer."""
        facts = message.facts
        name = letter_named(facts["type"])
        purpose = None if name is None else KINDS[name].purpose
        if name is None or (purpose is not None and purpose not in self.mints):
            return UNKNOWN
        user = self._user(facts)
        if user is None:
            return NEEDLESS
        try:
            address = posted(cast("str | None", facts.get("address")) or user.email)
        except ValueError:
            return Failure("address_invalid", is_final=True)
        tokens = None
        if purpose is not None:
            tokens = self.mints[purpose](_order(purpose, user, address, message))
            if tokens is None:
                return NEEDLESS
        contents = self._contents(name, message, user, tokens)
        return self._sent(message, address, contents)

    def _user(self, facts: Mapping[str, object]) -> User | None:
        if "user_id" in facts:
            return self.users.find(UserId(cast("str", facts["user_id"])))
        return self.users.find_by_email(Email(cast("str", facts["email"])))

    def _contents(
        self, name: LetterName, message: Message, user: User, tokens: LetterTokens | None
    ) -> Contents:
        more = _more(message)
        code = None if tokens is None else tokens.code
        return Contents(
            name=name,
            language=language_named(message.facts["language"]) or "en",
            service=self.stationery.service,
            at=cast("int", more.get("at", message.created_at)),
            link="" if tokens is None else link(self.stationery.account_url, name, tokens),
            link_seconds=0 if tokens is None else tokens.token.seconds,
            code="" if code is None else code.text.reveal(),
            code_seconds=0 if code is None else code.seconds,
            until=cast("int | None", more.get("until")),
            first_name=user.first_name,
        )

    def _sent(self, message: Message, address: str, contents: Contents) -> Failure | None:
        sender = self.stationery.sender
        mail = Mail(
            message_id=f"{message.id}@{sender.domain}",
            sender=sender,
            recipient=address,
            at=self.clock(),
            language=contents.language,
            letter=self.letters[contents.name, contents.language](contents),
        )
        refusal = self.mailer.send(mail)
        if refusal is None:
            return None
        return Failure(refusal.error, is_final=refusal.is_final, is_down=refusal.is_down)


def _order(purpose: Purpose, user: User, address: str, message: Message) -> TokenOrder:
    return TokenOrder(
        purpose=purpose,
        user_id=user.user_id,
        address=address,
        letter_id=message.id,
        asked_at=message.created_at,
        facts=_more(message),
    )


def _more(message: Message) -> Mapping[str, object]:
    return cast("Mapping[str, object]", message.facts.get("more", {}))
