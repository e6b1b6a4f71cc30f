"""Policies for every application: what is ada's, a plain rule and one that is awaited."""

from jwt_auth_core.flows.policies.parts import PolicyParts
from jwt_auth_core.flows.policies.policies import Policies
from jwt_auth_core.policies import Lately

EVENTS = []

policy = Policies(PolicyParts(journal=EVENTS.append, clock=lambda: 0, issuer=None, lately=Lately()))


@policy()
def owns(caller, owner):
    return caller.subject == owner


@policy()
async def owns_awaited(caller, owner):
    return caller.subject == owner
