"""What the tests of ended sessions share: other processes, a Redis that forgets, a step in between."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import pytest
import redis

from jwt_auth_core.audit import Journal
from jwt_auth_core.auth import Auth
from jwt_auth_core.database.transactions import Transaction
from jwt_auth_core.errors import AuthError, SessionRevokedError, StoreUnavailableError, TokenInvalidError
from jwt_auth_core.flows.password.change_password import PasswordChange
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Client
from tests.cheap import cheap_passwords

OLD = "a long enough pass phrase"
NEW = "another quite long phrase"


@contextmanager
def process(world: Any, **settings: object):
    """Yield an `Auth` as another process has it, on the same stores."""
    values = {one.name: getattr(world.settings, one.name) for one in fields(world.settings)}
    wanted = Settings(**{**values, **settings})
    auth = Auth.from_settings(wanted, passwords=cheap_passwords(), clock=lambda: world.now)
    try:
        yield auth
    finally:
        auth.close()


def flush(world: Any) -> None:
    """Empty the Redis of the world, if it has one."""
    if world.settings.redis_url is not None:
        with redis.Redis.from_url(world.settings.redis_url.reveal()) as client:
            client.flushall()


def change(world: Any, user_id: str, *, current: str = OLD, new: str = NEW, is_sure: bool = False) -> Grant:
    """Change a password; ``is_sure`` is a caller who has shown a second factor."""
    wanted = PasswordChange.parse({"current_password": current, "new_password": new})
    tokens, shown = world.auth.tokens, ("mfa", "otp", "pwd")
    token = tokens.issue(subject=user_id, auth_time=world.now, amr=shown, acr="aal2", now=world.now)
    return world.auth.change_password(user_id, wanted, Client(), tokens.verify(token) if is_sure else None)


def opens(auth: Auth, grant: Grant) -> bool:
    """Tell whether the access token of a grant is good."""
    try:
        auth.claims_of(grant.access_token)
    except TokenInvalidError:
        return False
    return True


def goes_on(auth: Auth, grant: Grant) -> bool:
    """Tell whether the refresh token of a grant is good; being over must be the reason when not."""
    (answer,) = auth.refresh([grant.refresh_token.reveal()])
    assert not isinstance(answer, AuthError) or answer.code in {SessionRevokedError.code, "refresh_invalid"}
    return isinstance(answer, Grant)


def is_over(auth: Auth, grant: Grant) -> bool:
    """Tell whether neither token of a grant is good."""
    return not opens(auth, grant) and not goes_on(auth, grant)


def listed(world: Any, user_id: str) -> list[str]:
    """Return the ids of the sessions that the user is shown."""
    return [session.session_id for session in world.auth.list_sessions(user_id)]


def down(store: str) -> Callable[..., Any]:
    """Return what takes the place of a store's method when the store is down."""

    def refuse(*_arguments: object, **_named: object) -> None:
        raise StoreUnavailableError(store)

    return refuse


@contextmanager
def unheard(journal: Journal):
    """Keep what is done inside, and lose the answer to its commit: in the place of `Journal.together`."""
    with pytest.MonkeyPatch.context() as lost:
        lost.setattr(Transaction, "tell", lambda _transaction: None)  # nobody knows that it is kept
        with journal.database.transaction():
            yield
    raise StoreUnavailableError("database", "lost the connection")


def between(monkeypatch: Any, owner: type, method: str, act: Callable[[], object]) -> None:
    """Run ``act`` once, just before the next call of a method."""
    original, waiting = getattr(owner, method), [act]

    def step(*arguments: object, **named: object) -> object:
        if waiting:
            waiting.pop()()
        return original(*arguments, **named)

    monkeypatch.setattr(owner, method, step)
