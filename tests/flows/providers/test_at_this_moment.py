"""Signing in with a provider while something else happens, or does not answer."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from jwt_auth_core.errors import StoreUnavailableError, UserNotFoundError
from jwt_auth_core.flows.identities.login_code import LOGIN_CODE
from jwt_auth_core.flows.identities.sign_in import CodeAttempt
from jwt_auth_core.identities.provider import ProviderRefusedError
from jwt_auth_core.vocabulary import Client, Secret

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
