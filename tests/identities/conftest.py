"""A provider on loopback, and how we see it."""

from __future__ import annotations

import pytest

from tests.identities.issuer import serving
from tests.identities.seen import NOW, Clock, seen


@pytest.fixture
def issuer():
    """Return a provider whose time stands still."""
    with serving() as made:
        made.now = lambda: NOW
        yield made


@pytest.fixture
def clock():
    """Return what our memory of it goes by."""
    return Clock()


@pytest.fixture
def provider(issuer, clock):
    """Return it as we see it."""
    return seen(issuer, clock)
