"""Roles: what defines, grants and takes them away."""

from __future__ import annotations

from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.flows.roles.roles import Roles


def role_flows(parts: Parts) -> Roles:
    """Return the group of use cases."""
    return Roles(parts.sessions, parts.stores.roles)
