"""A door: what stands in `flows.password.change_password` was documented under this name."""

from jwt_auth_core.flows.password.change_password import PasswordChange

__all__ = ["PasswordChange"]
