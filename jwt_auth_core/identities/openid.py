"""A provider of OpenID Connect: found by discovery, believed by what its published keys sign.

Checked is all that Core 1.0 section 3.1.3.7 leaves to a client, and who answers (RFC 9207), before the code
is handed to anybody.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final, Protocol, cast

from jwt_auth_core.encoding import b64url_decode, same, strict_json
from jwt_auth_core.errors import AuthError, TokenError
from jwt_auth_core.identities.preset import Preset
from jwt_auth_core.identities.provider import (
    Answer,
    CodeClient,
    Person,
    ProviderRefusedError,
    ProviderUnavailableError,
    Question,
)
from jwt_auth_core.identities.resource import resource
from jwt_auth_core.keys.discovery import Discovery
from jwt_auth_core.keys.fetch import fetch
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.records import dataclass

KNOWN_SECONDS: Final = 300.0
"""For how long what a provider says of itself is believed, its keys included."""

AGAIN_SECONDS: Final = 5.0
"""How long a provider is left alone that could not be had, or whose keys were just read."""

LONGEST_SUBJECT: Final = 255
"""Characters of what a provider calls somebody (Core 1.0 section 2)."""


class IdClaims(Protocol):
    """What an ID token says that is authentic, in time, by this issuer and for this client."""

    @property
    def subject(self) -> str:
        """Whose it is."""
        ...

    @property
    def issuer(self) -> str | None:
        """Whose word it is."""
        ...

    @property
    def extra(self) -> Mapping[str, object]:
        """Return what else it says."""
        ...


class IdTokens(Protocol):
    """Verifies ID tokens by some keys."""

    def verify(self, token: str) -> IdClaims:
        """Return what one says; raises TokenError."""
        ...


@dataclass(frozen=True, slots=True)
class _Known:
    """What a provider says of itself, and since when we know."""

    members: Mapping[str, object]
    id_tokens: IdTokens
    since: float


class OpenIdProvider:
    """See `Provider`; a class because it remembers what the provider says of itself.

    ``id_tokens`` makes what verifies of the provider's keys. ``clock`` counts seconds from anywhere.

    Raises:
        ValueError: the issuer is no URL that may be asked.
    """

    def __init__(  # noqa: PLR0913 - a constructor names all its parts
        self,
        name: str,
        *,
        issuer: str,
        preset: Preset,
        client: CodeClient,
        id_tokens: Callable[[KeyRing], IdTokens],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.issuer = issuer
        self._preset = preset
        self._client = client
        self._id_tokens = id_tokens
        self._clock = clock
        self._has_tenants = preset.has_tenants(issuer)
        self._discovery = Discovery(issuer, names=preset.names if self._has_tenants else ())
        self._is_encrypted = issuer.startswith("https:")
        self._known: _Known | None = None
        self._failed_at = float("-inf")

    def url(self, question: Question) -> str:
        """See `Provider.url`."""
        known = self._metadata()
        return self._client.url(self._place(known, "authorization_endpoint"), question)

    def person(self, question: Question, answer: Answer) -> Person:
        """See `Provider.person`."""
        known = self._metadata()
        self._check_issuer(known, answer)
        endpoint = self._place(known, "token_endpoint")
        tokens = self._client.redeem(endpoint, self._method(known), question, answer)
        id_token = tokens.get("id_token")
        if not isinstance(id_token, str):
            raise ProviderRefusedError("no_id_token")
        claims = self._verified(known, id_token)
        self._check(claims, id_token, question)
        return self._said(claims, self._more(known, claims, tokens), answer)

    def _metadata(self, *, newer_than: float | None = None) -> _Known:
        """Return what is known of the provider, asked anew where that is too long ago."""
        known, now = self._known, self._clock()
        oldest = now - KNOWN_SECONDS if newer_than is None else newer_than
        if known is not None and known.since > oldest:
            return known
        if now - self._failed_at < AGAIN_SECONDS:
            raise ProviderUnavailableError(f"the provider {self.name} could not be had a moment ago")
        try:
            self._known = known = self._asked(now)
        except (ValueError, AuthError) as error:
            self._failed_at = now
            raise ProviderUnavailableError(f"the provider {self.name} cannot be had: {error}") from None
        return known

    def _asked(self, now: float) -> _Known:
        members = self._discovery.metadata()
        ring = KeyRing.from_jwks(fetch(self._discovery.place(members, "jwks_uri")))
        return _Known(members, self._id_tokens(ring), now)

    def _place(self, known: _Known, name: str) -> str:
        """Return one of the provider's places: over TLS, wherever the provider itself is."""
        try:
            place = self._discovery.place(known.members, name)
        except ValueError as error:
            raise ProviderUnavailableError(str(error)) from None
        if self._is_encrypted and not place.startswith("https:"):
            raise ProviderUnavailableError(f"the {name} of the provider {self.name} is not https")
        return place

    def _method(self, known: _Known) -> str:
        """Return how we prove who we are: Basic, unless the provider has it otherwise."""
        methods = known.members.get("token_endpoint_auth_methods_supported")
        is_other = isinstance(methods, list) and "client_secret_basic" not in methods
        return "client_secret_post" if is_other else "client_secret_basic"

    def _check_issuer(self, known: _Known, answer: Answer) -> None:
        """Refuse an answer of another issuer, before the code goes to this one (RFC 9207 section 2.4)."""
        is_promised = known.members.get("authorization_response_iss_parameter_supported") is True
        if answer.issuer is None:
            if is_promised:
                raise ProviderRefusedError("no_issuer")
        elif answer.issuer != self.issuer and not self._has_tenants:
            raise ProviderRefusedError("other_issuer")

    def _verified(self, known: _Known, id_token: str) -> IdClaims:
        try:
            return known.id_tokens.verify(id_token)
        except TokenError:
            newer = self._clock() - AGAIN_SECONDS
        try:  # by a key that it has only now, perhaps
            return self._metadata(newer_than=newer).id_tokens.verify(id_token)
        except TokenError as error:
            raise ProviderRefusedError("id_token") from error

    def _check(self, claims: IdClaims, id_token: str, question: Question) -> None:
        """Refuse a token of another sign-in, or for another client."""
        nonce, party = claims.extra.get("nonce"), claims.extra.get("azp", self._client.client_id)
        if not isinstance(nonce, str) or not same(nonce.encode(), question.nonce.encode()):
            raise ProviderRefusedError("nonce")
        if party != self._client.client_id:
            raise ProviderRefusedError("azp")
        others = [one for one in _audiences(id_token) if one != self._client.client_id]
        if others and "azp" not in claims.extra:
            raise ProviderRefusedError("aud")
        if len(claims.subject) > LONGEST_SUBJECT or not claims.subject.isprintable():
            raise ProviderRefusedError("sub")

    def _more(self, known: _Known, claims: IdClaims, tokens: Mapping[str, object]) -> Mapping[str, object]:
        """Return what the token says of its subject, or the provider does where that has no address."""
        access = tokens.get("access_token")
        if "email" in claims.extra or "userinfo_endpoint" not in known.members or not isinstance(access, str):
            return claims.extra
        said = resource(self._place(known, "userinfo_endpoint"), access)
        if not isinstance(said, dict):
            raise ProviderUnavailableError(f"the provider {self.name} does not answer with an object")
        members = cast("dict[str, object]", said)
        if members.get("sub") != claims.subject:  # Core 1.0 section 5.3.4
            raise ProviderRefusedError("userinfo")
        return members

    def _said(self, claims: IdClaims, more: Mapping[str, object], answer: Answer) -> Person:
        issuer = claims.issuer if self._has_tenants and claims.issuer is not None else self.issuer
        if answer.issuer not in {None, issuer, self.issuer}:
            raise ProviderRefusedError("other_issuer")
        first, last = _names_of(answer.user)
        return Person(
            issuer=issuer,
            subject=claims.subject,
            email=_text(more.get("email")),
            is_email_proven=self._preset.proves(more),
            name=_text(more.get("name")),
            first_name=_text(more.get("given_name")) or first,
            last_name=_text(more.get("family_name")) or last,
        )


def _audiences(id_token: str) -> list[object]:
    """Return whom a token is for that is verified."""
    payload = cast("dict[str, object]", strict_json(b64url_decode(id_token.split(".")[1])))
    named = payload["aud"]
    return list(cast("list[object]", named)) if isinstance(named, list) else [named]


def _names_of(user: str | None) -> tuple[str | None, str | None]:
    """Return first and last name as Apple says them beside an answer, once; nobody signed that."""
    if user is None:
        return None, None
    try:
        said = strict_json(user.encode("utf-8", "replace"))
    except ValueError:
        said = None
    match said:
        case {"name": {"firstName": str(first), "lastName": str(last)}}:
            return first, last
        case _:
            return None, None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
