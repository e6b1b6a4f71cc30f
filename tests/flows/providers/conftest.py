"""A provider, a browser whose user it knows, and an account without a password."""

from __future__ import annotations

import pytest

from jwt_auth_core.passwords.hasher import NO_PASSWORD
from jwt_auth_core.vocabulary import Client
from tests.flows.providers.browser import Browser
from tests.identities.issuer import serving, variables_of

CLIENT = Client("203.0.113.9", None, limit_key="203.0.113.9")


@pytest.fixture
def issuer():
    """Return a provider."""
    with serving() as made:
        yield made


@pytest.fixture
def variables(issuer):
    """Return whom users may sign in with."""
    return {**variables_of(issuer), "MAIL_URL": "memory:", "MAIL_FROM": "shop@app.example"}


@pytest.fixture
def browser(world, issuer):
    """Return a browser, whose user is Ada at the provider."""
    issuer.now = lambda: world.now
    return Browser(world, issuer)


@pytest.fixture
def by_letter(world):
    """Return a user without a password whose address is verified, as undoing a change leaves one."""
    user = world.register()
    world.stores.verified.keep(user.user_id, "ada@example.com")
    statement = "UPDATE users SET password_hash = %s WHERE user_id = %s"
    world.stores.database.query(statement, (NO_PASSWORD, user.user_id))
    return world.auth.end_user.find("ada@example.com")
