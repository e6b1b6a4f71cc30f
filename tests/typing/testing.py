# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""What type checkers know of the tests of an application."""

from typing import assert_type

from jwt_auth_asgi.testing import AuthClock, Examination, Finding, State, assert_all_protected, headers_for
from jwt_auth_core import AccessTokens, Auth


def callers(auth: Auth, tokens: AccessTokens) -> None:
    """Headers are texts; scopes are a collection of texts, and all but the auth has a name."""
    assert_type(headers_for(auth, subject="ada", scopes={"topics:write"}), dict[str, str])
    headers_for(tokens)
    headers_for()
    headers_for(auth, "ada")  # type: ignore[call-arg]
    headers_for(auth, roles={"editor"})
    headers_for(auth, kind="client")
    headers_for(auth, kind="robot")  # type: ignore[arg-type]
    headers_for("token")  # type: ignore[arg-type]


def routes(app: object, auth: Auth, tokens: AccessTokens) -> None:
    """What is returned lists what was found; exceptions and methods are collections."""
    found = assert_all_protected(app, auth, except_={"/health"}, call={"GET", "HEAD", "POST"})
    assert_type(found, Examination)
    assert_type(found.unknown, tuple[Finding, ...])
    assert_type(found.findings[0].state, State)
    assert_all_protected(app, tokens)
    assert_all_protected(app, auth, {"/health"})  # type: ignore[call-arg]
    assert_all_protected()  # type: ignore[call-arg]


def time(auth_clock: AuthClock) -> None:
    """A clock tells whole seconds, and is shifted by units that are named."""
    assert_type(auth_clock(), int)
    auth_clock.shift(minutes=15, days=-1)
    auth_clock.shift(15)  # type: ignore[call-arg]
