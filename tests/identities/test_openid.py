"""A provider that lies: whatever it says, nobody is signed in by it.

The rules are those of OpenID Connect Core 1.0 section 3.1.3.7, of RFC 7636 and of RFC 9207.
"""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import pytest

from jwt_auth_core.identities.provider import Answer, ProviderRefusedError, ProviderUnavailableError, Question
from jwt_auth_core.keys.pyjwt import PyJwtKey
from jwt_auth_core.vocabulary import Secret
from tests.identities.issuer import ABSENT, CLIENT, SECRET
from tests.identities.seen import NOW, QUESTION, sent


def test_a_person_is_met(issuer, provider):
    """By issuer and subject, with what is said of them."""
    person = provider.person(QUESTION, sent(issuer, provider))
    assert (person.issuer, person.subject) == (issuer.url, issuer.person["sub"])
    assert (person.email, person.is_email_proven) == ("ada@example.com", True)
    assert (person.name, person.first_name, person.last_name) == ("Ada Lovelace", "Ada", "Lovelace")


def test_a_browser_is_sent_with_all_that_binds_it(provider):
    """The digest of the verifier, state and nonce, the way back; never the verifier or a secret."""
    url = provider.url(QUESTION)
    query = dict(parse_qsl(urlsplit(url).query))
    assert query == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": QUESTION.redirect_uri,
        "scope": "openid email profile",
        "state": QUESTION.state,
        "nonce": QUESTION.nonce,
        "code_challenge": query["code_challenge"],
        "code_challenge_method": "S256",
    }
    assert QUESTION.verifier.reveal() not in url
    assert SECRET not in url


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another-browsers"},
        {"nonce": ABSENT},
        {"nonce": ["n-0S6_WzA2Mj"]},
        {"nonce": None},
        {"nonce": ""},
        {"iss": "https://evil.example.com"},
        {"iss": ABSENT},
        {"aud": "another"},
        {"aud": ABSENT},
        {"aud": [CLIENT, "another"]},
        {"azp": "another"},
        {"azp": None},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"sub": ABSENT},
        {"sub": ""},
        {"sub": 7},
        {"sub": "s" * 256},
        {"sub": "a\nb"},
        {"exp": NOW - 1},
        {"exp": ABSENT},
        {"iat": NOW + 600, "exp": NOW + 900},
        {"exp": NOW + 366 * 86_400},
        {"auth_time": NOW + 900},
    ],
)
def test_a_lie_in_the_id_token_is_refused(issuer, provider, claims):
    """Although the provider's own key signed it."""
    issuer.claims = claims
    with pytest.raises(ProviderRefusedError):
        provider.person(QUESTION, sent(issuer, provider))


def test_several_audiences_are_good_where_the_token_is_ours(issuer, provider):
    """Which ``azp`` says."""
    issuer.claims = {"aud": [CLIENT, "another"], "azp": CLIENT}
    assert provider.person(QUESTION, sent(issuer, provider)).subject == issuer.person["sub"]


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS256"}, {"typ": "at+jwt"}, {"crit": ["b64"]}])
def test_a_lie_in_the_header_is_refused(issuer, provider, header):
    """The key says what it is for."""
    issuer.header = header
    with pytest.raises(ProviderRefusedError):
        provider.person(QUESTION, sent(issuer, provider))


def test_a_key_that_is_not_published_signs_nothing(issuer, provider, clock):
    """Whatever it calls itself."""
    answer = sent(issuer, provider)
    published = issuer.keys
    issuer.keys = [PyJwtKey.generate("ES256")]
    body = json.dumps({"keys": [key.public_jwk() for key in published]}).encode()
    issuer.answers["/jwks"] = (200, body)
    clock.seconds += 60
    with pytest.raises(ProviderRefusedError):
        provider.person(QUESTION, answer)


def test_a_new_key_is_asked_for(issuer, provider, clock):
    """At once, but not for each token that names one."""
    answer = sent(issuer, provider)
    issuer.keys = [PyJwtKey.generate("ES256")]
    clock.seconds += 60
    assert provider.person(QUESTION, answer).subject == issuer.person["sub"]
    issuer.header = {"kid": "unknown"}
    for _ in range(2):
        with pytest.raises(ProviderRefusedError):
            provider.person(QUESTION, sent(issuer, provider))
    assert issuer.asked.count("/jwks") == 2


def test_what_it_says_of_itself_is_believed_for_five_minutes(issuer, provider, clock):
    """And then asked for again."""
    provider.url(QUESTION)
    clock.seconds += 299
    provider.url(QUESTION)
    assert issuer.asked.count("/.well-known/openid-configuration") == 1
    clock.seconds += 1
    provider.url(QUESTION)
    assert issuer.asked.count("/.well-known/openid-configuration") == 2


def test_a_code_of_another_browser_is_refused(issuer, provider):
    """It is redeemed with the verifier of this one."""
    other = Question(
        state="oauth_state.another",
        nonce="another",
        verifier=Secret("another-verifier-of-forty-three-characters!"),
        redirect_uri=QUESTION.redirect_uri,
    )
    stolen = sent(issuer, provider, other)
    with pytest.raises(ProviderRefusedError) as caught:
        provider.person(QUESTION, stolen)
    assert caught.value.fault == "code_refused"


def test_a_provider_that_lets_a_stolen_code_pass_is_found_out(issuer, provider):
    """By the nonce of the browser for which it was made."""
    other = Question(
        state="oauth_state.another",
        nonce="another",
        verifier=QUESTION.verifier,
        redirect_uri=QUESTION.redirect_uri,
    )
    with pytest.raises(ProviderRefusedError) as caught:
        provider.person(QUESTION, sent(issuer, provider, other))
    assert caught.value.fault == "nonce"


@pytest.mark.parametrize("said", [None, "https://evil.example.com", "", "HTTP://127.0.0.1"])
def test_an_answer_of_another_issuer_is_refused_before_the_code_is_handed_on(issuer, provider, said):
    """So is one that does not say whose it is, where the provider promised to (RFC 9207)."""
    answer = sent(issuer, provider)
    with pytest.raises(ProviderRefusedError):
        provider.person(QUESTION, Answer(code=answer.code, issuer=said))
    assert "/token" not in issuer.asked


def test_a_provider_that_promises_nothing_need_not_say_who_it_is(issuer, provider):
    """What it says has to be right all the same."""
    issuer.tells_issuer = False
    assert provider.person(QUESTION, sent(issuer, provider)).issuer == issuer.url
    code = sent(issuer, provider).code
    with pytest.raises(ProviderRefusedError):
        provider.person(QUESTION, Answer(code=code, issuer="https://evil.example.com"))


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example.com"},
        {"issuer": ABSENT},
        {"authorization_endpoint": ABSENT},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "http://evil.example.com/authorize"},
        {"authorization_endpoint": "https://evil.example.com/\r\nSet-Cookie: a=b"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": 7},
    ],
)
def test_a_lie_about_itself_sends_nobody_anywhere(issuer, provider, metadata):
    """Nor is a place asked that is none."""
    issuer.metadata = metadata
    with pytest.raises(ProviderUnavailableError):
        provider.url(QUESTION)


def test_a_provider_over_tls_leads_to_no_place_without(provider):
    """Not even to this machine, where plain http is allowed for a provider that is here."""
    provider.url(QUESTION)
    provider._is_encrypted = True
    with pytest.raises(ProviderUnavailableError, match="not https"):
        provider.url(QUESTION)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"),
        (200, b""),
        (200, b"[]"),
        (200, b'{"access_token":"a","access_token":"b"}'),
        (302, b"{}"),
        (400, b"<html>"),
        (401, b'{"error":"invalid_client"}'),
    ],
)
def test_a_token_endpoint_that_does_not_speak_its_protocol_is_unavailable(issuer, provider, status, body):
    """Whoever tries again may find it well; where our settings are wrong, the log says so."""
    issuer.answers["/token"] = (status, body)
    with pytest.raises(ProviderUnavailableError):
        provider.person(QUESTION, sent(issuer, provider))


def test_a_provider_that_is_down_is_asked_again_after_a_while(issuer, provider, clock):
    """Not by everybody who wants to sign in meanwhile."""
    issuer.is_down = True
    for _ in range(3):
        with pytest.raises(ProviderUnavailableError):
            provider.url(QUESTION)
    asked = len(issuer.asked)
    assert asked == 2
    issuer.is_down = False
    clock.seconds += 5
    assert provider.url(QUESTION)


@pytest.mark.parametrize("said", [{"expires_in": "soon"}, {"expires_in": [1]}, {"expires_at": {"a": 1}}])
def test_tokens_that_are_none_are_an_answer_like_none(issuer, provider, said):
    """Whatever a library makes of them."""
    issuer.tokens = said
    with pytest.raises(ProviderUnavailableError):
        provider.person(QUESTION, sent(issuer, provider))


@pytest.mark.parametrize("said", [ABSENT, None, 7, ["a.b.c"]])
def test_without_an_id_token_nobody_is_known(issuer, provider, said):
    """An access token says nothing of who it is for."""
    issuer.tokens = {"id_token": said}
    with pytest.raises(ProviderRefusedError) as caught:
        provider.person(QUESTION, sent(issuer, provider))
    assert caught.value.fault == "no_id_token"
