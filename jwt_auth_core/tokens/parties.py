"""Parties: by whom a token must be, and for whom (RFC 7519 section 4.1.3, RFC 9068 section 4)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final, Literal, cast

from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.tokens import claims as wire
from jwt_auth_core.tokens.profile import TokenProfile

TENANT: Final = "{tenantid}"
_GUID_CHARACTERS: Final = 36

Names = str | Collection[str] | None
"""One name, several, or none in particular."""

Tenants = Collection[str] | Literal["any"] | None


class Parties:
    """Whose tokens are believed, and whom they must be for; a class because the names are sorted out once.

    Without ``issuer`` any is believed; without ``audience`` a token must not name one (JWT-12). With a
    profile that was asked for both are needed: such tokens are nobody's in particular otherwise.
    ``unnamed`` is what tokens go by that name no issuer, where the profile says so.

    Raises:
        ValueError: an empty name, a missing issuer or audience, or tenants where there are none.
        TypeError: a name that is no text.
    """

    __slots__ = ("_audience_claim", "_tenant", "_tenants", "audiences", "issuers", "templates", "unnamed")

    def __init__(
        self, profile: TokenProfile, *, issuer: Names, audience: Names, tenants: Tenants = None
    ) -> None:
        names = _names(issuer, "issuer")
        self.audiences = _names(audience, "audience")
        self._audience_claim = profile.audience
        self._tenant = profile.tenant
        self._tenants = _tenants(profile, names, tenants)
        has_tenants = self._tenants is not None
        self.templates = profile.issuers if has_tenants else ()
        self.issuers = None if names is None else frozenset(_expanded(profile, names, self._tenants))
        self.unnamed = _unnamed(profile, names)

    def shares(self, other: Parties) -> bool:
        """Tell whether tokens of one issuer may be believed by both."""
        if self.issuers is None or other.issuers is None:
            return False
        if self._tenants == "any" == other._tenants and set(self.templates) & set(other.templates):
            return True
        return any(map(other.may_be_by, self.issuers)) or any(map(self.may_be_by, other.issuers))

    def may_be_by(self, issuer: str) -> bool:
        """Tell whether tokens of this *issuer* may be believed here."""
        if self.issuers is None or issuer in self.issuers:
            return True
        return self._tenants == "any" and any(_tenant_in(issuer, template) for template in self.templates)

    def check(self, members: Mapping[str, object]) -> str | None:
        """Return the issuer that a payload names.

        Raises:
            TokenInvalidError: it is by somebody else, or for somebody else.
        """
        issuer = members.get(wire.ISSUER, "" if self.issuers is None else self.unnamed)
        if self.unnamed is not None and wire.ISSUER in members:
            raise TokenInvalidError("it names an issuer (iss), as none of these tokens does")
        if not isinstance(issuer, str) or not self.may_be_by(issuer):
            raise TokenInvalidError("it is not by the expected issuer (iss)")
        if self._tenants is not None:
            self._check_tenant(members, issuer)
        self._check_audience(members)
        return issuer if self.issuers is not None else None

    def check_owner(self, owners: Collection[str | None], claims: Mapping[str, object]) -> None:
        """Check that the key of a token is for its tenant.

        A key's own issuer is compared under each name that the tenant's issuer has: those of Microsoft's
        v1.0 endpoint bear that of v2.0.

        Raises:
            TokenInvalidError: the key is another tenant's.
        """
        tenant = str(claims.get(self._tenant or "", ""))
        names = {template.replace(TENANT, tenant) for template in self.templates}
        if not all(owner is not None and owner.replace(TENANT, tenant) in names for owner in owners):
            raise TokenInvalidError("its key is not for the tenant of its issuer")

    def _check_tenant(self, members: Mapping[str, object], issuer: str) -> None:
        tenant = members.get(cast("str", self._tenant))
        if not isinstance(tenant, str) or issuer not in {t.replace(TENANT, tenant) for t in self.templates}:
            msg = f"its {self._tenant} is not the tenant of its issuer"
            raise TokenInvalidError(msg)

    def _check_audience(self, members: Mapping[str, object]) -> None:
        claim, expected = self._audience_claim, self.audiences
        if expected is None:
            if claim in members:
                raise TokenInvalidError("it is not for this audience: none is expected here")
            return
        named = members.get(claim)
        if type(named) is str and named in expected:  # as nearly all are
            return
        # Only aud may be several (RFC 7519 section 4.1.3); a client, which stands for it, is one.
        names: list[object] = [named]
        if claim == wire.AUDIENCE and isinstance(named, list):
            names = cast("list[object]", named)
        if not all(isinstance(name, str) for name in names) or expected.isdisjoint(cast("list[str]", names)):
            msg = f"it is not for this audience ({claim})"
            raise TokenInvalidError(msg)


def _names(names: Names, what: str) -> frozenset[str] | None:
    if names is None:
        return None
    several = frozenset({names} if isinstance(names, str) else names)
    if not several or "" in several:
        msg = f"an {what} is a text, several, or None; not empty"
        raise ValueError(msg)
    if not all(map(_is_text, several)):
        msg = f"an {what} is a text, several, or None"
        raise TypeError(msg)
    return several


def _unnamed(profile: TokenProfile, names: frozenset[str] | None) -> str | None:
    if wire.ISSUER not in profile.absent or names is None:
        return None
    if len(names) > 1 or profile.issuers:
        raise ValueError("tokens without iss go by one issuer")
    return next(iter(names))


def _tenants(
    profile: TokenProfile, issuers: frozenset[str] | None, tenants: Tenants
) -> frozenset[str] | Literal["any"] | None:
    if profile.tenant is None:
        if tenants is not None:
            msg = f"the profile {profile.name} has no tenants"
            raise ValueError(msg)
        return None
    if tenants == "any":
        return "any"
    if isinstance(tenants, str):
        raise TypeError('tenants is a collection of tenant ids, or "any"')
    own = {_tenant_in(name, template) for name in issuers or () for template in profile.issuers} - {""}
    chosen = frozenset(own if tenants is None else tenants)
    if not chosen:
        raise ValueError(
            'the tenants whose tokens are believed must be named: tenants={"<tenant id>"}, or tenants="any"'
        )
    if not all(map(_is_tenant, chosen)):
        raise ValueError("tenants are GUIDs in lower case, as tid has them, and no domains")
    return chosen


def _expanded(
    profile: TokenProfile, issuers: frozenset[str], tenants: frozenset[str] | Literal["any"] | None
) -> Iterator[str]:
    """Yield every name under which the configured issuers write tokens."""
    if tenants is None:
        yield from issuers
        if not issuers.isdisjoint(profile.issuers):
            yield from profile.issuers
    elif tenants != "any":
        yield from (template.replace(TENANT, one) for template in profile.issuers for one in tenants)


def _tenant_in(issuer: str, template: str) -> str:
    """Return the tenant that an issuer names by a template; empty when it is none of its kind."""
    start = template.find(TENANT)
    tenant = issuer[start : start + _GUID_CHARACTERS]
    return tenant if template.replace(TENANT, tenant) == issuer and _is_tenant(tenant) else ""


def _is_text(name: object) -> bool:
    return isinstance(name, str)


def _is_tenant(text: object) -> bool:
    from uuid import UUID  # noqa: PLC0415 - it asks what system this is; few profiles have tenants

    try:
        return isinstance(text, str) and str(UUID(text)) == text
    except ValueError:
        return False
