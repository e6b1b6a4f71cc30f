"""The admin's API: the routes of all its nouns. Nothing here changes anything without a fresh login."""

from __future__ import annotations

from typing import Final

from jwt_auth_asgi.features.admin import (
    audit,
    belongings,
    clients,
    impersonation,
    keys,
    operating,
    sessions,
    user_changes,
    users,
)
from jwt_auth_asgi.features.feature import Feature

FEATURE: Final = Feature(
    "admin",
    (
        *users.ROUTES,
        *user_changes.ROUTES,
        *sessions.ROUTES,
        *belongings.ROUTES,
        *impersonation.ROUTES,
        *audit.ROUTES,
        *keys.ROUTES,
        *clients.ROUTES,
        *operating.ROUTES,
    ),
)
