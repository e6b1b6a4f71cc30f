"""Signing in with a provider: who has which account by that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.identities.identity import (
    AccountExistsError,
    EmailNotProvenError,
    IdentityTakenError,
    NoAccountError,
)
from jwt_auth_core.identities.provider import ProviderNotFoundError, ProviderRefusedError, StateInvalidError
from jwt_auth_core.passwords.hasher import NO_PASSWORD
from jwt_auth_core.users.verified import EmailUnverifiedError
from jwt_auth_core.vocabulary import Client, Secret
from tests.factors.words import enrol
from tests.identities.issuer import serving, variables_of

CLIENT = Client("203.0.113.9", None, limit_key="203.0.113.9")


def test_whoever_is_new_has_an_account(world, browser):
    """By the names and the address that the provider vouches for, which is verified; and no password."""
    grant = browser.sign_in()
    claims = world.auth.tokens.verify(grant.access_token)
    assert (claims.subject, claims.amr, claims.acr) == (grant.user.user_id, {"fed"}, "aal1")
    user = world.auth.end_user.find("ada@example.com")
    assert (user.first_name, user.last_name, user.password_hash) == ("Ada", "Lovelace", NO_PASSWORD)
    assert world.stores.verified.has(user.user_id)
    registered = ["user_registered", "email_verified", "identity_linked", "login_succeeded"]
    assert world.names() == registered


def test_whoever_comes_again_has_the_same_account(world, browser, issuer):
    """By issuer and subject, whatever address and name the provider says by now."""
    first = browser.sign_in()
    world.now += 100
    issuer.person |= {"email": "countess@example.net", "email_verified": False, "name": "Countess"}
    assert browser.sign_in().user.user_id == first.user.user_id
    (identity,) = world.auth.identities.list(first.user.user_id)
    said = (identity.email, identity.name, identity.last_used_at, identity.issuer)
    assert said == ("countess@example.net", "Countess", world.now, issuer.url)
    assert first.user.email == "ada@example.com"


def test_the_same_subject_of_another_issuer_is_another(world, browser, issuer):
    """Two issuers' subjects are two people."""
    first = browser.sign_in()
    with serving() as other:
        other.now = issuer.now
        other.person |= {"email": "eve@example.com"}
        identities = world.auth.identities.list(first.user.user_id)
        assert [one.subject for one in identities] == [other.person["sub"]]
        person = replace(browser.person(), issuer=other.url, email="eve@example.com")
        assert world.auth.identities.sign_in.admit(person, CLIENT).user_id != first.user.user_id


def test_an_address_that_is_not_proven_makes_no_account(world, browser, issuer):
    """Nor one that is none, or that is missing."""
    for said in ({"email_verified": False}, {"email_verified": "true"}, {"email": "ada"}, {"email": None}):
        issuer.person |= {"email": "ada@example.com", "email_verified": True, **said}
        with pytest.raises(EmailNotProvenError):
            browser.sign_in()
    assert world.auth.list_users() == []


def test_an_account_with_a_password_is_never_joined_silently(world, browser):
    """Although both sides have proven the address: whoever comes has not shown the password."""
    user = world.register()
    world.stores.verified.keep(user.user_id, "ada@example.com")
    with pytest.raises(AccountExistsError):
        browser.sign_in()
    assert world.auth.identities.list(user.user_id) == []


def test_an_account_without_one_is_joined_where_both_have_proven_the_address(world, browser, by_letter):
    """And not where one side has."""
    assert browser.sign_in().user.user_id == by_letter.user_id
    assert [one.issuer for one in world.auth.identities.list(by_letter.user_id)] == [browser.issuer.url]


def test_an_account_that_has_not_proven_its_address_is_not_joined(world, browser, by_letter):
    """Whoever registered it may be a stranger."""
    world.stores.database.query("DELETE FROM auth_verified_emails")
    with pytest.raises(AccountExistsError):
        browser.sign_in()
    assert world.auth.identities.list(by_letter.user_id) == []


def test_a_disabled_user_is_told_nothing(world, browser, by_letter):
    """Whether known by the identity or by the address alone."""
    world.auth.end_user.disable(by_letter.user_id)
    with pytest.raises(AccountExistsError):
        browser.sign_in()
    world.auth.end_user.enable(by_letter.user_id)
    browser.sign_in()
    world.auth.end_user.disable(by_letter.user_id)
    with pytest.raises(ProviderRefusedError):
        browser.sign_in()
    assert world.events[-1].reason == "disabled"


def test_a_password_that_comes_meanwhile_is_not_passed_over(world, browser, by_letter, monkeypatch):
    """The last look is at the account as it is then; nothing is linked."""
    admit, find = world.auth.identities.sign_in.admit, world.auth.identities.sign_in.admit.parts.users.find

    def changed(user_id):
        return replace(find(user_id), password_hash="$argon2id$...")

    monkeypatch.setattr(type(admit.parts.users), "find", lambda _self, user_id: changed(user_id))
    with pytest.raises(AccountExistsError):
        admit(browser.person(), CLIENT)
    monkeypatch.undo()
    assert world.auth.identities.list(by_letter.user_id) == []


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"given_name": None, "family_name": None}, ("Ada", "Lovelace")),
        ({"given_name": None, "family_name": None, "name": "Ada"}, ("Ada", "")),
        ({"given_name": None, "family_name": None, "name": None}, ("ada", "")),
        ({"given_name": "A\x00da", "family_name": "\u202elace", "name": 7}, ("ada", "")),
        ({"given_name": "A" * 300}, ("A" * 200, "Lovelace")),
    ],
)
def test_a_name_is_made_of_what_is_said(browser, issuer, said, names):
    """And what is none is left out."""
    issuer.person |= said
    user = browser.sign_in().user
    assert (user.first_name, user.last_name) == names


def test_a_second_factor_is_asked_for(world, browser):
    """As after a password."""
    user = browser.sign_in().user
    enrol(world.auth, user.user_id)
    assert isinstance(browser.sign_in(), Challenge)


def test_a_known_device_is_known_again(browser):
    """And stays the same."""
    first = browser.sign_in()
    browser.device = first.device
    assert browser.sign_in().device == first.device
    browser.device = Secret("nothing that we know")
    assert browser.sign_in().device not in {first.device, browser.device}


def test_a_state_is_good_once(browser):
    """A browser that goes back does not sign in again."""
    back = browser.leave()
    browser.meet(back)
    with pytest.raises(StateInvalidError):
        browser.meet(back)


def test_a_state_is_good_for_ten_minutes(world, browser):
    """And for its tabs each has one."""
    early, late = browser.leave(), browser.leave()
    browser.meet(late)
    browser.meet(early)
    if world.settings.redis_url is None:  # whose clock nobody holds
        old = browser.leave()
        world.now += 601
        with pytest.raises(StateInvalidError):
            browser.meet(old)


def test_who_is_new_is_known_before(world, browser):
    """For whoever has a say in registrations."""
    sign_in = world.auth.identities.sign_in
    met = browser.met(browser.leave())
    newcomer = sign_in.newcomer(met)
    assert (newcomer.address.stored, newcomer.first_name) == ("ada@example.com", "Ada")
    sign_in(met, CLIENT)
    assert sign_in.newcomer(met) is None
    unproven = replace(met.person, subject="another", is_email_proven=False)
    assert sign_in.newcomer(replace(met, person=unproven)) is None


def test_a_subject_that_no_table_holds_is_refused(world, browser):
    """Whatever the provider is."""
    with pytest.raises(ProviderRefusedError):
        world.auth.identities.sign_in.admit(replace(browser.person(), subject="a\0b"), CLIENT)


def test_an_account_that_comes_meanwhile_is_not_joined(world, browser):
    """Of the registration and the sign-in of one address one wins."""
    admit = world.auth.identities.sign_in.admit
    person = browser.person()
    newcomer = admit.newcomer(person)
    world.register()
    with pytest.raises(AccountExistsError):
        admit._new(person, newcomer, CLIENT)
    world.auth.end_user.delete(world.auth.end_user.find("ada@example.com").user_id)
    with pytest.raises(AccountExistsError):
        admit._joined(person, CLIENT)


def test_two_tabs_of_a_newcomer_make_one_account(world, browser, monkeypatch):
    """The later one finds what the earlier made."""
    admit, person = world.auth.identities.sign_in.admit, browser.person()
    first = admit(person, CLIENT)
    found = iter([None, first, None, None])
    monkeypatch.setattr(type(admit), "_known", lambda *_: next(found))
    monkeypatch.setattr(type(admit), "_newcomer", lambda *_: None)
    assert admit(person, CLIENT) == first
    with pytest.raises(IdentityTakenError):
        admit(person, CLIENT)


def test_an_unknown_provider_is_none(browser):
    """Neither to leave for nor to come back from."""
    browser.provider = "evil"
    with pytest.raises(ProviderNotFoundError):
        browser.leave()
    browser.provider = "acme"
    back = browser.leave()
    browser.provider = "evil"
    with pytest.raises(ProviderNotFoundError):
        browser.met(back)


class TestClosed:
    """``REGISTRATION=closed``."""

    @pytest.fixture
    def variables(self, issuer):
        """Return whom users may sign in with, where nobody may register."""
        return {**variables_of(issuer), "REGISTRATION": "closed"}

    def test_nobody_registers_by_a_provider(self, world, browser):
        """Whoever has linked one signs in."""
        with pytest.raises(NoAccountError):
            browser.sign_in()
        assert world.auth.identities.sign_in.newcomer(browser.met(browser.leave())) is None
        world.register("bob@example.com")
        browser.link(world.login("bob@example.com"))
        assert browser.sign_in().user.email == "bob@example.com"


class TestVerified:
    """``EMAIL_VERIFICATION=login``."""

    @pytest.fixture
    def variables(self, issuer):
        """Return whom users may sign in with, whose addresses have to be verified."""
        mailer = {"MAIL_URL": "memory:", "MAIL_FROM": "shop@app.example"}
        return {**variables_of(issuer), **mailer, "EMAIL_VERIFICATION": "login"}

    def test_a_provider_that_proves_the_address_is_enough(self, browser):
        """Of a new account."""
        assert isinstance(browser.sign_in(), Grant)

    def test_another_address_has_to_be_verified_all_the_same(self, world, browser):
        """By whoever signs in with a provider that was linked."""
        user = browser.sign_in().user
        world.stores.database.query("DELETE FROM auth_verified_emails")
        with pytest.raises(EmailUnverifiedError):
            browser.sign_in()
        assert (world.events[-1].reason, world.events[-1].user_id) == ("email_unverified", user.user_id)
