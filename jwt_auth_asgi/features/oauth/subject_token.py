"""The token that is to be exchanged (RFC 8693 section 2.1), out of a form."""

from __future__ import annotations

from typing import Final

from jwt_auth_asgi.errors import RequestError
from jwt_auth_asgi.features.oauth.inputs import Form
from jwt_auth_core.vocabulary import Secret

ACCESS_TOKEN_TYPE: Final = "urn:ietf:params:oauth:token-type:access_token"
_TYPES: Final = frozenset({ACCESS_TOKEN_TYPE, "urn:ietf:params:oauth:token-type:jwt"})  # ours are both


def subject_token(form: Form) -> Secret:
    """Return the access token to exchange.

    Raises:
        RequestError: there is none, it or what is asked for is said to be of another type, or somebody
            else than the client is to act.
    """
    if form.text("subject_token_type") not in _TYPES:
        raise RequestError(f"subject_token_type is not {ACCESS_TOKEN_TYPE}")
    if form.fields.get("requested_token_type", ACCESS_TOKEN_TYPE) not in _TYPES:
        raise RequestError(f"requested_token_type is not {ACCESS_TOKEN_TYPE}")
    if {"actor_token", "actor_token_type"} & form.fields.keys():
        raise RequestError("actor_token is not taken: who acts is the client that asks")
    return Secret(form.text("subject_token"))
