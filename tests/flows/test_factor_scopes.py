"""SECOND_FACTOR with scopes: only a session that has shown a second factor grants them."""

from dataclasses import replace

import pytest

from jwt_auth_core.api_keys.key_text import digest_of
from jwt_auth_core.auth import Auth
from jwt_auth_core.clients.client import InvalidScopeError
from jwt_auth_core.errors import InvalidInputError, SettingsError
from jwt_auth_core.flows.factor_scopes import NO_SCOPES
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.keys import KeyRing
from jwt_auth_core.settings import Settings
from jwt_auth_core.tokens import AccessTokens
from jwt_auth_core.vocabulary import Client, Secret
from tests.admin.test_remaining_admins import claims_of, user_of
from tests.factors.apps import HERE, KEYS, AppStory
from tests.flows.conftest import KEY

PLAIN = frozenset({"topics:read"})
ALL = PLAIN | {"reports:write"}
ELSEWHERE = "https://other.example.com"


class Writer(AppStory):
    """Ada, who has scopes of both kinds and no factor so far."""

    def __init__(self, world):
        super().__init__(world)
        self.auth.end_user.set_scopes(self.ada.user_id, ALL)

    def scopes(self, grant):
        """Return what an access token grants."""
        return self.claims_of(grant).scopes

    def roles(self, grant):
        """Return the names of roles in an access token."""
        return self.claims_of(grant).roles

    def granted(self, name, *scopes):
        """Give her a new role."""
        self.auth.roles.define(name, scopes)
        self.auth.roles.grant(self.ada.user_id, name)

    def agent(self):
        """Return a client that may exchange her tokens."""
        manage = self.auth.clients.manage
        manage.add("agent", may_exchange=[ELSEWHERE])
        return manage.store.find(["agent"])["agent"]

    def key_of(self, **fields):
        """Return the scopes that a new API key of hers grants."""
        return self.key_claims(**fields).scopes

    def key_claims(self, **fields):
        """Return what a new API key of hers is good for."""
        create = self.auth.api_keys.create
        made = create(self.ada.user_id, create.parse({"name": "a program", **fields}), Client())
        (claims,) = self.auth.api_keys.verify([digest_of(made.key.reveal())])
        return claims


@pytest.fixture
def variables():
    """Name some scopes."""
    return {"ENCRYPTION_KEYS": KEYS, "SECOND_FACTOR": "reports:write, admin:*"}


@pytest.fixture
def story(world):
    """Return Ada."""
    return Writer(world)


def test_a_login_without_a_factor_goes_without_them(story):
    """It is right all the same, and so are its refreshes; the user has them."""
    grant = story.world.login()
    assert isinstance(grant, Grant)
    assert story.scopes(grant) == story.scopes(story.world.refresh(grant.refresh_token)) == PLAIN
    assert grant.user.scopes == PLAIN
    assert story.auth.end_user.find(story.email).scopes == ALL


def test_the_next_login_with_a_factor_brings_them(story):
    """And its refreshes keep them; the session that enrolled it never gets them."""
    before = story.begin()
    story.claims = story.claims_of(before)
    app, _ = story.enrolled()
    assert story.scopes(story.world.refresh(before.refresh_token)) == PLAIN
    grant = story.log_in(app)
    assert story.scopes(grant) == story.scopes(story.world.refresh(grant.refresh_token)) == ALL


def test_a_remembered_device_is_no_second_factor(story):
    """Its sessions are those of the password alone."""
    app, _ = story.enrolled()
    story.world.now += 60
    device = story.go_on(story.begin(), totp=story.code(app), remember_device=True).device
    grant = story.begin(device=device.reveal())
    assert (story.claims_of(grant).acr, story.scopes(grant)) == ("aal1", PLAIN)


def test_those_of_roles_are_withheld_too(story):
    """Whoever granted them, and whatever covers them; what the role grants besides is granted."""
    story.granted("boss", "admin:users", "reports:*", "topics:write")
    assert story.claims_of(story.world.login()).scopes == PLAIN | {"topics:write"}


@pytest.mark.parametrize("scope", ["admin:users", "admin:*", "reports:*", "reports:write", "*"])
def test_the_name_of_such_a_role_is_withheld_with_them(story, scope):
    """At a login and each refresh, and by the next login with a factor it is back."""
    story.granted("boss", scope, "topics:write")
    story.granted("reader", "topics:*", "reports:read")
    story.granted("bare")
    before = story.begin()
    story.claims = story.claims_of(before)
    app, _ = story.enrolled()
    assert story.roles(before) == story.roles(story.world.refresh(before.refresh_token)) == {"reader", "bare"}
    assert story.auth.current_user(story.ada.user_id, story.claims_of(before)).roles == {"reader", "bare"}
    grant = story.log_in(app)
    assert story.roles(grant) == story.roles(story.world.refresh(grant.refresh_token))
    assert story.roles(grant) == {"boss", "reader", "bare"}
    assert story.auth.end_user.find(story.email).roles == {"boss", "reader", "bare"}


def test_a_role_of_which_nobody_knows_the_scopes_is_withheld(story):
    """On doubt it is not granted."""
    user = replace(story.auth.current_user(story.ada.user_id), roles=frozenset({"boss"}))
    assert story.auth.current_user.factor_scopes.granted(user, "aal1").roles == frozenset()


def test_who_acts_for_her_has_no_such_role_either(story):
    """An impersonation shows no second factor of hers."""
    story.granted("boss", "admin:users")
    story.granted("reader", "topics:read")
    admin = user_of(story.world, "root", "auth:admin")
    assert admin != story.ada.user_id
    made = story.auth.admin.impersonate(claims_of(story.world, "root"), story.ada.user_id, HERE)
    assert (story.auth.tokens.verify(made.access_token).roles, made.user.roles) == ({"reader"}, {"reader"})


def test_roles_say_nothing_of_keys_and_exchanged_tokens(story):
    """Neither names one, withheld or not."""
    story.granted("boss", "reports:write")
    agent = story.agent()
    exchanged = story.auth.clients.exchange_token(agent, Secret(story.world.login().access_token))
    there = AccessTokens(KeyRing.from_secret(KEY), audience=ELSEWHERE)
    assert there.verify(exchanged.access_token, now=story.world.now).roles == frozenset()
    assert story.key_claims().roles == frozenset()


def test_an_api_key_has_none_of_them(story):
    """It shows no second factor, whoever makes it: neither a new one, nor one of before the setting."""
    assert story.key_of() == PLAIN
    with pytest.raises(InvalidInputError, match="scopes"):
        story.key_of(scopes=["reports:write"])
    story.world.stores.database.query("UPDATE auth_api_keys SET scopes = 'reports:write topics:read'")
    keys = story.world.stores.database.query("SELECT digest FROM auth_api_keys", (), fetch="all")
    assert {claims.scopes for claims in story.auth.api_keys.verify([row["digest"] for row in keys])} == {
        PLAIN
    }


def test_a_token_exchange_brings_none(story):
    """It hands on what the user's token grants, and no more."""
    agent = story.agent()
    text = Secret(story.world.login().access_token)
    assert story.auth.clients.exchange_token(agent, text).scopes == PLAIN
    with pytest.raises(InvalidScopeError):
        story.auth.clients.exchange_token(agent, text, scope="reports:write")


def test_who_calls_is_shown_what_the_session_grants(story):
    """As its token has it."""
    before = story.claims_of(story.world.login())
    app, _ = story.enrolled()
    both = story.claims_of(story.log_in(app))
    assert story.auth.current_user(story.ada.user_id, before).scopes == PLAIN
    assert story.auth.current_user(story.ada.user_id, both).scopes == ALL


def test_without_the_setting_nothing_is_withheld(story):
    """Whatever the level."""
    user = story.auth.current_user(story.ada.user_id)
    assert NO_SCOPES.granted(user, "aal1") is user
    assert NO_SCOPES.without(ALL) == ALL


@pytest.mark.parametrize("value", ["Required", "off", "login", "required a:b", 'a"b', ","])
def test_what_is_neither_a_rule_nor_scopes_is_refused(value):
    """A word that somebody meant as a rule is never taken for a scope."""
    with pytest.raises(SettingsError, match="SECOND_FACTOR must be optional, required, or scopes"):
        Settings.from_env({"JWT_KEY": KEY, "SECOND_FACTOR": value})


def test_somebody_must_be_able_to_show_one(world):
    """By an app, whose secrets are encrypted, or by a passkey."""
    own = {"JWT_KEY": KEY, "DATABASE_URL": "sqlite://", "SECOND_FACTOR": "reports:write"}
    with pytest.raises(SettingsError, match="SECOND_FACTOR needs ENCRYPTION_KEYS or passkeys"):
        Auth.from_settings(Settings.from_env(own), stores=world.stores)
    Auth.from_settings(Settings.from_env({**own, "RP_ID": "example.com"}), stores=world.stores)
