"""How often a session may be refreshed: an error like other limits', and nothing is spent; in both worlds."""

from __future__ import annotations

import pytest

from jwt_auth_core.audit import session_mark
from jwt_auth_core.errors import RefreshReusedError, SessionRevokedError
from jwt_auth_core.events import RateLimited
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.rate_limits import RateLimitedError

pytestmark = pytest.mark.limited


@pytest.fixture
def first(world) -> Grant:
    """Return the grant of a user's login."""
    world.register()
    return world.login()


def refreshed(world, grant, times):
    """Refresh that often with one token; return the last answer."""
    answers = world.auth.refresh([grant.refresh_token.reveal()] * times)
    return answers[-1]


def test_a_hundred_and_fifty_go(world, first):
    """The next one waits two seconds, and the token is as good as before."""
    assert isinstance(refreshed(world, first, 150), Grant)
    refused = refreshed(world, first, 1)
    assert isinstance(refused, RateLimitedError)
    (verdict,) = refused.verdicts
    assert (verdict.rule.name, str(verdict.rate), refused.retry_after) == ("refresh", "150/300", 2)
    world.now += 2
    assert isinstance(refreshed(world, first, 1), Grant)
    assert isinstance(refreshed(world, first, 1), RateLimitedError)


def test_sessions_do_not_share_it(world, first):
    """Another session of the same user goes on."""
    refreshed(world, first, 151)
    assert isinstance(refreshed(world, world.login(), 1), Grant)


def test_a_limited_batch_asks_no_database(world, first, monkeypatch):
    """Users are read for those alone who go on."""
    refreshed(world, first, 150)
    monkeypatch.setattr(type(world.stores.users), "read", None)
    assert isinstance(refreshed(world, first, 128), RateLimitedError)


def test_reuse_is_written_down_over_the_limit(world, first):
    """A stolen token that comes back ends the session for good, however often it was presented."""  # RF-04
    second = refreshed(world, first, 1)
    third = refreshed(world, second, 1)
    refreshed(world, third, 200)
    assert isinstance(refreshed(world, first, 1), RefreshReusedError)
    world.now += 300
    assert isinstance(refreshed(world, third, 1), SessionRevokedError)
    assert "refresh_reused" in world.names()


def test_what_is_refused_is_one_event(world, first):
    """It names the user and tells the session by its mark; the first is stored before the answer."""
    # LOG-3
    refreshed(world, first, 153)
    world.now += 400
    refusals = world.auth.rate_limits.refusals
    refusals.flush()
    refusals.end_windows()
    (event,) = [one for one in world.events if isinstance(one, RateLimited)]
    assert (event.reason, event.count, event.user_id) == ("refresh", 3, first.user.user_id)
    assert event.key == session_mark(first.session_id)
