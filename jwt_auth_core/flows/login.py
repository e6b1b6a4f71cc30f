"""A door: what stands in `flows.sessions.login` was documented under this name."""

from jwt_auth_core.flows.sessions.login import LoginAttempt

__all__ = ["LoginAttempt"]
