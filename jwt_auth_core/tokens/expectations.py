"""Expectations: what an AccessTokens demands of a token, made of what it was told."""

from __future__ import annotations

from typing import Final, TypedDict

from jwt_auth_core.keys.hs256 import Hs256Key
from jwt_auth_core.tokens.limits import Limits
from jwt_auth_core.tokens.parties import Names, Parties, Tenants
from jwt_auth_core.tokens.profile import ALGORITHMS, TokenProfile
from jwt_auth_core.tokens.rules import ReadsPayloads, Rules, Subject
from jwt_auth_core.vocabulary import Clock, Secret

_HS256: Final = "HS256"
DEFAULT: Final = TokenProfile(
    name="rfc9068", algorithms=ALGORITHMS | {_HS256}, required=frozenset({"jti"}), source="RFC 9068"
)
"""Our own tokens, and whatever else is of their form."""


class Expected(TypedDict, total=False):
    """What `AccessTokens` takes beside its keys, where it only verifies."""

    issuer: Names
    audience: Names
    profile: TokenProfile | str | None
    tenants: Tenants
    subject: Subject | None
    shared_secret: str | bytes | Secret | None
    clock: Clock | None
    limits: Limits


class Expectations:
    """The profile of the header, the rules of the payload, and the parties; a class because they go together.

    ``own`` is the one issuer and audience of tokens that can be issued here; None where they cannot.
    ``secret`` is the key of a secret that the issuer shares with us.

    Raises:
        ValueError: an unknown profile, an empty name; with a profile, no issuer or no audience; a shared
            secret without a profile that accepts HS256.
        WeakKeyError: the shared secret is short, guessable, published, or a public key.
        TypeError: a name that is no text.
    """

    __slots__ = ("own", "parties", "profile", "rules", "secret")

    def __init__(  # noqa: PLR0913 - each is named by the caller
        self,
        profile: TokenProfile | str | None,
        *,
        issuer: Names,
        audience: Names,
        tenants: Tenants,
        subject: Subject | None,
        limits: Limits,
        ttl_seconds: int,
        shared_secret: str | bytes | Secret | None = None,
    ) -> None:
        self.profile = DEFAULT if profile is None else _found(profile)
        self.parties = Parties(self.profile, issuer=issuer, audience=audience, tenants=tenants)
        if profile is not None and (self.parties.issuers is None or self.parties.audiences is None):
            raise ValueError("a profile needs the issuer and the audience of the tokens")
        if shared_secret is not None and (profile is None or _HS256 not in self.profile.algorithms):
            del shared_secret  # crash reporters collect the variables of frames
            raise ValueError("a shared secret needs a profile that accepts HS256")
        self.secret = None if shared_secret is None else Hs256Key.nameless(shared_secret)
        longest = limits.lifetime_seconds if profile is None else self.profile.lifetime_seconds
        bounds = max(longest, ttl_seconds), limits.leeway_seconds
        self.own = None if profile is not None or subject is not None else _own(issuer, audience)
        if self.own is None:
            from jwt_auth_core.tokens.profile_rules import ProfileRules  # noqa: PLC0415 - for others' tokens

            self.rules: ReadsPayloads = ProfileRules(
                self.profile,
                self.parties,
                max_lifetime_seconds=bounds[0],
                leeway_seconds=bounds[1],
                subject=subject,
            )
        else:
            self.rules = Rules(
                issuer=self.own[0],
                audience=self.own[1],
                max_lifetime_seconds=bounds[0],
                leeway_seconds=bounds[1],
            )


def rsa_algorithm(profile: TokenProfile | str | None) -> str:
    """Return what an RSA key is for that does not say so."""
    return (DEFAULT if profile is None else _found(profile)).rsa_algorithm


def names_in_metadata(profile: TokenProfile | str | None) -> tuple[str, ...]:
    """Return what else an issuer's metadata may call it; Microsoft's have the template itself."""
    return () if profile is None else _found(profile).issuers


def _found(profile: TokenProfile | str) -> TokenProfile:
    from jwt_auth_core.tokens.profiles import profile_of  # noqa: PLC0415 - a table that few need

    return profile_of(profile)


def _own(issuer: Names, audience: Names) -> tuple[str | None, str | None] | None:
    if isinstance(issuer, str | None) and isinstance(audience, str | None):
        return issuer, audience
    return None
