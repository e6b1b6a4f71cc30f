"""The group of use cases about another address."""

from __future__ import annotations

from jwt_auth_core.flows.email.change_email import ChangeEmail
from jwt_auth_core.flows.email.confirm_email import ConfirmEmail
from jwt_auth_core.flows.email.undo_email import UndoEmail
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True)
class EmailFlows:
    """What a user does to get another address.

    Attributes:
        change: asks for it.
        confirm: gives it to the user, by the letter that went there.
        undo: gives the one of before back, by the letter that went to that one.
    """

    change: ChangeEmail
    confirm: ConfirmEmail
    undo: UndoEmail
