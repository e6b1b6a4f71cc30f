"""headers_for: the header of a caller whom a test makes up, with a token that is really signed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from jwt_auth_asgi.identity.identity import Kind
from jwt_auth_asgi.testing.api_keys import new_api_key
from jwt_auth_core.assurance import level_of
from jwt_auth_core.clients.client import is_client_id
from jwt_auth_core.default import default_auth
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.any_of import AnyOf, HasTokens

SUBJECT: Final = "00000000-0000-4000-8000-000000000001"
"""Who calls where a test does not say: an id in the form that users have, of no user."""

SomeAuth = HasTokens | AccessTokens | AnyOf | None


def headers_for(  # noqa: PLR0913 - what a token says of its caller
    auth: SomeAuth = None,
    *,
    subject: str = SUBJECT,
    scopes: Iterable[str] = (),
    roles: Iterable[str] = (),
    amr: Collection[str] = (),
    auth_time: int | None = None,
    kind: Kind = "user",
    actor: str | None = None,
) -> dict[str, str]:
    """Return the headers of a request by *subject*, for any client: ``client.get("/", headers=...)``.

    The token is signed by *auth*, as a login would have it signed, and asks no store: no such user need
    exist. ``roles`` are only names: what they grant stands in ``scopes``. ``amr`` is how the caller was
    authenticated, from which ``acr`` follows as at a login, and ``auth_time`` when, in seconds since the
    epoch; left out, the token says neither. Left out, *auth* is the process's own, from the environment.

    ``actor`` calls on the subject's behalf: a service client by its id, as with a token of an exchange, or an
    administrator by theirs. With the kind ``client`` the subject is a service client, on its own behalf. With
    the kind ``api_key`` it is an API key instead, which is in the stores, without those four: *auth* is an
    `Auth`, and where no such user exists one is added, who has the scopes. Of a user who exists the
    key has no scope that the user has not.

    Raises:
        TypeError: *auth* issues no tokens, or has no API keys; one text in place of several scopes.
        ValueError: a subject, scope or role that no token can carry, or *auth* verifies another issuer's
            tokens.
    """
    found = default_auth() if auth is None else auth
    if kind == "api_key":
        return bearer(new_api_key(found, subject=subject, scopes=scopes).reveal())
    tokens = tokens_of(found)
    client_id = subject if kind == "client" else _client_of(actor)
    token = tokens.issue(
        client_id=client_id,
        subject=subject,
        scopes=scopes,
        roles=roles,
        auth_time=auth_time,
        amr=amr,
        acr=level_of(amr),
        actors=() if actor is None else (actor,),
    )
    return bearer(token)


def _client_of(actor: str | None) -> str | None:
    """Return the client that acts; an administrator is a user, and the token is the application's own."""
    return actor if actor is not None and is_client_id(actor) else None


def bearer(token: str) -> dict[str, str]:
    """Return the header that carries a token."""
    return {"authorization": f"Bearer {token}"}


def tokens_of(auth: object) -> AccessTokens:
    """Return what issues the tokens of *auth*.

    Raises:
        TypeError: nothing does.
    """
    found: object = auth.own if isinstance(auth, AnyOf) else getattr(auth, "tokens", auth)
    if isinstance(found, AccessTokens):
        return found
    msg = f"tokens are issued by an Auth or an AccessTokens, not by an {type(auth).__name__}"
    raise TypeError(msg)
