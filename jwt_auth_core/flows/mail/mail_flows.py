"""The group of use cases about mail."""

from __future__ import annotations

from jwt_auth_core.flows.mail.ask_letter import AskLetter
from jwt_auth_core.flows.mail.preview_letter import PreviewLetter
from jwt_auth_core.flows.mail.queue_letter import QueueLetter
from jwt_auth_core.mail.mailer import Mailer
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True)
class MailFlows:
    """What can be done with letters.

    Attributes:
        mailer: who sends them; None where none is configured, and then nobody can ask for one.
        queue: keeps a letter to a user with the change that it is about.
        ask: keeps a letter that somebody asked for, within limits.
        preview: shows one.
    """

    mailer: Mailer | None
    queue: QueueLetter
    ask: AskLetter
    preview: PreviewLetter
