"""Prove an address: somebody brings what a letter to it carried.

Whoever registered may have been a stranger who typed somebody else's address (RST-6). What was set before
stays where the letter's reader is shown to be who set it. Otherwise all of it is void.
"""

from __future__ import annotations

from jwt_auth_core.errors import UserNotFoundError
from jwt_auth_core.events import EmailVerified
from jwt_auth_core.flows.account.account_admin import AccountAdmin
from jwt_auth_core.flows.account.registration import registration_digest
from jwt_auth_core.flows.account.void_credentials import VoidCredentials
from jwt_auth_core.one_time.proof import InvalidCodeError, ProofStore
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.users.user import User
from jwt_auth_core.users.verified import VerifiedAddresses
from jwt_auth_core.vocabulary import Client, Email, Secret, SessionId, UserId

KEPT, VOIDED = "kept", "voided"


@dataclass(frozen=True, slots=True)
class ProveAddress:
    """Marks an address as verified, and voids what a stranger set before (RST-6)."""

    proofs: ProofStore
    verified: VerifiedAddresses
    void: VoidCredentials
    end_user: AccountAdmin

    def is_registered_in(self, browser: Secret | None, user_id: UserId) -> bool:
        """Tell whether the user registered in the browser that is known by this token."""
        digest = registration_digest(browser, user_id)
        return digest is not None and self.proofs.find(digest) is not None

    def event(self, user: User, client: Client, *, is_known: bool) -> EmailVerified:
        """Return what is to be told of it."""
        reason, now = KEPT if is_known else VOIDED, self.end_user.parts.clock()
        return EmailVerified(at=now, user_id=user.user_id, client=client, reason=reason)

    def keep(self, user: User, address: Email, event: EmailVerified) -> None:
        """Note that the address is the user's, in the open transaction; void what the event says is void.

        Raises:
            InvalidCodeError: the account has another address by now, or somebody logs in at this moment:
                whoever has the letter tries again.
            UnavailableError: the store does not answer; nothing was changed.
        """
        if not self.verified.keep(user.user_id, address):
            raise InvalidCodeError
        if event.reason == VOIDED:
            try:
                is_void = self.void(user, now=event.at, reason=event.name)
            except UserNotFoundError:  # deleted meanwhile
                raise InvalidCodeError from None
            if not is_void:
                raise InvalidCodeError

    def end(self, user: User, event: EmailVerified, *, keep: SessionId | None = None) -> None:
        """End at once what was void by the event, when that is stored; never raises.

        The ``user`` is as stored since; ``keep`` is a session that came after it.
        """
        if event.reason == VOIDED:
            reason, version = EndReason.PASSWORD_CHANGED, user.session_version
            self.end_user.clear(user.user_id, now=event.at, version=version, reason=reason, keep=keep)
