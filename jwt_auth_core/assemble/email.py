"""Addresses of accounts: what changes them, and undoes that."""

from __future__ import annotations

from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.flows.email.change_email import ChangeEmail
from jwt_auth_core.flows.email.confirm_email import ConfirmEmail
from jwt_auth_core.flows.email.email_flows import EmailFlows
from jwt_auth_core.flows.email.undo_email import UndoEmail


def email_flows(parts: Parts) -> EmailFlows:
    """Return the use cases of this group."""
    stores = parts.stores
    return EmailFlows(
        change=ChangeEmail(
            parts.current_user,
            parts.fresh_login,
            stores.email_changes,
            parts.sessions,
            parts.mail.ask,
        ),
        confirm=ConfirmEmail(
            proofs=stores.proofs,
            changes=stores.email_changes,
            verified=stores.verified,
            parts=parts.sessions,
            end_user=parts.end_user,
            letters=parts.mail.queue,
        ),
        undo=UndoEmail(
            proofs=stores.proofs,
            changes=stores.email_changes,
            verified=stores.verified,
            void=parts.void,
            parts=parts.sessions,
            end_user=parts.end_user,
            letters=parts.mail.queue,
            deletions=parts.deletions,
        ),
    )
