"""Which letters there are, and what each of them carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

from jwt_auth_core.errors import AuthError
from jwt_auth_core.records import dataclass

Language = Literal["en", "de", "es"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

LetterName = Literal[
    "verify",
    "reset",
    "login",
    "email_confirm",
    "email_changed",
    "already_registered",
    "password_changed",
    "factors_changed",
    "passkey_added",
    "passkey_removed",
    "identity_added",
    "identity_removed",
    "factors_reset",
    "recovery_code_used",
    "deletion_scheduled",
    "deletion_undone",
]

Purpose = Literal["verify", "reset", "login", "email_confirm", "email_undo"]
"""What a token in a letter is good for, and nothing else."""


class MailNotConfiguredError(AuthError):
    """Raised when something needs a letter to be sent, and ``MAIL_URL`` is not set."""

    code = "mail_not_configured"

    def __init__(self) -> None:
        super().__init__("no letter can be sent: MAIL_URL is not set")


@dataclass(frozen=True, slots=True)
class LetterKind:
    """What a letter carries: a link to ``page`` with a token for ``purpose``, or, without one, news alone."""

    purpose: Purpose | None = None
    page: str = ""
    has_code: bool = False


KINDS: Final[Mapping[LetterName, LetterKind]] = {
    "verify": LetterKind("verify", "verify", has_code=True),
    "reset": LetterKind("reset", "reset"),
    "login": LetterKind("login", "login", has_code=True),
    "email_confirm": LetterKind("email_confirm", "email"),
    "email_changed": LetterKind("email_undo", "email-undo"),
    "already_registered": LetterKind(),
    "password_changed": LetterKind(),
    "factors_changed": LetterKind(),
    "passkey_added": LetterKind(),
    "passkey_removed": LetterKind(),
    "identity_added": LetterKind(),
    "identity_removed": LetterKind(),
    "factors_reset": LetterKind(),
    "recovery_code_used": LetterKind(),
    "deletion_scheduled": LetterKind(),
    "deletion_undone": LetterKind(),
}

_LETTERS: Final[Mapping[object, LetterName]] = {name: name for name in KINDS}
_LANGUAGES: Final[Mapping[object, Language]] = {language: language for language in LANGUAGES}


def letter_named(text: object) -> LetterName | None:
    """Return the letter that has this name, if there is one."""
    return _LETTERS.get(text)


def language_named(text: object) -> Language | None:
    """Return the language that has this name, if it is one of ours."""
    return _LANGUAGES.get(text)
