"""Where sessions were opened, in words, beside what is shown of them; none where no file is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.features.letters import language_in
from jwt_auth_asgi.features.service import Service
from jwt_auth_core.sessions.session import Session


async def with_places(
    service: Service, scope: Scope, sessions: Sequence[Session], told: Sequence[dict[str, Any]]
) -> Sequence[dict[str, Any]]:
    """Return what is told of each session, with its ``place`` in the language that the request asks for."""
    find = service.auth.find_places
    if not find.is_configured:
        return told
    addresses = [session.client.address for session in sessions]
    places = await service.run(find, addresses, language_in(service, scope))
    return [{**one, "place": place} for one, place in zip(told, places, strict=True)]
