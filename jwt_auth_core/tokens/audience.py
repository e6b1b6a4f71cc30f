"""The audience that a token names, before anybody has verified it."""

from __future__ import annotations

from typing import cast

from jwt_auth_core.encoding import b64url_decode
from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.tokens import claims as wire
from jwt_auth_core.tokens.rules import members_of
from jwt_auth_core.tokens.template import Audience

MOST_CHARACTERS = 8192


def audience_of(token: str) -> Audience | None:
    """Return whom a token says it is for, anybody's word so far; None where it names nobody.

    Raises:
        TokenInvalidError: it is too long, no JWT, or names an audience that is none.
    """
    if len(token) > MOST_CHARACTERS:
        raise TokenInvalidError(f"it is longer than {MOST_CHARACTERS} characters")
    try:
        members = members_of(b64url_decode(token.rpartition(".")[0].partition(".")[2]))
    except ValueError:
        raise TokenInvalidError("its payload is not canonical base64url of strict JSON") from None
    if wire.AUDIENCE not in members:
        return None
    named = members[wire.AUDIENCE]
    names = cast("list[object]", named) if isinstance(named, list) else [named]
    if not names or not all(isinstance(name, str) and name for name in names):
        raise TokenInvalidError("its aud is no text and no list of texts")
    texts = tuple(cast("list[str]", names))
    return texts if isinstance(named, list) else texts[0]
