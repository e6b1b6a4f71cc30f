"""What is known of the providers that many use: Microsoft's tenants, Apple's secret, GitHub and Discord."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from jwt_auth_core.assemble.providers import providers
from jwt_auth_core.encoding import b64url_decode, strict_json
from jwt_auth_core.errors import MissingDriverError, SettingsError
from jwt_auth_core.identities.preset import BY_NAME, MICROSOFT, OPENID, Preset
from jwt_auth_core.identities.profile import SERVICES
from jwt_auth_core.identities.provider import Answer, ProviderRefusedError, ProviderUnavailableError
from jwt_auth_core.identities.settings import PRESETS
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret
from tests.identities.issuer import CLIENT
from tests.identities.seen import KEY, NOW, QUESTION, seen, sent

TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"


def known(*names):
    """Return providers of which nothing but the client is set."""
    variables = {"JWT_KEY": KEY, "PUBLIC_URL": "https://app.example", "OIDC_PROVIDERS": ",".join(names)}
    variables |= {f"OIDC_{name.upper()}_CLIENT_ID": CLIENT for name in names}
    return providers(Settings.from_env(variables), clock=lambda: NOW)


def test_each_preset_is_known_by_its_name_alone():
    """The table of settings and those of providers are the same."""
    made = known(*PRESETS)
    assert {*BY_NAME, *SERVICES} == set(PRESETS) == set(made)
    assert [made[name].issuer for name in PRESETS] == [
        "https://accounts.google.com",
        "https://login.microsoftonline.com/common/v2.0",
        "https://appleid.apple.com",
        "https://gitlab.com",
        "https://discord.com",
        "https://github.com",
    ]


def test_where_none_is_named_no_driver_is_asked_for(monkeypatch):
    """And where one is, its absence is told with what helps."""
    monkeypatch.setattr("jwt_auth_core.assemble.providers.find_spec", lambda _name: None)
    assert providers(Settings.from_env({"JWT_KEY": KEY}), clock=lambda: NOW) == {}
    with pytest.raises(MissingDriverError, match=r"pip install 'jwt-auth-asgi\[oidc\]'"):
        known("google")


@pytest.mark.parametrize(
    ("preset", "said", "is_proven"),
    [
        (OPENID, {"email_verified": True}, True),
        (OPENID, {"email_verified": "true"}, False),
        (BY_NAME["apple"], {"email_verified": "true"}, True),
        (BY_NAME["apple"], {"email_verified": "True"}, False),
        (BY_NAME["microsoft"], {"email_verified": True}, False),
        (BY_NAME["microsoft"], {"xms_edov": True}, True),
        (BY_NAME["microsoft"], {"xms_edov": "1"}, True),
        (BY_NAME["microsoft"], {"xms_edov": 1}, False),
        (BY_NAME["microsoft"], {"xms_edov": "0"}, False),
        (BY_NAME["microsoft"], {}, False),
    ],
)
def test_an_address_is_proven_as_the_provider_says_it(preset, said, is_proven):
    """Microsoft's by the domain's owner: an administrator writes whatever address."""
    assert preset.proves(said) is is_proven


def test_many_tenants_are_those_of_a_template():
    """One tenant is an issuer like any other."""
    microsoft = BY_NAME["microsoft"]
    assert microsoft.has_tenants("https://login.microsoftonline.com/common/v2.0")
    assert microsoft.has_tenants("https://login.microsoftonline.com/organizations/v2.0")
    assert not microsoft.has_tenants(MICROSOFT.replace("{tenantid}", TENANT))
    assert not BY_NAME["google"].has_tenants("https://accounts.google.com")


@pytest.fixture
def tenants(issuer, monkeypatch):
    """Return a provider that speaks for many tenants, each an issuer of its own."""
    template = issuer.url + "/{tenantid}/v2.0"
    preset = Preset(issuer=template.replace("{tenantid}", "common"), names=(template,), proof="xms_edov")
    monkeypatch.setattr("jwt_auth_core.assemble.providers.BY_NAME", {"microsoft": preset})
    issuer.metadata = {"issuer": template}
    issuer.of_keys = {"issuer": template}
    issuer.tells_issuer = False
    issuer.claims = {"iss": template.replace("{tenantid}", TENANT), "tid": TENANT, "xms_edov": True}
    return seen(issuer, name="microsoft", OIDC_MICROSOFT_ISSUER=preset.issuer)


def test_a_person_of_a_tenant_is_known_by_the_tenant(issuer, tenants):
    """The same subject of another tenant is another person."""
    person = tenants.person(QUESTION, sent(issuer, tenants))
    assert person.issuer == f"{issuer.url}/{TENANT}/v2.0"
    assert person.is_email_proven


@pytest.mark.parametrize("tenant", ["another", None, 7])
def test_a_tenant_signs_for_itself_alone(issuer, tenants, tenant):
    """Its id and its issuer are one."""
    issuer.claims["tid"] = tenant
    with pytest.raises(ProviderRefusedError):
        tenants.person(QUESTION, sent(issuer, tenants))


def test_an_answer_of_a_tenant_names_that_or_nobody(issuer, tenants):
    """Whoever else it names has mixed something up."""
    own = Answer(code=sent(issuer, tenants).code, issuer=f"{issuer.url}/{TENANT}/v2.0")
    assert tenants.person(QUESTION, own).issuer == own.issuer
    other = Answer(code=sent(issuer, tenants).code, issuer=f"{issuer.url}/another/v2.0")
    with pytest.raises(ProviderRefusedError):
        tenants.person(QUESTION, other)


def apple_key():
    """Return a key as Apple hands one out."""
    key = generate_private_key(SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def apple(issuer, **more):
    """Return Apple, at the address of the issuer."""
    made = {"OIDC_APPLE_TEAM_ID": "TEAM", "OIDC_APPLE_KEY_ID": "KEY", "OIDC_APPLE_PRIVATE_KEY": apple_key()}
    return seen(issuer, name="apple", **{**made, "OIDC_APPLE_CLIENT_SECRET": "", **more})


def test_apples_secret_is_signed_for_each_use(issuer):
    """By a key in one line of an environment, too; for five minutes, for Apple alone."""
    provider = apple(issuer, OIDC_APPLE_PRIVATE_KEY=apple_key().replace("\n", "\\n"))
    issuer.methods = ["client_secret_post"]
    with pytest.raises(ProviderUnavailableError, match="invalid_client"):
        provider.person(QUESTION, sent(issuer, provider))
    head, payload, signature = issuer.form["client_secret"].split(".")
    assert strict_json(b64url_decode(head)) == {"alg": "ES256", "kid": "KEY"}
    assert strict_json(b64url_decode(payload)) == {
        "iss": "TEAM",
        "sub": CLIENT,
        "iat": NOW,
        "exp": NOW + 300,
        "aud": "https://appleid.apple.com",
    }
    assert len(b64url_decode(signature)) == 64


def test_apple_posts_its_answer(issuer):
    """It has to, where a name is asked for."""
    query = dict(parse_qsl(urlsplit(apple(issuer).url(QUESTION)).query))
    assert (query["response_mode"], query["scope"]) == ("form_post", "openid email name")


@pytest.mark.parametrize(
    ("user", "names"),
    [
        ('{"name":{"firstName":"Ada","lastName":"Lovelace"},"email":"eve@example.com"}', ("Ada", "Lovelace")),
        ('{"name":{"firstName":7,"lastName":"Lovelace"}}', (None, None)),
        ('{"name":"Ada"}', (None, None)),
        ("[]", (None, None)),
        ("{", (None, None)),
        ("\udcff", (None, None)),
        (None, (None, None)),
    ],
)
def test_apple_says_a_name_once_beside_the_token(issuer, user, names):
    """Nobody signed that: it is a name and nothing else, no address."""
    issuer.person = {"sub": "001.a", "email": "ada@example.com", "email_verified": "true"}
    provider = seen(issuer, name="apple")
    answer = sent(issuer, provider)
    person = provider.person(QUESTION, Answer(code=answer.code, issuer=answer.issuer, user=user))
    assert (person.first_name, person.last_name) == names
    assert (person.email, person.is_email_proven) == ("ada@example.com", True)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"OIDC_APPLE_KEY_ID": ""}, "OIDC_APPLE_KEY_ID is required"),
        ({"OIDC_APPLE_PRIVATE_KEY": "none"}, "OIDC_APPLE_PRIVATE_KEY key refused"),
    ],
)
def test_apples_key_is_one(issuer, variables, sentence):
    """And comes with its name and the team's."""
    with pytest.raises(SettingsError, match=sentence):
        apple(issuer, **variables)


@pytest.fixture
def github(issuer):
    """Return GitHub, at the address of the issuer as an Enterprise Server has it."""
    issuer.tells_issuer = False
    issuer.methods = ["client_secret_post"]
    issuer.resources = {
        "/api/v3/user": {"id": 583231, "login": "ada", "name": "Ada Lovelace", "email": "eve@example.com"},
        "/api/v3/user/emails": [
            {"email": "old@example.com", "primary": False, "verified": True},
            {"email": "ada@example.com", "primary": True, "verified": True},
        ],
    }
    return seen(issuer, name="github")


def test_github_knows_people_by_a_number(issuer, github):
    """And vouches for the primary address, whatever the profile shows."""
    person = github.person(QUESTION, sent(issuer, github))
    assert (person.issuer, person.subject, person.name) == (issuer.url, "583231", "Ada Lovelace")
    assert (person.email, person.is_email_proven) == ("ada@example.com", True)
    assert "/login/oauth/access_token" in issuer.asked


def test_github_itself_has_its_api_elsewhere(monkeypatch):
    """An Enterprise Server has it below its own address."""
    asked = []

    def resource(url, token):
        asked.append((url, token))
        return {"id": 1} if url.endswith("/user") else []

    monkeypatch.setattr("jwt_auth_core.identities.profile.resource", resource)
    person = SERVICES["github"].read("https://github.com", "opaque")
    assert asked == [
        ("https://api.github.com/user", "opaque"),
        ("https://api.github.com/user/emails", "opaque"),
    ]
    assert (person.issuer, person.email) == ("https://github.com", None)


@pytest.mark.parametrize(
    "emails",
    [
        [{"email": "ada@example.com", "primary": True, "verified": False}],
        [{"email": "ada@example.com", "primary": False, "verified": True}],
        [{"email": "ada@example.com", "primary": 1, "verified": 1}],
        [7],
        {},
    ],
)
def test_github_vouches_for_no_other_address(issuer, github, emails):
    """Nor for one that it has not verified."""
    issuer.resources["/api/v3/user/emails"] = emails
    person = github.person(QUESTION, sent(issuer, github))
    assert (person.email, person.is_email_proven) == (None, False)


@pytest.mark.parametrize("number", ["583231", True, None, 1.5])
def test_github_says_a_number_or_nothing(issuer, github, number):
    """A name may be another's tomorrow."""
    issuer.resources["/api/v3/user"] = {"id": number, "login": "583231"}
    with pytest.raises(ProviderRefusedError):
        github.person(QUESTION, sent(issuer, github))


def test_an_answer_is_this_providers(issuer, github):
    """Or names nobody."""
    answer = sent(issuer, github)
    with pytest.raises(ProviderRefusedError):
        github.person(QUESTION, Answer(code=answer.code, issuer="https://evil.example.com"))
    assert issuer.asked == []


def test_a_code_of_github_is_good_for_an_access_token(issuer, github):
    """For one that is a text, and a person that is an object."""
    issuer.tokens = {"access_token": 7}
    with pytest.raises(ProviderRefusedError):
        github.person(QUESTION, sent(issuer, github))
    issuer.tokens, issuer.resources["/api/v3/user"] = {}, []
    with pytest.raises(ProviderUnavailableError):
        github.person(QUESTION, sent(issuer, github))
    with pytest.raises(ProviderRefusedError):
        github.person(QUESTION, Answer(code=Secret("stolen")))


@pytest.mark.parametrize(
    ("said", "proven"), [(True, True), (False, False), (None, False), ("true", False), (1, False)]
)
def test_discord_says_whether_an_address_is_verified(issuer, said, proven):
    """By true, and nothing else."""
    issuer.tells_issuer = False
    issuer.methods = ["client_secret_post"]
    user = {"id": "80351110224678912", "username": "nelly", "global_name": None, "email": "n@example.com"}
    issuer.resources = {"/api/users/@me": {**user, "verified": said}}
    provider = seen(issuer, name="discord")
    person = provider.person(QUESTION, sent(issuer, provider))
    assert (person.subject, person.name, person.email) == ("80351110224678912", "nelly", "n@example.com")
    assert person.is_email_proven is proven


@pytest.mark.parametrize("number", [80351110224678912, "nelly", "\u0661", "", None])
def test_discord_knows_people_by_digits(issuer, number):
    """In a text."""
    issuer.tells_issuer = False
    issuer.methods = ["client_secret_post"]
    issuer.resources = {"/api/users/@me": {"id": number}}
    provider = seen(issuer, name="discord")
    with pytest.raises(ProviderRefusedError):
        provider.person(QUESTION, sent(issuer, provider))
