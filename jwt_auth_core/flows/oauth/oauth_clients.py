"""OAuth clients: the services that may ask about tokens and revoke them, each with a secret of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from jwt_auth_core.encoding import same
from jwt_auth_core.vocabulary import Secret

_NOBODY: Final = bytes(32)  # no digest that anybody knows the secret of


class OAuthClients:
    """Knows clients by the digests of their secrets; a class because they are made once."""

    def __init__(self, clients: Iterable[tuple[str, Secret]]) -> None:
        self._known = {client_id: _digest(secret) for client_id, secret in clients}

    def __bool__(self) -> bool:
        """Tell whether there is any client."""
        return bool(self._known)

    def __contains__(self, client_id: object) -> bool:
        """Tell whether there is a client of this name."""
        return client_id in self._known

    def knows(self, client_id: str, secret: Secret) -> bool:
        """Tell, in the same time for every secret and every client, whether they belong together."""
        expected = self._known.get(client_id, _NOBODY)
        return same(expected, _digest(secret))


def _digest(secret: Secret) -> bytes:
    # The secrets are long and random (the settings see to it): one round is enough.
    return hashlib.sha256(secret.reveal().encode("utf-8", "surrogatepass")).digest()
