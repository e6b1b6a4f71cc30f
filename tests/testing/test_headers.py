"""headers_for: a caller whom a test makes up comes in like any other."""

import uuid

import pytest

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_asgi.identity.identity import AuthenticatedUser
from jwt_auth_asgi.testing import headers_for
from jwt_auth_asgi.testing.headers import SUBJECT
from jwt_auth_core import AccessTokens, Auth, KeyRing, Secret, Settings, any_of
from jwt_auth_core.api_keys.settings import ApiKeySettings
from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.vocabulary import Client
from tests.asgi.drive import get
from tests.cheap import cheap_passwords

FEW = ApiKeySettings(per_user=1)
SECRET = "a secret that only these tests use, forty-odd bytes"
OTHER = "another secret that only these tests use, forty bytes"


@pytest.fixture
def tokens():
    """Return access tokens of their own key."""
    return AccessTokens(KeyRing.from_secret(SECRET))


def said(tokens, headers):
    """Return the verified claims of a header."""
    (value,) = headers.values()
    return tokens.verify(value.removeprefix("Bearer "))


def test_the_token_says_what_the_test_says(tokens):
    """Subject and scopes stand in it, signed."""
    claims = said(tokens, headers_for(tokens, subject="ada", scopes={"topics:read", "topics:write"}))
    assert (claims.subject, claims.scopes) == ("ada", {"topics:read", "topics:write"})


def test_a_caller_without_a_name_has_an_id_like_a_user(tokens):
    """Applications that read a UUID out of the subject find one; it has no scope."""
    claims = said(tokens, headers_for(tokens))
    assert uuid.UUID(claims.subject).version == 4
    assert claims.scopes == frozenset()


def test_the_signature_is_real(tokens):
    """Another key does not open the same door."""
    with pytest.raises(TokenInvalidError):
        said(tokens, headers_for(AccessTokens(KeyRing.from_secret(OTHER))))


def test_an_auth_signs_with_its_own_tokens():
    """Issuer, audience and client of the settings stand in the token."""
    settings = Settings(jwt_key=Secret(SECRET), database_url=Secret("sqlite://"), jwt_audience="api")
    auth = Auth.from_settings(settings, passwords=cheap_passwords())
    try:
        assert said(auth.tokens, headers_for(auth)).client_id == "jwt-auth"
    finally:
        auth.close()


def test_among_several_issuers_the_auth_signs(tokens):
    """The others' tokens are only verified."""
    foreign = AccessTokens(KeyRing.from_secret(OTHER), issuer="https://id.example", audience="api")
    with pytest.raises(TypeError, match="not by an AnyOf"):
        headers_for(any_of(tokens, foreign))

    class Home:
        """An Auth, as far as any_of asks."""

    home = Home()
    home.tokens = tokens
    assert said(tokens, headers_for(any_of(home, foreign), subject="ada")).subject == "ada"


@pytest.mark.usefixtures("no_default")
def test_without_an_auth_the_environment_signs(tokens, monkeypatch):
    """As wherever an `auth` may be left out."""
    monkeypatch.setenv("JWT_KEY", SECRET)
    monkeypatch.setenv("DATABASE_URL", "sqlite://")
    assert said(tokens, headers_for(subject="ada")).subject == "ada"


@pytest.mark.parametrize("auth", ["a token", object()])
def test_what_issues_nothing_is_refused(auth):
    """The error names what was given in place of an auth."""
    with pytest.raises(TypeError, match=f"not by an {type(auth).__name__}"):
        headers_for(auth)


def test_one_text_is_no_collection_of_scopes(tokens):
    """A scope alone would be read letter by letter."""
    with pytest.raises(TypeError, match="not one text"):
        headers_for(tokens, scopes="topics:read")


def test_a_caller_may_have_proven_who_they_are(tokens):
    """By what and when; how sure that is follows, as it does at a login."""
    claims = said(tokens, headers_for(tokens, amr={"pwd", "otp", "mfa"}, auth_time=1_800_000_000))
    assert (claims.amr, claims.auth_time, claims.acr) == ({"pwd", "otp", "mfa"}, 1_800_000_000, "aal2")


def test_else_nobody_knows(tokens):
    """What a test does not say, the token does not say."""
    claims = said(tokens, headers_for(tokens))
    assert (claims.amr, claims.auth_time, claims.acr) == (frozenset(), None, None)


async def whoami(scope, _receive, send):
    """Answer with who calls."""
    told = f"{scope['user'].kind} {scope['user'].identity} {' '.join(scope['user'].scopes)}"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": told.encode()})


@pytest.fixture
def auth():
    """Return an `Auth` in memory."""
    settings = Settings(jwt_key=Secret(SECRET), database_url=Secret("sqlite://"), api_keys=FEW)
    made = Auth.from_settings(settings, passwords=cheap_passwords())
    yield made
    made.close()


def caller(auth, **wanted):
    """Return whom the middleware finds behind the headers of an API key."""
    ((name, value),) = headers_for(auth, kind="api_key", **wanted).items()
    return get(BearerMiddleware(whoami, auth), "/", (name.encode(), value.encode())).body.decode()


def test_an_api_key_is_one(auth):
    """Of a user who is added, however many keys there are, each with the scopes that the test says."""
    assert caller(auth, scopes={"a"}) == f"api_key {SUBJECT} a"
    assert caller(auth, scopes={"b", "c"}) == f"api_key {SUBJECT} b c"


def test_an_api_key_of_a_user_has_no_more_than_the_user(auth):
    """Nothing is changed of who is there."""
    fields = {
        "email": "ada@example.com",
        "password": "a long enough phrase",
        "first_name": "A",
        "last_name": "L",
    }
    user = auth.register(auth.register.parse(fields), Client(), scopes=frozenset({"a"}))
    assert caller(auth, subject=user.user_id, scopes={"a", "b"}) == f"api_key {user.user_id} a"
    assert auth.end_user.find("ada@example.com").scopes == {"a"}


def test_a_client_is_one(auth):
    """A token whose subject is the client that it was issued to."""
    ((name, value),) = headers_for(auth, kind="client", subject="billing", scopes={"a"}).items()
    answer = get(BearerMiddleware(whoami, auth), "/", (name.encode(), value.encode()))
    assert answer.body.decode() == "client billing a"


@pytest.mark.parametrize(
    ("actor", "client_id"), [("assistant", "assistant"), ("0b9ac7e4-52a7-4f39-9c4d-000000000001", None)]
)
def test_somebody_acts_for_the_subject(tokens, actor, client_id):
    """A client by its id, as an exchange says it; an administrator by theirs. The caller is the user."""
    header = headers_for(tokens, subject="ada", scopes={"a"}, actor=actor)["authorization"]
    user = AuthenticatedUser(tokens.verify(header.removeprefix("Bearer ")))
    assert (user.kind, user.identity, user.actor, user.scopes) == ("user", "ada", actor, ["a"])
    assert user.claims.client_id == client_id


def test_only_an_auth_has_api_keys(tokens):
    """Keys are in its stores."""
    with pytest.raises(TypeError, match="those of an Auth, not of an AccessTokens"):
        headers_for(tokens, kind="api_key")
