"""At most so many sessions a user: the oldest end, and only those that live count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.vocabulary import Client
from tests.flows.conftest import PASSWORD, World
from tests.flows.parts import down, goes_on, is_over, listed

LIMIT = 3


@pytest.fixture
def small(world):
    """Return the world with a small limit."""
    made = World(replace(world.settings, sessions_per_user=LIMIT), now=world.now)
    yield made
    made.auth.close()


def test_the_oldest_ends(small):
    """A login beyond the limit ends the oldest session at once, with its access token."""
    # RF-15
    user = small.register()
    grants = []
    for _ in range(LIMIT + 1):
        small.now += 1
        grants.append(small.login())
    assert is_over(small.auth, grants[0])
    assert all(goes_on(small.auth, grant) for grant in grants[1:])
    assert listed(small, user.user_id) == [grant.session_id for grant in grants[1:]]
    assert [event.reason for event in small.events if event.name == "session_ended"] == ["evicted"]


def test_the_oldest_of_one_second_ends(small):
    """Sessions that were opened within one second are evicted and listed in their order."""
    # RF-14, RF-15
    user = small.register()
    grants = []
    for _ in range(4 * LIMIT):
        grants.append(small.login())
        kept = [grant.session_id for grant in grants[-LIMIT:]]
        assert listed(small, user.user_id) == kept


def test_the_newest_never_ends(small):
    """Not even when all were opened in one second."""
    # RF-15
    small.register()
    for _ in range(30):
        grant = small.login()
        assert goes_on(small.auth, grant)


def test_the_limit_may_be_one(world):
    """Then each login ends the one before."""
    # RF-15
    single = World(replace(world.settings, sessions_per_user=1), now=world.now)
    single.register()
    first, second = single.login(), single.login()
    assert is_over(single.auth, first)
    assert goes_on(single.auth, second)
    single.auth.close()


def test_sessions_that_are_over_do_not_count(small):
    """Whoever logs in and out all day keeps the session on their telephone."""
    # RF-15
    small.register()
    telephone = small.login()
    for _ in range(2 * LIMIT):
        small.auth.logout(small.login().refresh_token.reveal())
    assert goes_on(small.auth, telephone)


def test_sessions_that_idled_away_do_not_count(small):
    """An old session in daily use outlives newer ones that nobody came back to."""
    # RF-15
    small.register()
    telephone = small.login()
    for _ in range(LIMIT - 1):
        small.login()
    for _ in range(2):
        small.now += small.settings.refresh_token_ttl_seconds - 1
        telephone = small.refresh(telephone.refresh_token)
    small.login()
    assert goes_on(small.auth, telephone)


def test_a_replaced_session_makes_room(small):
    """Logging in again on one device ends that device's session, no other's."""
    # RF-13, RF-15
    small.register()
    oldest, *_, newest = [small.login() for _ in range(LIMIT)]
    attempt = LoginAttempt.parse({"email": "ada@example.com", "password": PASSWORD})
    small.auth.login(attempt, Client(), replaces=newest.refresh_token.reveal())
    assert goes_on(small.auth, oldest)


def test_another_users_sessions_do_not_count(small):
    """The limit is each user's own."""
    small.register()
    small.register("eve@example.com")
    grants = [small.login(email) for email in ("ada@example.com", "eve@example.com") for _ in range(LIMIT)]
    assert all(goes_on(small.auth, grant) for grant in grants)


def test_an_eviction_that_fails_stops_no_login(small, monkeypatch, caplog):
    """The next login tries again."""
    user = small.register()
    for _ in range(LIMIT):
        small.login()

    with monkeypatch.context() as broken:
        broken.setattr(type(small.stores.feed), "publish", down("redis"))
        assert small.login().access_token
    assert "was not ended" in caplog.text
    small.login()
    assert len(listed(small, user.user_id)) == LIMIT


@pytest.mark.untraced
def test_a_thousand_logins_leave_as_many_as_may_be(small):
    """Neither the list nor the table grows."""
    # RF-15
    user = small.register()
    for _ in range(100 if small.settings.redis_url else 1000):
        small.auth.login.open_session.begin(user, Client())
    assert len(listed(small, user.user_id)) == LIMIT
    assert len(small.stores.session_index.of_user(user.user_id, now=small.now)) == LIMIT
