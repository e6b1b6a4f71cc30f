"""An API key for a test, in the stores of an `Auth`: of a user who exists, or who is added for it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, LiteralString

from jwt_auth_core.auth import Auth
from jwt_auth_core.flows.api_keys.create_api_key import ApiKeyRequest
from jwt_auth_core.tokens.covering import common
from jwt_auth_core.tokens.scope import render_scopes
from jwt_auth_core.users.sql import NO_PASSWORD
from jwt_auth_core.vocabulary import Client, Secret, UserId

_MADE_UP: Final = "@headers-for.example"
_NO_LIMIT: Final = 1_000_000
_ADD: Final[LiteralString] = """
    INSERT INTO users (user_id, email, password_hash, first_name, last_name) VALUES (%s, %s, %s, %s, %s)
"""


def new_api_key(auth: object, *, subject: str, scopes: Iterable[str]) -> Secret:
    """Return a key of the *subject*, who is added where there is no such user.

    Raises:
        TypeError: *auth* is no `Auth`; one text in place of several scopes.
        ValueError: a scope that no token can carry.
    """
    if not isinstance(auth, Auth):
        msg = f"API keys are those of an Auth, not of an {type(auth).__name__}"
        raise TypeError(msg)
    wanted = frozenset(render_scopes(scopes).split())
    create, user_id = auth.api_keys.create, UserId(subject)
    user = create.users.find(user_id)
    if user is None:
        email = secrets.token_hex(8) + _MADE_UP
        auth.database.query(_ADD, (user_id, email, NO_PASSWORD, "Made", "Up"))
        auth.end_user.set_scopes(user_id, wanted)
    elif user.email.endswith(_MADE_UP):
        auth.end_user.set_scopes(user_id, user.own_scopes | wanted)
    else:
        wanted = common(wanted, user.scopes)
    asked = ApiKeyRequest("made for a test", wanted, None)
    return replace(create, per_user=_NO_LIMIT)(user_id, asked, Client()).key
