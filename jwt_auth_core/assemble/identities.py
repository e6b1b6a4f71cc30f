"""Identities: what sends browsers to providers and meets them again, signs in, links, lists and removes."""

from __future__ import annotations

from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.devices import Devices
from jwt_auth_core.flows.identities.admit import Admit
from jwt_auth_core.flows.identities.identity_flows import IdentityFlows
from jwt_auth_core.flows.identities.leave import SendToProvider
from jwt_auth_core.flows.identities.login_code import LoginCodes
from jwt_auth_core.flows.identities.manage_identities import LinkIdentity, ListIdentities
from jwt_auth_core.flows.identities.meet import MeetPerson
from jwt_auth_core.flows.identities.sign_in import SignIn


def identity_flows(parts: Parts) -> IdentityFlows:
    """Return the use cases of this group."""
    identities, limits = parts.remove_identity.parts, parts.address_limits
    admit = Admit(identities, limits, may_register=parts.settings.registration != "closed")
    return IdentityFlows(
        SendToProvider(identities, limits, parts.fresh_login),
        MeetPerson(identities, limits),
        SignIn(
            admit,
            LoginCodes(parts.stores.one_time),
            parts.open_session,
            limits,
            Devices(parts.stores.database),
        ),
        LinkIdentity(admit),
        ListIdentities(identities),
        parts.remove_identity,
    )
