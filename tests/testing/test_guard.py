"""The marks of guards: what is a guard of ours says so, and nothing else does."""

from functools import wraps
from unittest.mock import MagicMock

import pytest

from jwt_auth_asgi.guard import OWN, Guard, guard_of, marked
from jwt_auth_asgi.guards import require
from jwt_auth_asgi.identity.identity import AUTHENTICATED
from jwt_auth_fastapi import current_user, optional_user, require_scopes


def test_the_dependencies_that_refuse_are_guards():
    """With the scopes that they ask for."""
    assert guard_of(current_user) == Guard("CurrentUser")
    assert str(guard_of(require_scopes("a:b", "c"))) == "require_scopes(a:b, c)"
    assert str(guard_of(require_scopes(AUTHENTICATED))) == "require_scopes(authenticated)"


@pytest.mark.parametrize("thing", [optional_user, None, int, MagicMock()])
def test_nothing_else_is_one(thing):
    """Least of all what hands over an anonymous caller, or has every attribute."""
    assert guard_of(thing) is None


def test_what_wraps_a_guard_is_none():
    """It takes the attributes along, and may let everybody in."""
    guard = require_scopes("a:b")

    @wraps(guard)
    async def lenient():
        return None

    assert guard_of(lenient) is None


def test_a_thing_is_returned_as_it_is_marked():
    """So that a definition needs one line."""

    def handler():
        return None

    assert marked(handler, OWN) is handler
    assert guard_of(handler) is OWN


def test_a_method_is_the_guard_that_its_function_is():
    """As it is bound to an object."""

    class Notes:
        """A controller, as far as the walk asks."""

        @require("a:b")
        async def get(self):
            return None

    assert guard_of(Notes().get) == Guard("require", ("a:b",))


def test_a_guard_says_what_login_it_asks_for():
    """So it stands in the list of an application's routes."""

    @require("a:b", max_age=300, acr="aal2")
    async def get():
        return None

    assert str(guard_of(get)) == "require(a:b, max_age=300, acr=aal2)"
