"""Identities are linked by who is signed in, and taken off again; one way in stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jwt_auth_core.assurance import InsufficientAuthenticationError
from jwt_auth_core.errors import UserNotFoundError
from jwt_auth_core.identities.identity import (
    IdentityNotFoundError,
    IdentityTakenError,
    TooManyIdentitiesError,
)
from jwt_auth_core.identities.provider import ProviderRefusedError, StateInvalidError
from jwt_auth_core.passkeys.passkey import LastCredentialError
from jwt_auth_core.vocabulary import Client
from tests.factors.words import enrol
from tests.flows.parts import between
from tests.flows.proofs import link, verify

CLIENT = Client("203.0.113.9", None, limit_key="203.0.113.9")


def test_who_denies_is_told_so_and_whose_session_is_over_links_nothing(world, browser):
    """The account that asked has to be there still, and so has its session."""
    ada = world.register("bob@example.com")
    grant = world.login("bob@example.com")
    met = browser.met(browser.leave(grant))
    world.auth.revoke_session(ada.user_id, grant.session_id)
    with pytest.raises(StateInvalidError):
        world.auth.identities.link(met, CLIENT)
    again = browser.met(browser.leave(world.login("bob@example.com")))
    world.auth.end_user.disable(ada.user_id)
    with pytest.raises(UserNotFoundError):
        world.auth.identities.link(again, CLIENT)


def test_an_identity_is_linked_by_whoever_is_signed_in(world, browser):
    """Whatever its address; their other sessions are over, and they are told by letter."""
    bob = world.register("bob@example.com")
    other, grant = world.login("bob@example.com"), world.login("bob@example.com")
    linked = browser.link(grant)
    assert (linked.user_id, linked.email) == (bob.user_id, "ada@example.com")
    assert [one.session_id for one in world.auth.list_sessions(bob.user_id)] == [grant.session_id]
    assert other.session_id != grant.session_id
    assert browser.sign_in().user.user_id == bob.user_id
    world.auth.outbox.run()
    assert [mail.letter.subject for mail in world.auth.mail.mailer.sent][:1] == [
        "Another way to sign in was added to your account at jwt-auth"
    ]


def test_an_identity_is_one_accounts(world, browser):
    """Linking it again changes nothing there, and is refused elsewhere."""
    world.register("bob@example.com")
    grant = world.login("bob@example.com")
    linked = browser.link(grant)
    assert browser.link(grant) == linked
    world.register("eve@example.com")
    with pytest.raises(IdentityTakenError):
        browser.link(world.login("eve@example.com"))


def test_linking_asks_for_a_fresh_login(world, browser):
    """Of a session: a token of none is refused as well."""
    world.register("bob@example.com")
    grant = world.login("bob@example.com")
    world.now += 601
    with pytest.raises(InsufficientAuthenticationError):
        browser.leave(grant)
    token = world.auth.tokens.issue(subject=grant.user.user_id, auth_time=world.now, now=world.now)
    with pytest.raises(InsufficientAuthenticationError):
        browser.leave(replace(grant, access_token=token))


def test_a_sign_in_links_nothing(world, browser):
    """Nobody asked for that."""
    met = browser.met(browser.leave())
    with pytest.raises(StateInvalidError):
        world.auth.identities.link(met, CLIENT)


def test_a_user_has_so_many(world, browser, issuer):
    """And no more."""
    world.register("bob@example.com")
    grant = world.login("bob@example.com")
    for number in range(20):
        issuer.person["sub"] = f"s{number}"
        browser.link(grant)
    issuer.person["sub"] = "s20"
    with pytest.raises(TooManyIdentitiesError):
        browser.link(grant)


def test_one_way_in_stays(world, browser):
    """The last identity of an account without password and passkey cannot be removed."""
    user = browser.sign_in().user
    (identity,) = world.auth.identities.list(user.user_id)
    remove = world.auth.identities.remove
    with pytest.raises(LastCredentialError):
        remove(user.user_id, identity.identity_id, CLIENT)
    browser.issuer.person["sub"] = "another"
    browser.link(browser.grant)
    remove(user.user_id, identity.identity_id, CLIENT)
    assert len(world.auth.identities.list(user.user_id)) == 1
    with pytest.raises(IdentityNotFoundError):
        remove(user.user_id, identity.identity_id, CLIENT)
    with pytest.raises(IdentityNotFoundError):
        remove(user.user_id, "all of them", CLIENT)


def test_removing_ends_what_it_opened(world, browser):
    """All sessions but the one that does it; and it opens nothing any more."""
    bob = world.register("bob@example.com")
    grant = world.login("bob@example.com")
    linked = browser.link(grant)
    browser.sign_in()
    claims = world.auth.claims_of(grant.access_token)
    world.auth.identities.remove(bob.user_id, linked.identity_id, CLIENT, claims=claims)
    assert [one.session_id for one in world.auth.list_sessions(bob.user_id)] == [grant.session_id]
    assert browser.sign_in().user.user_id != bob.user_id  # somebody new


def test_a_stranger_with_the_letter_voids_those_of_before(world, browser):
    """Whoever registered with somebody else's address keeps no way in, and no letter tells of it."""  # RST-6
    ada = world.register()
    browser.link(world.login())
    verify(world, link(world, ada, "verify"))
    assert world.auth.identities.list(ada.user_id) == []
    (event,) = (event for event in world.events if event.name == "identity_removed")
    assert (event.reason, event.issuer) == ("email_verified", browser.issuer.url)


def test_those_of_before_a_time_stay(world, browser):
    """For whatever takes back what was added since."""
    user = browser.sign_in().user
    world.now += 100
    browser.issuer.person["sub"] = "another"
    new = browser.link(browser.grant)
    assert world.auth.identities.remove.all(user.user_id, since=world.now) == [new]


def test_an_identity_that_goes_while_it_signs_in_leaves_no_session(world, browser):
    """The last look is at what is kept then."""  # RF-11
    user = browser.sign_in().user
    flow, opening = world.auth.identities.sign_in, world.auth.identities.sign_in.open_session

    def going(*arguments, **named):
        world.auth.identities.remove.all(user.user_id)
        return opening(*arguments, **named)

    slow = replace(flow, open_session=Through(opening, going))
    before = [one.session_id for one in world.auth.list_sessions(user.user_id)]
    with pytest.raises(ProviderRefusedError):
        slow(browser.met(browser.leave()), CLIENT)
    assert [one.session_id for one in world.auth.list_sessions(user.user_id)] == before


class Through:
    """An `OpenSession` whose call is another."""

    def __init__(self, opening, call):
        self.as_one, self.take_back, self._call = opening.as_one, opening.take_back, call

    def __call__(self, *arguments, **named):
        return self._call(*arguments, **named)


@pytest.mark.parametrize("has_factor", [False, True])
def test_an_identity_that_goes_after_the_last_look_leaves_none_either(world, browser, has_factor):
    """What was opened is taken back; where a second factor was to be shown, nothing was."""
    user = browser.sign_in().user
    if has_factor:
        enrol(world.auth, user.user_id)
    flow, opening = world.auth.identities.sign_in, world.auth.identities.sign_in.open_session

    def gone(*arguments, **named):
        opened = opening(*arguments, **named)
        world.auth.identities.remove.all(user.user_id)
        return opened

    before = [one.session_id for one in world.auth.list_sessions(user.user_id)]
    with pytest.raises(ProviderRefusedError):
        replace(flow, open_session=Through(opening, gone))(browser.met(browser.leave()), CLIENT)
    assert [one.session_id for one in world.auth.list_sessions(user.user_id)] == before


def test_a_session_that_ends_at_this_moment_links_nothing(world, browser, monkeypatch):
    """It was looked at, and ended before the identity was written down."""  # RF-11
    bob = world.register("bob@example.com")
    met = browser.met(browser.leave(world.login("bob@example.com")))
    store = type(world.auth.identities.link.admit.parts.store)
    between(monkeypatch, store, "add", lambda: world.auth.end_user.logout_all(bob.user_id))
    with pytest.raises(StateInvalidError):
        world.auth.identities.link(met, CLIENT)
    assert world.auth.identities.list(bob.user_id) == []
