"""What a request raises that is to wait for an exchange, before anybody knows who calls."""

from __future__ import annotations

from jwt_auth_core.vocabulary import Secret


class UnexchangedError(Exception):
    """Raised where nobody is known before a refresh token is exchanged, which has to be waited for."""

    def __init__(self, token: Secret) -> None:
        super().__init__("a refresh token is to be exchanged")
        self.token = token
