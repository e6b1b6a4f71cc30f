"""Ada, who has logged in before: what the tests share that watch what a login asks the stores."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Client
from tests.flows.conftest import KEY, PASSWORD, World

HERE = Client("192.0.2.1", limit_key="192.0.2.1")


def login(world: World, password: str = PASSWORD) -> Grant | Challenge:
    """Log Ada in."""
    return world.auth.login(LoginAttempt.parse({"email": "ada@example.com", "password": password}), HERE)


@contextmanager
def at_home(**urls: str) -> Iterator[World]:
    """Yield a world on stores, where Ada is registered and has logged in before."""
    world = World(Settings.from_env({"JWT_KEY": KEY, **urls}))
    world.register()
    login(world)
    yield world
    world.auth.close()
