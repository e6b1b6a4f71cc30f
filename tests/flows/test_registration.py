"""A browser that registers quietly, several times: it stays known for each account that was made there."""

from __future__ import annotations

import pytest

from jwt_auth_core.vocabulary import Client
from tests.flows.addresses import MAIL
from tests.flows.parts import OLD
from tests.flows.proofs import link, verify


@pytest.fixture
def variables():
    """Have letters stay in the process."""
    return MAIL


def quietly(world, email, browser=None):
    """Register; return what the browser is known by."""
    register = world.auth.register
    values = {"email": email, "password": OLD, "first_name": "Grace", "last_name": "H"}
    return register.quietly(register.parse(values), Client(), language="en", browser=browser)


def test_a_browser_stays_known_for_all_that_it_registered(world):
    """However often an address is given, and whichever comes first."""
    # RST-6
    browser = quietly(world, "grace@example.com")
    for email in ("grace@example.com", "mary@example.com", "grace@example.com", "mary@example.com"):
        assert quietly(world, email, browser) == browser
    for email in ("mary@example.com", "grace@example.com"):
        user = world.stores.users.find_by_email(email)
        assert verify(world, link(world, user, "verify"), browser=browser).reset_token is None


def test_who_registers_an_address_that_has_an_account_is_not_known(world):
    """What was set there is void."""
    # RST-6
    ada = world.register()
    browser = quietly(world, ada.email)
    assert verify(world, link(world, ada, "verify"), browser=browser).reset_token
