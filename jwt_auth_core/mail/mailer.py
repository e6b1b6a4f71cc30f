"""A letter that is made, what a mailer promises, and what it says where it could not send."""

from __future__ import annotations

from typing import Protocol

from jwt_auth_core.mail.address import Mailbox
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """What is read: a subject, and the same twice, as plain text and as HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A letter on its way.

    Attributes:
        message_id: without brackets; the same however often it is sent, so that a repetition is known as one.
        sender: whom it comes from.
        recipient: where it goes, as `address.posted` writes it.
        at: when it is sent, in seconds since the epoch.
        language: of its words, as HTML names it.
        letter: what is read.
    """

    message_id: str
    sender: Mailbox
    recipient: str
    at: int
    language: str
    letter: Letter


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Why a letter was not taken: ``error`` is a stable snake_case code.

    ``is_final``: this letter will never be taken. ``is_down``: no other one would be at this moment, either.
    """

    error: str
    is_final: bool = False
    is_down: bool = False


class Mailer(Protocol):
    """Sends letters, one after the other, in the outbox's own thread."""

    def send(self, mail: Mail) -> Undelivered | None:
        """Return why it was not taken, None when it was; within ten seconds."""
        ...
