"""Fixtures of the tests about testing."""

import pytest

from tests.testing.apps.parts import Calls


@pytest.fixture
def calls():
    """Return a list that an endpoint writes its calls into."""
    return Calls()
