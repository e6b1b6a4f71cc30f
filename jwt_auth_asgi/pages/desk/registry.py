"""Which page is made by which template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from jwt_auth_asgi.pages.desk import audit, health, keys, new_user, outbox, sessions, user, users
from jwt_auth_asgi.pages.theme import Template

TEMPLATES: Final[Mapping[str, Template]] = {
    "users": users.users,
    "new-user": new_user.new_user,
    "user": user.user,
    "sessions": sessions.sessions,
    "audit": audit.audit,
    "keys": keys.keys,
    "outbox": outbox.outbox,
    "health": health.health,
}
