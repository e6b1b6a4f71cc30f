"""Policies of the application: what their refusal is, and which were lately."""

from jwt_auth_core.policies.lately import Lately
from jwt_auth_core.policies.refusal import PolicyRefusedError

__all__ = ["Lately", "PolicyRefusedError"]
