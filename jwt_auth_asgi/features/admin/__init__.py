"""The admin's API: every route asks for ``auth:admin`` and a login of lately."""

from jwt_auth_asgi.features.admin.routes import FEATURE

__all__ = ["FEATURE"]
