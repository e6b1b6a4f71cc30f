"""What a provider says of a person, how it knows us, and what the settings say of it."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from jwt_auth_core.errors import SettingsError
from jwt_auth_core.identities.provider import ProviderRefusedError, ProviderUnavailableError
from jwt_auth_core.identities.settings import IdentitySettings, ProviderSettings
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret
from tests.identities.issuer import ABSENT, CLIENT, SECRET
from tests.identities.seen import QUESTION, seen, sent

KEYED = {"team_id": "T", "key_id": "K"}


@pytest.mark.parametrize(
    ("said", "is_proven"),
    [(True, True), (False, False), ("true", False), (1, False), ("1", False), (None, False), (ABSENT, False)],
)
def test_an_address_is_proven_by_true_alone(issuer, provider, said, is_proven):
    """A text, a number or nothing is no proof."""
    issuer.claims = {"email_verified": said}
    assert provider.person(QUESTION, sent(issuer, provider)).is_email_proven is is_proven


def test_what_the_token_leaves_out_the_provider_is_asked(issuer, provider):
    """With the access token that came beside it."""
    issuer.claims = {"email": ABSENT, "email_verified": ABSENT, "given_name": ABSENT}
    person = provider.person(QUESTION, sent(issuer, provider))
    assert (person.email, person.is_email_proven, person.first_name) == ("ada@example.com", True, "Ada")


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"sub": "somebody else", "email": "eve@example.com"}, ProviderRefusedError),
        ({"email": "eve@example.com"}, ProviderRefusedError),
    ],
)
def test_what_it_says_then_is_of_the_same_person(issuer, provider, said, error):
    """Or of nobody (section 5.3.4)."""
    issuer.claims = {"email": ABSENT}
    issuer.said = said
    with pytest.raises(error):
        provider.person(QUESTION, sent(issuer, provider))


@pytest.mark.parametrize("body", [b"[]", b"", b"{"])
def test_an_answer_that_is_no_object_is_none(issuer, provider, body):
    """Nobody guesses."""
    issuer.claims = {"email": ABSENT}
    issuer.answers["/userinfo"] = (200, body)
    with pytest.raises(ProviderUnavailableError):
        provider.person(QUESTION, sent(issuer, provider))


def test_an_access_token_that_is_none_goes_nowhere(issuer, provider):
    """It would end a header, and begin another."""
    issuer.claims = {"email": ABSENT}
    issuer.tokens = {"access_token": "a\r\nb"}
    with pytest.raises(ProviderRefusedError):
        provider.person(QUESTION, sent(issuer, provider))


@pytest.mark.parametrize("changes", [{"access_token": ABSENT}, {"access_token": "revoked"}])
def test_without_a_place_to_ask_there_is_no_address(issuer, provider, changes):
    """A person is one without it; a place that refuses is unavailable."""
    issuer.claims, issuer.tokens = {"email": ABSENT}, changes
    if changes["access_token"] is ABSENT:
        assert provider.person(QUESTION, sent(issuer, provider)).email is None
    else:
        with pytest.raises(ProviderUnavailableError):
            provider.person(QUESTION, sent(issuer, provider))


def test_we_prove_who_we_are_as_the_provider_has_it(issuer, provider, clock):
    """By Basic, or in the form."""
    provider.person(QUESTION, sent(issuer, provider))
    assert "client_secret" not in issuer.form
    issuer.methods = ["client_secret_post"]
    clock.seconds += 300
    provider.person(QUESTION, sent(issuer, provider))
    assert issuer.form["client_secret"] == SECRET


def test_a_public_client_has_no_secret(issuer):
    """It says its name alone, and the verifier is all that proves it."""
    provider = seen(issuer, OIDC_ACME_CLIENT_SECRET="")
    with pytest.raises(ProviderUnavailableError, match="invalid_client"):
        provider.person(QUESTION, sent(issuer, provider))
    assert issuer.form["client_id"] == CLIENT


def test_scopes_of_ones_own_are_asked_for(issuer):
    """In the place of ours."""
    url = seen(issuer, OIDC_ACME_SCOPES="openid, email").url(QUESTION)
    assert dict(parse_qsl(urlsplit(url).query))["scope"] == "openid email"


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"OIDC_PROVIDERS": "Acme"}, "must be names of lower-case"),
        ({"OIDC_PROVIDERS": "acme,acme"}, "has one name twice"),
        ({"OIDC_ACME_ISSUER": ""}, "OIDC_ACME_ISSUER is required"),
        ({"OIDC_ACME_ISSUER": "http://id.example.com"}, "OIDC_ACME_ISSUER must be an https URL"),
        ({"OIDC_ACME_ISSUER": "https://id.example.com?a=b"}, "OIDC_ACME_ISSUER must be an https URL"),
        ({"OIDC_ACME_CLIENT_ID": ""}, "OIDC_ACME_CLIENT_ID is required"),
        ({"OIDC_ACME_CLIENT_SECRET": "ü"}, "OIDC_ACME_CLIENT_SECRET must be a Secret"),
        ({"OIDC_ACME_SCOPES": 'open"id'}, "OIDC_ACME_SCOPES must be words"),
        ({"OIDC_ACME_TEAM_ID": "T"}, "OIDC_ACME_TEAM_ID is for apple alone"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL is required with OIDC_PROVIDERS"),
    ],
)
def test_what_is_wrong_with_the_settings_is_told(issuer, variables, sentence):
    """By the name of the variable."""
    with pytest.raises(SettingsError, match=sentence):
        seen(issuer, **variables)


def test_a_provider_that_is_gone_is_unavailable(issuer, provider):
    """When the code is redeemed, as before."""
    answer = sent(issuer, provider)
    issuer.metadata = {"token_endpoint": "http://127.0.0.1:1/token"}
    fresh = seen(issuer)
    with pytest.raises(ProviderUnavailableError, match="does not answer"):
        fresh.person(QUESTION, answer)


def test_objects_take_the_place_of_variables(issuer):
    """Checked the same way; shown by name, never by secret."""
    one = ProviderSettings(name="acme", client_id=CLIENT, client_secret=Secret(SECRET), issuer=issuer.url)
    made = Settings(
        jwt_key=Secret("a key that only the tests of the providers know"),
        public_url="https://app.example",
        identities=IdentitySettings(providers=(one,)),
    )
    assert [str(one) for one in made.identities.providers] == [f"acme {issuer.url}"]
    assert str(ProviderSettings(name="google", client_id=CLIENT)) == "google"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["acme"], "must be a tuple, each a ProviderSettings"),
        (("acme",), "must be a tuple, each a ProviderSettings"),
        ({"client_secret": "text"}, "OIDC_ACME_CLIENT_SECRET must be a Secret"),
        (
            {"name": "apple", "team_id": "T", "key_id": "K", "private_key": "text"},
            "PRIVATE_KEY must be a Secret",
        ),
        ({"scopes": (7,)}, "OIDC_ACME_SCOPES must be words"),
    ],
)
def test_objects_that_are_none_are_told(given, sentence):
    """As variables are."""
    if isinstance(given, dict):
        about = {"name": "acme", "client_id": CLIENT, "issuer": "https://id.example.com"}
        given = (ProviderSettings(**{**about, **given}),)
    with pytest.raises(SettingsError, match=sentence):
        Settings(
            jwt_key=Secret("a key that only the tests of the providers know"),
            public_url="https://app.example",
            identities=IdentitySettings(providers=given),
        )
