"""The group of use cases that an `Auth` holds: ``auth.identities.list(...)``."""

from __future__ import annotations

from jwt_auth_core.flows.identities.leave import SendToProvider
from jwt_auth_core.flows.identities.manage_identities import LinkIdentity, ListIdentities, RemoveIdentity
from jwt_auth_core.flows.identities.meet import MeetPerson
from jwt_auth_core.flows.identities.sign_in import SignIn
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True)
class IdentityFlows:
    """What can be done with providers, and who users are there.

    A browser is sent to a provider (``leave``) and met when it comes back (``meet``); then it signs in or the
    identity is linked, as its round trip says.
    """

    leave: SendToProvider
    meet: MeetPerson
    sign_in: SignIn
    link: LinkIdentity
    list: ListIdentities
    remove: RemoveIdentity

    @property
    def providers(self) -> tuple[str, ...]:
        """The names of whom users may sign in with, in the order in which they are offered."""
        return tuple(self.leave.parts.providers)
