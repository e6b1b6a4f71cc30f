"""Signing in with a provider while something else happens, or does not answer."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from jwt_auth_core.errors import StoreUnavailableError, TokenInvalidError, UserNotFoundError
from jwt_auth_core.flows.identities.login_code import LOGIN_CODE
from jwt_auth_core.flows.identities.sign_in import CodeAttempt
from jwt_auth_core.flows.sessions.open_session import OpenSession
from jwt_auth_core.identities.provider import ProviderRefusedError
from jwt_auth_core.vocabulary import Client, Secret
from tests.factors.words import enrol
from tests.flows.parts import between, is_over, listed

CLIENT = Client("203.0.113.9", None, limit_key="203.0.113.9")


def test_an_account_that_is_disabled_at_this_moment_is_not_joined(world, browser, by_letter):
    """Nobody is told whether there is one."""
    admit = world.auth.identities.sign_in.admit

    def gone(*_arguments):
        raise UserNotFoundError

    flow = replace(world.auth.identities.sign_in, admit=replaced(admit, gone))
    with pytest.raises(ProviderRefusedError):
        flow(browser.met(browser.leave()), CLIENT)
    assert world.auth.identities.list(by_letter.user_id) == []


def replaced(admit, call):
    """Return an `Admit` whose call is another."""
    made = SimpleNamespace(parts=admit.parts)
    return type("Admit", (), {"__call__": lambda _self, *given: call(*given), **vars(made)})()


def test_a_store_that_does_not_answer_is_told_as_such(world, browser, monkeypatch):
    """Nobody knows whether the state is spent, or the code."""
    back = browser.leave()
    codes = type(world.stores.one_time)
    error = StoreUnavailableError("redis")
    monkeypatch.setattr(codes, "redeem", lambda *_: [error])
    with pytest.raises(StoreUnavailableError):
        browser.met(back)
    attempt = CodeAttempt(LOGIN_CODE.new(), Secret("v" * 43))
    with pytest.raises(StoreUnavailableError):
        world.auth.identities.sign_in.by_code(attempt, CLIENT)


def test_a_browser_that_was_known_by_something_else_is_known_anew(browser):
    """By what we make."""
    browser.known = Secret("oauth_browser.short")
    browser.sign_in()
    assert browser.known != Secret("oauth_browser.short")


def test_whoever_would_be_new_and_cannot_be_is_told_so(world, browser):
    """Before any hook is asked, too."""
    met = browser.met(browser.leave())
    with pytest.raises(ProviderRefusedError):
        world.auth.identities.sign_in.newcomer(replace(met, person=replace(met.person, subject="a\0b")))


def test_an_identity_that_is_taken_off_at_this_moment_opens_nothing(world, browser, monkeypatch):
    """The session stays over, also for a session store that forgets its last writes."""  # RF-06
    first = browser.sign_in()
    store, opened = type(world.auth.identities.sign_in.admit.parts.store), []
    begin = OpenSession.begin
    monkeypatch.setattr(
        OpenSession, "begin", lambda *given, **named: opened.append(begin(*given, **named)) or opened[-1]
    )
    between(monkeypatch, store, "note_use", lambda: forget(world, first.user.user_id))
    with pytest.raises(ProviderRefusedError):
        browser.sign_in()
    (grant,) = opened
    (standing,) = world.stores.users.read([(first.user.user_id, grant.session_id)])
    assert standing.session_ended
    assert is_over(world.auth, grant)
    assert grant.session_id not in listed(world, first.user.user_id)


def forget(world, user_id):
    """Take all identities of a user off, as another one's request does."""
    world.stores.database.query("DELETE FROM auth_identities WHERE user_id = %s", (user_id,))


def test_an_identity_is_taken_off_by_no_session_that_was_just_ended(world, browser, monkeypatch):
    """Whoever ended it, and may have wanted to keep that way in."""  # RF-11
    world.register("bob@example.com")
    grant = world.login("bob@example.com")
    linked, claims = browser.link(grant), world.auth.claims_of(grant.access_token)
    user_id, remove = grant.user.user_id, world.auth.identities.remove
    between(monkeypatch, type(remove.parts.store), "held", lambda: world.auth.end_user.logout_all(user_id))
    with pytest.raises(TokenInvalidError):
        remove(user_id, linked.identity_id, CLIENT, claims=claims)
    assert world.auth.identities.list(user_id) == [linked]
    assert "identity_removed" not in world.names()


def test_nor_by_one_that_was_ended_alone(world, browser):
    """From a list."""  # RF-11
    world.register("bob@example.com")
    grant = world.login("bob@example.com")
    linked, claims = browser.link(grant), world.auth.claims_of(grant.access_token)
    world.auth.revoke_session(grant.user.user_id, grant.session_id)
    with pytest.raises(TokenInvalidError):
        world.auth.identities.remove(grant.user.user_id, linked.identity_id, CLIENT, claims=claims)
    assert world.auth.identities.list(grant.user.user_id) == [linked]


def test_nor_does_it_ask_for_anything_else(world, browser, monkeypatch):
    """The challenge that was made is handed to nobody."""
    user_id = browser.sign_in().user.user_id
    enrol(world.auth, user_id)
    store = type(world.auth.identities.sign_in.admit.parts.store)
    between(monkeypatch, store, "note_use", lambda: forget(world, user_id))
    with pytest.raises(ProviderRefusedError):
        browser.sign_in()
