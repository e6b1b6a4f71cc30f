"""Claims as a text that a store can keep for a moment: what was verified, no longer a credential."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, cast

from jwt_auth_core.encoding import compact_json, strict_json
from jwt_auth_core.tokens.claims import NOTHING, Claims
from jwt_auth_core.tokens.extra import frozen, plain


def dump(claims: Claims) -> str:
    """Return the claims as text: two JSON objects, one a line, so that the extra ones nest no deeper."""
    own = {
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
    return b"\n".join([compact_json(own), compact_json(plain(claims.extra))]).decode()


def load(text: str) -> Claims:
    """Return the claims that `dump` made a text of; raises ValueError for any other text."""
    own, _, extra = text.partition("\n")
    members, others = (cast("dict[str, Any]", strict_json(part.encode())) for part in (own, extra))
    scopes, roles = frozenset(members.pop("scopes")), frozenset(members.pop("roles", ()))
    more = {name: frozen(value) for name, value in others.items()}
    return Claims(scopes=scopes, roles=roles, extra=MappingProxyType(more) if more else NOTHING, **members)
