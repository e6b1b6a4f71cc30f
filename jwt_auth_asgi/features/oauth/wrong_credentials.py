"""What counts wrong credentials of clients: by address, apart from what honest clients ask from there."""

from __future__ import annotations

from dataclasses import replace

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.features.service import Service


async def count_wrong(service: Service, scope: Scope) -> None:
    """Count one, in a budget of its own: a service behind the same NAT that errs stops nobody's refreshes.

    Called afterwards: whoever has the secret is let in, however many others guess from the same address.

    Raises:
        RateLimitedError: there were too many.
    """
    client = service.client(scope)
    if client.limit_key is not None:
        await service.count_token(None, replace(client, limit_key=f"credentials:{client.limit_key}"))
