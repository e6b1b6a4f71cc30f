"""A role that is taken away is gone at once: tokens of before are refused, and nobody is logged out."""

from __future__ import annotations

import logging
import threading

import pytest

from jwt_auth_core.revocations.redis import RedisFeed
from jwt_auth_core.revocations.revocations import Revocations
from jwt_auth_core.revocations.sql import SqlFeed
from jwt_auth_core.tokens import claims_text
from tests.flows.parts import down, goes_on, opens, process


@pytest.fixture
def ada(world):
    """Return a user who is an editor."""
    user = world.register()
    world.auth.roles.define("editor", {"posts:*"})
    world.auth.roles.grant(user.user_id, "editor")
    return user


def revoke(world, user):
    """Take the role away."""
    return world.auth.roles.revoke(user.user_id, "editor")


def test_a_token_of_before_is_refused_at_once(world, ada):
    """It says what is no longer so."""
    session = world.login()
    assert opens(world.auth, session)
    assert revoke(world, ada)
    assert not opens(world.auth, session)


def test_the_session_goes_on(world, ada):
    """The refresh of the same second gives a good token, without the role; nobody is logged out."""
    session, elsewhere = world.login(), world.login()
    revoke(world, ada)
    refreshed = world.refresh(session.refresh_token)
    assert opens(world.auth, refreshed)
    assert world.auth.tokens.verify(refreshed.access_token).roles == frozenset()
    assert goes_on(world.auth, elsewhere)
    assert len(world.auth.list_sessions(ada.user_id)) == 2


def test_a_login_of_the_same_second_is_good(world, ada):
    """It comes after."""
    revoke(world, ada)
    assert opens(world.auth, world.login())


def test_taken_away_again_and_again(world, ada):
    """Each time what was issued before is refused, and what is issued after is good."""
    session = world.login()
    for _ in range(3):
        revoke(world, ada)
        assert not opens(world.auth, session)
        session = world.refresh(session.refresh_token)
        assert opens(world.auth, session)
        world.auth.roles.grant(ada.user_id, "editor")


def test_another_process_hears_of_it(world, ada):
    """Within a second, by the feed; the next token is good there, too."""
    session = world.login()
    with process(world) as other:
        heard = threading.Event()
        other.revocations.subscribe(lambda _revocation: heard.set())
        assert opens(other, session)
        revoke(world, ada)
        assert heard.wait(10)
        assert not opens(other, session)
        assert opens(other, world.refresh(session.refresh_token))


def test_a_token_whose_clock_is_ahead_is_refused(world, ada):
    """What came before is told by a number: a token of another machine's future is of before all the same."""
    world.now += 30
    session = world.login()
    world.now -= 30
    revoke(world, ada)
    world.now += 31
    assert not opens(world.auth, session)


def test_a_token_without_a_number_is_judged_by_its_time(world, ada):
    """One of the application's own making, from the second of the cut-off or before, is refused."""
    before = world.auth.tokens.issue(subject=ada.user_id)
    revoke(world, ada)
    world.now += 1
    after = world.auth.tokens.issue(subject=ada.user_id)
    assert world.auth.revocations.is_revoked(world.auth.tokens.verify(before))
    assert world.auth.claims_of(after)


def test_others_are_not_concerned(world, ada):
    """Of one user the tokens are cut off."""
    world.register("eve@example.com")
    eve = world.login("eve@example.com")
    revoke(world, ada)
    assert opens(world.auth, eve)


def test_a_role_that_was_not_there_cuts_nothing_off(world, ada):
    """Whoever never had it keeps its tokens."""
    world.auth.roles.define("author", ())
    session = world.login()
    assert not world.auth.roles.revoke(ada.user_id, "author")
    assert opens(world.auth, session)


@pytest.mark.parametrize("is_own_making", [False, True], ids=["login", "issued"])
def test_the_stores_know_it(world, ada, is_own_making):
    """Where each request asks them, and where a token is introspected."""
    session = world.login()
    token = world.auth.tokens.issue(subject=ada.user_id) if is_own_making else session.access_token
    claims = world.auth.tokens.verify(token)
    assert world.auth.recheck([claims]) == [None]
    revoke(world, ada)
    assert world.auth.recheck([claims])[0].reason == "revoked"
    new = world.refresh(session.refresh_token).access_token
    assert world.auth.recheck([world.auth.tokens.verify(new)]) == [None]
    assert world.auth.introspect(session.access_token) == {"active": False}


def test_a_process_that_starts_later_reads_it(world, ada, monkeypatch, caplog):
    """A feed that took nothing costs no role that stays: the database has the cut-off."""
    session = world.login()
    with monkeypatch.context() as broken:
        for kind in (SqlFeed, RedisFeed):
            broken.setattr(kind, "publish", down("feed"))
        with caplog.at_level(logging.WARNING):
            assert revoke(world, ada)
    assert "when the database is read again" in caplog.text
    with process(world) as later:
        assert not opens(later, session)
        assert opens(later, world.refresh(session.refresh_token))


def test_who_repeats_the_call_announces_it_again(world, ada, monkeypatch):
    """The answer to the first may have been lost before anybody was told."""
    told: list[dict[str, int]] = []
    monkeypatch.setattr(Revocations, "revoke_tokens", lambda _self, _user, **facts: told.append(facts))
    assert revoke(world, ada)
    world.now += 5
    assert not revoke(world, ada)
    assert told == [{"before": 1_800_000_001, "token_version": 1}] * 2


def test_a_ticket_is_as_good_as_its_token(world, ada):
    """What is kept of a token for a websocket knows its number."""
    claims = world.auth.tokens.verify(world.login().access_token)
    revoke(world, ada)
    new = world.auth.tokens.verify(world.login().access_token)
    kept = [claims_text.load(claims_text.dump(one)) for one in (claims, new)]
    assert [world.auth.revocations.is_revoked(one) for one in kept] == [True, False]


def test_a_deleted_user_has_nothing_to_announce(world, ada, monkeypatch):
    """Gone between the change and the announcement: its sessions are over anyway."""
    session = world.login()
    monkeypatch.setattr(type(world.stores.users), "find", lambda *_: None)
    assert revoke(world, ada)
    monkeypatch.undo()
    assert world.auth.recheck([world.auth.tokens.verify(session.access_token)])[0].reason == "revoked"
