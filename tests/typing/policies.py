# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""How policies and roles are typed: a policy keeps the type of its resource."""

from typing import assert_type

from jwt_auth_asgi import authorize
from jwt_auth_core import Auth, Claims
from jwt_auth_core.flows.policies.policy import Policy
from jwt_auth_fastapi import AuthenticatedUser


def policies(auth: Auth, caller: Claims) -> None:
    """A resource of another type is refused before anybody asks."""

    @auth.policy()
    def short(caller: Claims, text: str) -> bool:
        return len(text) < len(caller.subject)

    assert_type(short, Policy[str])
    assert_type(short.allows(caller, "a"), bool)
    short.check(caller, 7)  # type: ignore[arg-type]


async def asked(policy: Policy[str], request: object) -> None:
    """Who calls comes back."""
    assert_type(await authorize(request, policy, "a"), AuthenticatedUser)


def roles(auth: Auth) -> None:
    """Scopes are a collection of texts."""
    assert_type(auth.roles.define("editor", {"posts:*"}).scopes, frozenset[str])
