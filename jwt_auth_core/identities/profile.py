"""Providers of OAuth 2.0 alone: they sign nothing, and say who somebody is to whoever has an access token.

The token came over TLS for a code that this browser's sign-in alone could redeem (PKCE), so it is its user's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, cast

from jwt_auth_core.identities.provider import (
    Answer,
    CodeClient,
    Person,
    ProviderRefusedError,
    ProviderUnavailableError,
    Question,
)
from jwt_auth_core.identities.resource import resource
from jwt_auth_core.records import dataclass

Read = Callable[[str, str], Person]
"""Asks an issuer, with an access token, who its user is."""


@dataclass(frozen=True, slots=True)
class Service:
    """Where one of them has what, below its issuer, and how it is asked who its user is."""

    issuer: str
    scopes: tuple[str, ...]
    authorization: str
    token: str
    read: Read


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthProvider:
    """See `Provider`."""

    name: str
    issuer: str
    service: Service
    client: CodeClient

    def url(self, question: Question) -> str:
        """See `Provider.url`."""
        return self.client.url(self.issuer + self.service.authorization, question)

    def person(self, question: Question, answer: Answer) -> Person:
        """See `Provider.person`."""
        if answer.issuer not in {None, self.issuer}:
            raise ProviderRefusedError("other_issuer")
        endpoint = self.issuer + self.service.token
        tokens = self.client.redeem(endpoint, "client_secret_post", question, answer)
        access = tokens.get("access_token")
        if not isinstance(access, str):
            raise ProviderRefusedError("no_access_token")
        return self.service.read(self.issuer, access)


GITHUB: Final = "https://github.com"


def _github(issuer: str, access_token: str) -> Person:
    """Ask GitHub, or a GitHub Enterprise Server: the account's number stays, its name need not."""
    api = "https://api.github.com" if issuer == GITHUB else f"{issuer}/api/v3"
    user = _object(resource(f"{api}/user", access_token))
    number = user.get("id")
    if type(number) is not int:
        raise ProviderRefusedError("sub")
    address = _primary(resource(f"{api}/user/emails", access_token))
    return Person(
        issuer=issuer,
        subject=str(number),
        email=address,
        is_email_proven=address is not None,
        name=_text(user.get("name")) or _text(user.get("login")),
    )


def _primary(emails: object) -> str | None:
    """Return the primary address, if it is verified."""
    for one in cast("list[object]", emails) if isinstance(emails, list) else []:
        match one:
            case {"email": str(email), "primary": True, "verified": True}:
                return email
            case _:
                continue
    return None


def _discord(issuer: str, access_token: str) -> Person:
    user = _object(resource(f"{issuer}/api/users/@me", access_token))
    number = user.get("id")
    if not isinstance(number, str) or not (number.isascii() and number.isdigit()):
        raise ProviderRefusedError("sub")
    return Person(
        issuer=issuer,
        subject=number,
        email=_text(user.get("email")),
        is_email_proven=user.get("verified") is True,
        name=_text(user.get("global_name")) or _text(user.get("username")),
    )


def _object(said: object) -> Mapping[str, object]:
    if not isinstance(said, dict):
        raise ProviderUnavailableError("a provider does not answer with an object")
    return cast("dict[str, object]", said)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


SERVICES: Final[Mapping[str, Service]] = MappingProxyType(
    {
        # https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
        "github": Service(
            issuer=GITHUB,
            scopes=("read:user", "user:email"),
            authorization="/login/oauth/authorize",
            token="/login/oauth/access_token",  # noqa: S106 - a path
            read=_github,
        ),
        # https://discord.com/developers/docs/topics/oauth2
        "discord": Service(
            issuer="https://discord.com",
            scopes=("identify", "email"),
            authorization="/oauth2/authorize",
            token="/api/oauth2/token",  # noqa: S106 - a path
            read=_discord,
        ),
    }
)
