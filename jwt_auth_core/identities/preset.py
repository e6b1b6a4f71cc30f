"""Presets: what is known of the providers that many use, one row each. No request is made here.

Each says where the provider documents it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from jwt_auth_core.records import dataclass

TENANT: Final = "{tenantid}"
MICROSOFT: Final = "https://login.microsoftonline.com/{tenantid}/v2.0"
_MANY_TENANTS: Final = ("common", "organizations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """What one provider does in its own way; the defaults are what OpenID Connect says.

    Attributes:
        issuer: its own name.
        scopes: what we ask for.
        names: what else its metadata and ID tokens call it; ``{tenantid}`` in them is the claim ``tid``.
        proof: the claim that says whether the address is its user's; it is True, or one of ``proof_texts``.
        response_mode: how its answer is to come, where that is not by the URL.
        source: where the provider says so, and when that was read.
    """

    issuer: str | None = None
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    names: tuple[str, ...] = ()
    proof: str = "email_verified"
    proof_texts: frozenset[str] = frozenset()
    response_mode: str | None = None
    source: str = "OpenID Connect Core 1.0"

    def has_tenants(self, issuer: str) -> bool:
        """Tell whether an issuer of this kind speaks for many, each with a name of its own."""
        templates = [name for name in self.names if TENANT in name]
        return issuer in {name.replace(TENANT, word) for name in templates for word in _MANY_TENANTS}

    def proves(self, claims: Mapping[str, object]) -> bool:
        """Tell whether claims say that the address in them is their subject's; in doubt they do not."""
        value = claims.get(self.proof)
        return value is True or (isinstance(value, str) and value in self.proof_texts)


OPENID: Final = Preset()
BY_NAME: Final[Mapping[str, Preset]] = MappingProxyType(
    {
        "google": Preset(
            issuer="https://accounts.google.com",
            names=("https://accounts.google.com", "accounts.google.com"),
            source="https://developers.google.com/identity/openid-connect/openid-connect",
        ),
        # An address is whatever an administrator writes; xms_edov says that its domain is the tenant's.
        "microsoft": Preset(
            issuer=MICROSOFT.replace(TENANT, "common"),
            names=(MICROSOFT,),
            proof="xms_edov",
            proof_texts=frozenset({"1", "true"}),
            source="https://learn.microsoft.com/en-us/entra/identity-platform/optional-claims-reference",
        ),
        "apple": Preset(
            issuer="https://appleid.apple.com",
            scopes=("openid", "email", "name"),
            proof_texts=frozenset({"true"}),
            response_mode="form_post",
            source="https://developer.apple.com/documentation/signinwithapple/authenticating-users-with-sign-in-with-apple",
        ),
        "gitlab": Preset(
            issuer="https://gitlab.com", source="https://docs.gitlab.com/integration/openid_connect_provider/"
        ),
    }
)
"""Of OpenID Connect; those of OAuth 2.0 alone are in ``profile.py``."""
