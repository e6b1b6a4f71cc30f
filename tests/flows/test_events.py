"""Events of the flows, as subscribers hear them."""

import pytest

from jwt_auth_core.audit import session_mark
from jwt_auth_core.errors import InvalidCredentialsError
from jwt_auth_core.events import Event, LoggedIn, LoginFailed, PasswordChanged, UserRegistered
from tests.flows.parts import change


@pytest.fixture
def told(world):
    """Return what subscribers of the world are told."""
    events = []
    world.auth.on(Event)(events.append)
    return events


def test_each_event_names_user_session_and_time(world, told):
    """A registration and a login are two records."""
    user = world.register()
    grant = world.login()
    mark = session_mark(grant.session_id)
    assert [type(event) for event in told] == [UserRegistered, LoggedIn]
    assert told[1] == LoggedIn(at=world.now, user_id=user.user_id, session=mark, client=told[1].client)


def test_a_failed_login_names_the_user_it_knows(world, told):
    """An unknown address is nobody's."""
    user = world.register()
    for email in ("ada@example.com", "eve@example.com"):
        with pytest.raises(InvalidCredentialsError):
            world.login(email, "not the pass phrase")
    failed = [event.user_id for event in told if isinstance(event, LoginFailed)]
    assert failed == [user.user_id, None]


def test_a_subscriber_that_raises_changes_no_answer(world):
    """The password is changed, and the new tokens are handed out."""
    user = world.register()

    @world.auth.on(PasswordChanged)
    def broken(_event):
        raise LookupError

    assert change(world, user.user_id).access_token
