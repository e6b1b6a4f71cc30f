"""Tell users of what happened to their accounts: a letter kept with the event, in its transaction.

Nobody asks for these, and nothing limits them: whoever took an account over must not be able to hold back
the letter that says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from jwt_auth_core.events import (
    DeletionScheduled,
    DeletionUndone,
    Event,
    FactorAdded,
    FactorRemoved,
    FactorsReset,
    IdentityLinked,
    IdentityRemoved,
    PasskeyAdded,
    PasskeyRemoved,
    PasswordChanged,
    PasswordReset,
    RecoveryCodesRenewed,
    RecoveryCodeUsed,
)
from jwt_auth_core.flows.mail.queue_letter import QueueLetter
from jwt_auth_core.mail.language import language_of
from jwt_auth_core.mail.letter import Language, LetterName
from jwt_auth_core.records import dataclass

NOTICES: Final[Mapping[type[Event], LetterName]] = {
    PasswordChanged: "password_changed",
    PasswordReset: "password_changed",
    FactorAdded: "factors_changed",
    FactorRemoved: "factors_changed",
    RecoveryCodesRenewed: "factors_changed",
    RecoveryCodeUsed: "recovery_code_used",
    FactorsReset: "factors_reset",
    PasskeyAdded: "passkey_added",
    PasskeyRemoved: "passkey_removed",
    IdentityLinked: "identity_added",
    IdentityRemoved: "identity_removed",
    DeletionScheduled: "deletion_scheduled",
    DeletionUndone: "deletion_undone",
}
_WITH_MORE: Final = (PasskeyRemoved, IdentityLinked, IdentityRemoved)


@dataclass(frozen=True, slots=True)
class QueueNotice:
    """Puts a letter into the outbox for each event that its user should know of.

    It is in the language of the request by which it happened, in ``language`` where that named none of ours.
    """

    queue: QueueLetter
    language: Language

    def __call__(self, event: Event) -> None:
        """Keep it.

        Raises:
            UnavailableError: it is not kept; the caller's transaction is undone.
        """
        letter = NOTICES.get(type(event))
        if isinstance(event, _WITH_MORE) and event.reason is not None:
            letter = None  # it came or went with all else: who did that knows, or has another letter
        if letter is not None and event.user_id is not None:
            asked_for = None if event.client is None else event.client.accept_language
            language = language_of(asked_for, default=self.language)
            until = {"until": event.deletion_at} if isinstance(event, DeletionScheduled) else {}
            self.queue(letter, event.user_id, language=language, facts={"at": event.at, **until})
