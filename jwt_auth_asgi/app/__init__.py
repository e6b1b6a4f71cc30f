"""The auth app, and the door to it: Starlette is imported when somebody comes through."""

from jwt_auth_asgi.app.create import authorization_server_metadata, create_app, create_standalone

__all__ = ["authorization_server_metadata", "create_app", "create_standalone"]
