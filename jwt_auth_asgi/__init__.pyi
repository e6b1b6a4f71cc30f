from jwt_auth_asgi.app.create import account_well_known, authorization_server_metadata, create_app
from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_asgi.guards.authorization import authorize, authorize_sync
from jwt_auth_asgi.guards.require import require
from jwt_auth_asgi.http.protected_resource import protected_resource_metadata
from jwt_auth_asgi.pages.theme import Theme
from jwt_auth_asgi.rate_limits.decorator import rate_limit
from jwt_auth_asgi.telemetry.metrics_app import metrics_app
from jwt_auth_asgi.websockets.renewal import renew

__all__ = [
    "BearerMiddleware",
    "Theme",
    "account_well_known",
    "authorization_server_metadata",
    "authorize",
    "authorize_sync",
    "create_app",
    "metrics_app",
    "protected_resource_metadata",
    "rate_limit",
    "renew",
    "require",
]
