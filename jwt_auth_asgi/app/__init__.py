"""The auth app, and the door to it: Starlette is imported when somebody comes through."""

from jwt_auth_asgi.app.create import (
    account_well_known,
    authorization_server_metadata,
    create_app,
    create_standalone,
)

__all__ = ["account_well_known", "authorization_server_metadata", "create_app", "create_standalone"]
