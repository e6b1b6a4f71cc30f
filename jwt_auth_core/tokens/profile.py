"""TokenProfile: what an issuer's access tokens look like, as data. No provider is named here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Final

from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens import claims as wire

ACCESS_TOKEN_TYPES: Final[frozenset[str | None]] = frozenset({"at+jwt"})
JWT_TYPES: Final[frozenset[str | None]] = frozenset({"jwt"})
ALGORITHMS: Final = frozenset(
    {
        *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
        *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
    }
)
_SYMMETRIC: Final = frozenset({"HS256"})
_RSA: Final = ("RS", "PS")
_MAY_BE_ABSENT: Final = frozenset({wire.ISSUER, wire.ISSUED_AT})
_NO_MARKS: Final[Mapping[str, frozenset[str | None]]] = MappingProxyType({})
DAY_SECONDS: Final = 86_400
_SEVERAL: Final = (
    *("types", "algorithms", "scopes", "roles", "required", "refused", "absent", "past", "issuers"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenProfile:
    """What an issuer writes into its access tokens; the defaults are those of RFC 9068.

    A profile says where things stand and what must stand there. It cannot loosen the signature, the rule
    that the key decides the algorithm, strict JSON, or that a token has an issuer, an audience, a
    subject, ``iat`` and ``exp``, but for what is ``absent``. A provider's own profile is made of a named one
    with `dataclasses.replace`.

    ``types`` are the values of the header's ``typ`` in lower case and without ``application/``; None
    among them for a header that has none. ``algorithms`` are accepted; a key decides which of them is
    meant, and an RSA key that does not say so is for ``rsa_algorithm``.

    ``subject``, ``token_id`` and ``session_id`` name claims; the last two may be absent from a token.
    ``scopes`` and ``roles`` name all the claims that hold some: a text, a list, or the keys of an
    object; ``a.b`` is the member b of the object a, unless there is a claim of that whole name.
    ``audience`` is the claim that says whom a token is for: ``aud``, or what stands for it.

    ``required`` claims must be there and say something; ``"azp|appid"`` is one of the two. ``marks`` are
    claims with the values of which each must have one, None among them where a token may be without;
    ``refused`` claims are those that such a token never has. Both tell ID tokens and refresh tokens from
    access tokens.
    ``lifetime_seconds`` is the longest from ``iat`` to ``exp``.

    ``absent`` is for tokens of a system that is being left: of ``iss`` and ``iat`` those that it never
    writes, and then none of its tokens may have. Without ``iss`` the configured issuer is what such tokens
    go by here, and only key, audience and marks tell whose they are; without ``iat`` a token counts as
    issued ``lifetime_seconds`` before its end, so that whatever cuts off older ones cuts it off.

    ``past`` claims are times, like ``iat``: where they are there, they are not ahead of now.

    ``issuers`` are names that the issuer uses for itself side by side; a configured one stands for all.
    ``{tenantid}`` in them is the value of the claim ``tenant``, which then is checked, too.

    ``signs`` says what kind of token is meant, and ``source`` where the provider says all this, and when
    it was read.

    Raises:
        TypeError: one text in the place of several: a part of it would count.
        ValueError: an algorithm that is none here, or another value outside its range.
    """

    name: str
    types: frozenset[str | None] = ACCESS_TOKEN_TYPES
    algorithms: frozenset[str] = ALGORITHMS
    rsa_algorithm: str = "RS256"
    subject: str = wire.SUBJECT
    token_id: str | None = wire.TOKEN_ID
    session_id: str | None = wire.SESSION_ID
    scopes: tuple[str, ...] = (wire.SCOPES,)
    roles: tuple[str, ...] = ()
    audience: str = wire.AUDIENCE
    required: frozenset[str] = frozenset()
    marks: Mapping[str, frozenset[str | None]] = field(default_factory=lambda: _NO_MARKS, hash=False)
    refused: frozenset[str] = frozenset()
    lifetime_seconds: int = DAY_SECONDS
    absent: frozenset[str] = frozenset()
    past: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    tenant: str | None = None
    signs: str = "access tokens"
    source: str = ""

    def __post_init__(self) -> None:
        for name, texts in (*((name, getattr(self, name)) for name in _SEVERAL), *self.marks.items()):
            if isinstance(texts, str):
                msg = f'{name} is a collection of texts, such as {{"{texts}"}}, not one text'
                raise TypeError(msg)
        unknown = self.algorithms - ALGORITHMS - _SYMMETRIC
        if unknown or not self.algorithms:
            msg = f"algorithms are of {', '.join(sorted(ALGORITHMS | _SYMMETRIC))}"
            raise ValueError(msg)
        if self.rsa_algorithm not in ALGORITHMS or not self.rsa_algorithm.startswith(_RSA):
            raise ValueError("rsa_algorithm is one of RS256, RS384, RS512, PS256, PS384, PS512")
        if self.lifetime_seconds < 1:
            raise ValueError("lifetime_seconds is at least 1")
        if not (self.name and self.subject and self.audience and self.types):
            raise ValueError("a profile has a name, types, a subject and an audience")
        if self.absent - _MAY_BE_ABSENT:
            raise ValueError("absent are iss and iat, or one of them")
        if any(kind is not None and kind != kind.lower() for kind in self.types):
            raise ValueError("types are in lower case")
        if any("{tenantid}" in issuer for issuer in self.issuers) != (self.tenant is not None):
            raise ValueError(
                "a profile with {tenantid} in its issuers names the claim tenant, and no other does"
            )
        object.__setattr__(self, "marks", MappingProxyType(dict(self.marks)))
