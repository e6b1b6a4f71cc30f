"""The public face: names that users rely on stay where they are."""

import importlib
import inspect

import pytest

from jwt_auth_core import AccessTokens, Auth

FACE = {
    "jwt_auth_core": "AccessTokens Auth AuthError Claims KeyRing Settings TokenError TokenExpiredError "
    "TokenInvalidError decode_access_token safe_query transaction",
    "jwt_auth_asgi": "BearerMiddleware create_app rate_limit",
    "jwt_auth_fastapi": "CurrentUser OptionalUser auth_router decode_access_token rate_limit require_scopes",
}


@pytest.mark.parametrize(
    ("package", "name"), [(p, name) for p, names in FACE.items() for name in names.split()]
)
def test_a_name_can_be_imported(package, name):
    """Each documented name is exported by its package."""
    assert name in importlib.import_module(package).__all__


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (AccessTokens, ["keys", "issuer", "audience", "ttl_seconds"]),
        (AccessTokens.issue, ["subject", "scopes", "session_id", "now"]),
        (AccessTokens.verify, ["token", "now"]),
        (Auth.from_env, ["mapping"]),
        (Auth.from_settings, ["settings"]),
    ],
    ids=lambda value: getattr(value, "__qualname__", ""),
)
def test_a_call_takes_what_is_documented(function, names):
    """Each documented parameter is there under its name."""
    assert set(names) <= set(inspect.signature(function).parameters)
