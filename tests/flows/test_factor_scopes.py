"""SECOND_FACTOR with scopes: only a session that has shown a second factor grants them."""

import pytest

from jwt_auth_core.api_keys.key_text import digest_of
from jwt_auth_core.auth import Auth
from jwt_auth_core.clients.client import InvalidScopeError
from jwt_auth_core.errors import InvalidInputError, SettingsError
from jwt_auth_core.flows.factor_scopes import NO_SCOPES
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Client, Secret
from tests.factors.apps import KEYS, AppStory
from tests.flows.conftest import KEY

PLAIN = frozenset({"topics:read"})
ALL = PLAIN | {"reports:write"}


class Writer(AppStory):
    """Ada, who has scopes of both kinds and no factor so far."""

    def __init__(self, world):
        super().__init__(world)
        self.auth.end_user.set_scopes(self.ada.user_id, ALL)

    def scopes(self, grant):
        """Return what an access token grants."""
        return self.claims_of(grant).scopes

    def key_of(self, **fields):
        """Return what a new API key of hers is good for."""
        create = self.auth.api_keys.create
        made = create(self.ada.user_id, create.parse({"name": "a program", **fields}), Client())
        (claims,) = self.auth.api_keys.verify([digest_of(made.key.reveal())])
        return claims.scopes


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
    """Whoever granted them, and whatever covers them; the role's name stays."""
    story.auth.roles.define("boss", {"admin:users", "reports:*", "topics:write"})
    story.auth.roles.grant(story.ada.user_id, "boss")
    claims = story.claims_of(story.world.login())
    assert (claims.scopes, claims.roles) == (PLAIN | {"topics:write"}, {"boss"})


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
    manage = story.auth.clients.manage
    manage.add("agent", may_exchange=["https://other.example.com"])
    agent = manage.store.find(["agent"])["agent"]
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
