"""Answers of a provider that are posted, second factors, and applications that get a code."""

from __future__ import annotations

import base64
import hashlib
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.auth_app.suite.client import Client
from tests.auth_app.suite.providers.browser import (
    BROWSER,
    CHALLENGE,
    ELSEWHERE,
    HERE,
    SIGNIN,
    VERIFIER,
    back_from,
    error_of,
    leave,
    sign_in,
)
from tests.auth_app.world import World, settings
from tests.factors.words import enrol
from tests.identities.issuer import variables_of


def test_a_form_from_elsewhere_is_posted_again_from_here(client, issuer):
    """It brings no cookie, and nothing is used before; whatever it holds is text on that page."""
    said = {**back_from(issuer, leave(client, next="/questions")), "user": '"><script>alert(1)</script>'}
    stranger = Client(client.app)  # what another site posts comes without our cookies
    page = stranger.post("/auth/oauth/acme/callback", headers=ELSEWHERE, content=urlencode(said))
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<script>alert" not in page.text
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    assert fields["state"] == said["state"]
    script = re.search("<script>(.*?)</script>", page.text)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = page.headers["content-security-policy"]
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "form-action 'self';" in policy
    answer = client.post("/auth/oauth/acme/callback", headers=HERE, content=urlencode({**said, "again": "1"}))
    assert answer.headers["location"] == "/questions"


def test_a_form_from_elsewhere_that_says_it_comes_from_here_is_refused(client, issuer):
    """The browser says where it comes from."""
    said = {**back_from(issuer, leave(client)), "again": "1"}
    answer = client.post("/auth/oauth/acme/callback", headers=ELSEWHERE, content=urlencode(said))
    assert error_of(answer) == "state_invalid"


def test_a_form_that_is_none_is_told_so(client):
    """As everything that goes wrong here."""
    headers = {**HERE, "content-type": "application/json"}
    answer = client.post("/auth/oauth/acme/callback", headers=headers, content="{}")
    assert error_of(answer) == "unsupported_media_type"


def test_a_second_factor_is_asked_for_where_one_signs_in(client, issuer, world):
    """Behind the ``#``, which no server is sent."""
    sign_in(client, issuer)
    user = world.auth.end_user.find("ada@example.com")
    enrol(world.auth, user.user_id)
    answer = sign_in(client, issuer, next="/questions")
    place, _, fragment = answer.headers["location"].partition("#")
    assert place == f"{SIGNIN}?next=%2Fquestions"
    said = dict(parse_qsl(fragment, keep_blank_values=True))
    assert said["challenge"].startswith("browser_challenge.")
    assert (said["factors"], int(said["expires_in"]) > 0) == ("", True)
    (again,) = answer.headers.get_list("set-cookie")
    assert again.startswith(f"{BROWSER}={client.cookies[BROWSER]}; Max-Age=600;")


@pytest.mark.parametrize("site", ["cross-site", "none-of-these"])
def test_an_application_is_signed_in_by_no_link_of_another_site(client, site):
    """Whoever wrote that would know the verifier."""  # CK-06
    asked = f"/auth/oauth/acme?transport=body&next=/app&challenge={CHALLENGE}"
    assert error_of(client.get(asked, headers={"sec-fetch-site": site})) == "cross_site"


@pytest.mark.parametrize("site", ["none", "same-origin", "same-site"])
def test_an_application_is_signed_in_by_what_it_opens_itself(client, issuer, site):
    """Or by a page of ours; links of anybody begin a sign-in that stays in the browser."""
    asked = f"/auth/oauth/acme?transport=body&next=/app&challenge={CHALLENGE}"
    answer = client.get(asked, headers={"sec-fetch-site": site})
    assert answer.headers["location"].startswith(issuer.url)
    elsewhere = {"sec-fetch-site": "cross-site"}
    assert client.get("/auth/oauth/acme", headers=elsewhere).headers["location"].startswith(issuer.url)


def test_an_application_gets_its_tokens_in_a_body(client, issuer):
    """For the code that its browser was handed, and the verifier that never left it."""
    answer = sign_in(client, issuer, transport="body", next="/app?a=b#c", challenge=CHALLENGE)
    place = urlsplit(answer.headers["location"])
    query = dict(parse_qsl(place.query))
    assert (place.path, query["a"], place.fragment) == ("/app", "b", "c")
    assert not any("refresh" in line for line in answer.headers.get_list("set-cookie"))
    application = Client(client.app)
    asked = {"code": query["code"], "verifier": VERIFIER}
    tokens = application.post("/auth/login/code", json=asked)
    assert tokens.status_code == 200
    assert {"access_token", "refresh_token", "device"} <= set(tokens.json())
    assert application.post("/auth/login/code", json=asked).json()["code"] == "invalid_code"
    assert application.post("/auth/login/code", json={}).status_code == 422


class TestRequired:
    """``SECOND_FACTOR=required``."""

    @pytest.fixture
    def world(self, issuer):
        """Return a world where everybody has to have a second factor."""
        keys = "a key that encrypts what is enrolled in these tests"
        made = World(settings(**variables_of(issuer), SECOND_FACTOR="required", ENCRYPTION_KEYS=keys))
        issuer.now = lambda: made.now
        yield made
        made.close()

    def test_one_is_set_up_where_one_signs_in(self, client, issuer):
        """With a token that opens nothing else."""
        place, _, fragment = sign_in(client, issuer).headers["location"].partition("#")
        said = dict(parse_qsl(fragment))
        assert place == SIGNIN
        assert said["enrolment_token"].startswith("browser_enrolment.")
        assert "challenge" not in said

    def test_it_is_set_up_in_that_browser_alone(self, client, issuer, world):
        """A link with a stranger's token leads nobody into the stranger's account."""  # CK-06
        pyotp = pytest.importorskip("pyotp")
        fragment = sign_in(client, issuer).headers["location"].partition("#")[2]
        token = dict(parse_qsl(fragment))["enrolment_token"]
        victim = Client(client.app)
        for headers, fields in (({}, {"enrolment_token": token}), ({"authorization": f"Bearer {token}"}, {})):
            refused = victim.post("/auth/factors/enrol", json=fields, headers=headers)
            assert refused.json()["code"] in {"challenge_invalid", "token_invalid"}
            elsewhere = {**headers, "sec-fetch-site": "cross-site"}
            assert client.post("/auth/factors/enrol", json=fields, headers=elsewhere).status_code == 403
        made = client.post("/auth/factors/enrol", json={"enrolment_token": token})
        assert made.status_code == 201
        fields = {"challenge": token, "totp": pyotp.TOTP(made.json()["secret"]).at(world.now)}
        assert victim.post("/auth/login/second-factor", json=fields).json()["code"] == "challenge_invalid"
        assert client.post("/auth/login/second-factor", json=fields).status_code == 200

    def test_what_enrols_comes_once(self, client, issuer):
        """In header and body it is one too many; an access token that comes along is not read."""
        fragment = sign_in(client, issuer).headers["location"].partition("#")[2]
        token = dict(parse_qsl(fragment))["enrolment_token"]
        ask, body = client.post, {"enrolment_token": token}
        for value in (f"Bearer {token}", f"bearer  {token} ", "Bearer enrolment.x"):
            twice = ask("/auth/factors/enrol", json=body, headers={"authorization": value})
            assert (twice.status_code, twice.json()["code"]) == (400, "invalid_request")
        other = ask("/auth/factors/enrol", json=body, headers={"authorization": "Bearer old"})
        assert other.status_code == 201
