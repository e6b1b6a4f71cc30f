"""`authorize`: a policy of the application is asked within an endpoint, whatever framework calls that."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import suppress
from functools import cache, partial
from typing import Final, NoReturn, TypeVar, cast

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.errors import NotAuthenticatedError
from jwt_auth_asgi.executors.pool import Pool
from jwt_auth_asgi.gates import frameworks
from jwt_auth_asgi.identity.identity import AuthenticatedUser, MissingMiddlewareError, user_of
from jwt_auth_core.errors import AuthError, UnavailableError
from jwt_auth_core.flows.policies.policy import Policy
from jwt_auth_core.policies.refusal import PolicyRefusedError

R = TypeVar("R")

THREADS: Final = 2
QUEUE: Final = 256


async def authorize(connection: object, policy: Policy[R], resource: R) -> AuthenticatedUser:
    """Return who calls, if the policy lets them do it with the resource; else refuse as `require` does.

    ``connection`` is the request or websocket of any framework that `require` knows, or an ASGI scope. The
    policy's rule may be awaitable; a plain one is called on the event loop, so it should not wait. Within
    endpoints behind `require`, everybody who is refused gets the problem document; elsewhere whatever the
    framework makes of its own exception for that status.

    Raises:
        MissingMiddlewareError: no `BearerMiddleware` is in front.
        TypeError: the rule says neither True nor False.
        Exception: the refusal: 403 ``policy_refused``, 401 for nobody.
    """
    scope = _scope(connection)
    user = _user(connection, scope)
    try:
        found = policy.rule(user.claims, resource)
        if inspect.isawaitable(found):
            found = await found
        if policy.verdict(found):
            return user
        await _note(policy, user)
        raise PolicyRefusedError(policy.name)
    except AuthError as error:
        _refuse(error, connection, scope)


def authorize_sync(connection: object, policy: Policy[R], resource: R) -> AuthenticatedUser:
    """Do what `authorize` does, in a synchronous endpoint, which runs in a thread and may wait."""
    scope = _scope(connection)
    user = _user(connection, scope)
    try:
        policy.check(user.claims, resource)
    except AuthError as error:
        _refuse(error, connection, scope)
    return user


async def _note(policy: Policy[R], user: AuthenticatedUser) -> None:
    event = policy.news(user.claims)
    if event is not None:
        with suppress(UnavailableError):  # no thread is free to write it down: refused all the same
            await _pool().run(partial(policy.note, event))


def _user(connection: object, scope: Scope) -> AuthenticatedUser:
    user = user_of(scope)
    if user is None:
        raise MissingMiddlewareError
    if not isinstance(user, AuthenticatedUser):
        _refuse(NotAuthenticatedError(), connection, scope)
    return user


def _scope(connection: object) -> Scope:
    scope: object = getattr(connection, "scope", connection)
    if isinstance(scope, Mapping) and "type" in scope:
        return cast("Scope", scope)
    kind: type[object] = type(connection)
    msg = f"authorize is handed a request, a websocket or a scope, not {kind.__name__}"
    raise TypeError(msg)


def _refuse(error: AuthError, connection: object, scope: Scope) -> NoReturn:
    frameworks.raise_refusal(error, None if connection is scope else connection, scope)


@cache
def _pool() -> Pool:
    """Return the threads in which refusals are written down."""
    return Pool("policy", threads=THREADS, waiting=QUEUE)
