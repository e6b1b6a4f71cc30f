# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""What type checkers know of the tests of an application."""

from typing import assert_type

from jwt_auth_asgi.testing import headers_for
from jwt_auth_core import AccessTokens, Auth


def callers(auth: Auth, tokens: AccessTokens) -> None:
    """Headers are texts; scopes are a collection of texts, and all but the auth has a name."""
    assert_type(headers_for(auth, subject="ada", scopes={"topics:write"}), dict[str, str])
    headers_for(tokens)
    headers_for()
    headers_for(auth, "ada")  # type: ignore[call-arg]
    headers_for(auth, roles={"editor"})  # type: ignore[call-arg]
    headers_for("token")  # type: ignore[arg-type]
