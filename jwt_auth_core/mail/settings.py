"""What can be configured of mail: by whom letters are sent, whom they come from, where their links lead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from jwt_auth_core.errors import MissingDriverError
from jwt_auth_core.mail.address import parse_mailbox
from jwt_auth_core.mail.letter import LANGUAGES, Language
from jwt_auth_core.mail.mail_url import parse_mail_url
from jwt_auth_core.records import dataclass
from jwt_auth_core.variables.record import SettingsRecord
from jwt_auth_core.variables.urls import is_public_url
from jwt_auth_core.variables.variable import Variable, is_text
from jwt_auth_core.variables.words import one_of
from jwt_auth_core.vocabulary import Secret


def _is_mail_url(value: object) -> str | None:
    if value is not None and not isinstance(value, Secret):
        return 'must be a Secret: wrap the text as Secret("...")'
    try:
        parse_mail_url("memory:" if value is None else value.reveal())
    except MissingDriverError as error:
        return f"has a host beyond ASCII, and {error}"
    except ValueError as error:
        return str(error)
    return None


def _is_mailbox(value: object) -> str | None:
    if value is None or not isinstance(value, str):
        return is_text(value)
    try:
        parse_mailbox(value)
    except MissingDriverError as error:
        return f"has a domain beyond ASCII, and {error}"
    except ValueError as error:
        return f"{error}, or Name <no-reply@example.com>"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings(SettingsRecord):
    """How letters are sent; none is as long as ``url`` is None.

    Attributes:
        url: by whom: ``smtp://``, ``smtps://``, ``console:``, ``file:///folder``, ``memory:``; a Secret,
            since it may hold a password.
        sender: whom they come from: ``address`` or ``Name <address>``.
        account_url: what links lead to pages of; None means ours, below ``public_url``.
        language: of letters to whom nobody knows a language of.
        templates: a folder of texts in the place of ours.
    """

    url: Annotated[Secret | None, Variable("MAIL_URL", Secret, _is_mail_url)] = None
    sender: Annotated[str | None, Variable("MAIL_FROM", check=_is_mailbox)] = None
    account_url: Annotated[str | None, Variable("ACCOUNT_URL", check=is_public_url)] = None
    language: Annotated[Language, Variable("MAIL_LANGUAGE", check=one_of(*LANGUAGES))] = "en"
    templates: Annotated[str | None, Variable("MAIL_TEMPLATES")] = None

    def conflicts(self) -> Sequence[str]:
        """Return what is wrong between them."""
        is_whole = self.url is None or self.sender is not None
        return () if is_whole else ("MAIL_FROM is required with MAIL_URL",)
