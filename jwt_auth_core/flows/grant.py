"""A door: what stands in `flows.sessions.grant` was known under this name to typed code."""

from jwt_auth_core.flows.sessions.grant import Grant

__all__ = ["Grant"]
