"""Roles: a name for scopes, which users are granted and lose as a whole."""

from jwt_auth_core.roles.role import Role, RoleNotFoundError, RoleStore

__all__ = ["Role", "RoleNotFoundError", "RoleStore"]
