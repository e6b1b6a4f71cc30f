"""Authentication for any ASGI application: pure ASGI middleware, and the Starlette auth app.

The names are loaded at their first use (PEP 562): who takes the middleware alone loads no auth app.
What they are, type checkers and editors read in ``__init__.pyi``.
"""

# pyright: reportUnsupportedDunderAll=false
# Nothing is bound here before it is asked for.

from importlib import import_module

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

_HOMES = {
    "BearerMiddleware": "bearer",
    "Theme": "pages.theme",
    "account_well_known": "app.create",
    "authorization_server_metadata": "app.create",
    "authorize": "guards.authorization",
    "authorize_sync": "guards.authorization",
    "create_app": "app.create",
    "metrics_app": "telemetry.metrics_app",
    "protected_resource_metadata": "http.protected_resource",
    "rate_limit": "rate_limits.decorator",
    "renew": "websockets.renewal",
    "require": "guards.require",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    found = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
