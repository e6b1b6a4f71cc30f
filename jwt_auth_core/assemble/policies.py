"""Policies: what makes them of an application's functions."""

from __future__ import annotations

from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.flows.policies.parts import PolicyParts
from jwt_auth_core.flows.policies.policies import Policies
from jwt_auth_core.policies import Lately


def policies(parts: Parts) -> Policies:
    """Return what makes policies."""
    return Policies(
        PolicyParts(
            journal=parts.journal, clock=parts.clock, issuer=parts.settings.jwt_issuer, lately=Lately()
        )
    )
