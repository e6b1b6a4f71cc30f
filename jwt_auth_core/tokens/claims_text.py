"""Claims as a text that a store can keep for a moment: what was verified, no longer a credential."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, cast

from jwt_auth_core.encoding import compact_json, strict_json
from jwt_auth_core.tokens import claims as wire
from jwt_auth_core.tokens.actors import acting_in
from jwt_auth_core.tokens.authentication import authentication_of, is_understood
from jwt_auth_core.tokens.claims import NOTHING, Claims
from jwt_auth_core.tokens.extra import as_json, frozen

_AUTHENTICATION = (wire.AUTH_TIME, wire.METHODS, wire.LEVEL)


def dump(claims: Claims) -> str:
    """Return the claims as text: two JSON objects, one a line, so that the extra ones nest no deeper.

    How the subject was authenticated stands among the extra ones, where workers of before take it for one.
    """
    own: dict[str, object] = {
        "subject": claims.subject,
        "scopes": sorted(claims.scopes),
        "session_id": claims.session_id,
        "token_id": claims.token_id,
        "issued_at": claims.issued_at,
        "expires_at": claims.expires_at,
        "session_version": claims.session_version,
        "roles": sorted(claims.roles),
        "issuer": claims.issuer,
        "client_id": claims.client_id,
    }
    if claims.token_version is not None:  # which workers of before do not know
        own["token_version"] = claims.token_version
    told = dict(zip(_AUTHENTICATION, (claims.auth_time, sorted(claims.amr), claims.acr), strict=True))
    others = as_json(claims.extra) | {name: value for name, value in told.items() if value not in (None, [])}
    return b"\n".join([compact_json(own), compact_json(others)]).decode()


def load(text: str) -> Claims:
    """Return the claims that `dump` made a text of; raises ValueError for any other text."""
    own, _, extra = text.partition("\n")
    members, others = (cast("dict[str, Any]", strict_json(part.encode())) for part in (own, extra))
    scopes, roles = frozenset(members.pop("scopes")), frozenset(members.pop("roles", ()))
    auth_time, amr, acr = authentication_of(others)
    more = {
        name: frozen(value)
        for name, value in others.items()
        if name not in _AUTHENTICATION or not is_understood(name, value)
    }
    return Claims(
        scopes=scopes,
        roles=roles,
        extra=MappingProxyType(more) if more else NOTHING,
        acting=acting_in(more),
        auth_time=auth_time,
        amr=amr,
        acr=acr,
        **members,
    )
