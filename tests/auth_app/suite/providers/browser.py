"""What a browser does: it goes to a provider, whose user agrees, and comes back."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qs, urlencode

from jwt_auth_core.encoding import b64url_encode
from tests.auth_app.suite.client import FORM

SIGNIN = "https://app.example/auth/account/signin"
VERIFIER = "a-verifier-that-this-application-alone-knows"
CHALLENGE = b64url_encode(hashlib.sha256(VERIFIER.encode()).digest())
BROWSER = "__Host-oauth_browser"
ELSEWHERE = {"sec-fetch-site": "cross-site", "origin": "https://id.acme.example", "content-type": FORM}
HERE = {"sec-fetch-site": "same-origin", "origin": "https://app.example", "content-type": FORM}


def leave(client, **query):
    """Follow the link to the provider; return the answer."""
    return client.get(f"/auth/oauth/acme?{urlencode(query)}")


def back_from(issuer, answer):
    """Return what the provider sends the browser back with whose user agreed."""
    return issuer.authorize(answer.headers["location"])


def come_back(client, said, **request):
    """Come back by the address."""
    return client.get(f"/auth/oauth/acme/callback?{urlencode(said)}", **request)


def sign_in(client, issuer, **query):
    """Go, agree and come back; return the last answer."""
    return come_back(client, back_from(issuer, leave(client, **query)))


def error_of(answer):
    """Return the code with which a browser was sent to where one signs in."""
    assert answer.status_code == 303
    place, _, query = answer.headers["location"].partition("?")
    assert place == SIGNIN
    return parse_qs(query)["error"][0]


def link(client, issuer, bearer, **more):
    """Link the provider; return the last answer."""
    asked = client.post("/auth/identities", json={"provider": "acme", **more}, headers=bearer)
    assert asked.status_code == 200, asked.text
    return come_back(client, issuer.authorize(asked.json()["url"]))
