"""From an issuer's name to its keys: its own metadata, read to the letter, over a real socket too."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from jwt_auth_core import AccessTokens
from jwt_auth_core.errors import StoreUnavailableError, TokenInvalidError
from jwt_auth_core.keys.discovery import Discovery
from tests.keys.made import ED, NOW, jwks, wait_for
from tests.providers.signed import VECTORS, key

ISSUER = "https://id.example.com/realms/shop"
OPENID = f"{ISSUER}/.well-known/openid-configuration"
OAUTH = "https://id.example.com/.well-known/oauth-authorization-server/realms/shop"
KEYS_URL = "https://keys.example.com/set"


class Web:
    """Documents by URL; what is missing cannot be had."""

    def __init__(self, **documents):
        self.documents = documents
        self.asked = []

    def __call__(self, url):
        """Answer for all of the web."""
        self.asked.append(url)
        if url not in self.documents:
            raise StoreUnavailableError("key set", "answers 404")
        found = self.documents[url]
        return found if isinstance(found, bytes) else json.dumps(found).encode()


def metadata(**more):
    """Return an issuer's metadata."""
    return {"issuer": ISSUER, "jwks_uri": KEYS_URL, **more}


@pytest.mark.parametrize("place", [OPENID, OAUTH])
def test_metadata_are_looked_for_in_two_places(place):
    """OpenID Connect Discovery's first, then RFC 8414's, which stands between host and path."""
    web = Web(**{place: metadata(), KEYS_URL: jwks(ED)})
    assert json.loads(Discovery(ISSUER, fetch=web)(ISSUER)) == jwks(ED)
    assert web.asked == ([OPENID, KEYS_URL] if place is OPENID else [OPENID, OAUTH, KEYS_URL])


def test_an_issuer_may_end_with_a_slash():
    """Auth0's does; the slash is not doubled, and the name stays as it is."""
    issuer = "https://t.auth0.com/"
    web = Web(
        **{
            "https://t.auth0.com/.well-known/openid-configuration": metadata(issuer=issuer),
            KEYS_URL: jwks(ED),
        }
    )
    assert Discovery(issuer, fetch=web)(issuer)


@pytest.mark.parametrize("named", [ISSUER + "/", ISSUER.upper(), "https://evil.example", None, 1, [ISSUER]])
def test_metadata_of_another_issuer_are_refused(named):
    """The document's issuer is the one that was asked for, exactly."""
    web = Web(**{OPENID: metadata(issuer=named), KEYS_URL: jwks(ED)})
    with pytest.raises(ValueError, match="name another one") as caught:
        Discovery(ISSUER, fetch=web)(ISSUER)
    assert (repr(named) if isinstance(named, str) else "which is no text") in str(caught.value)


def test_a_template_is_believed_where_the_profile_says_so():
    """Microsoft's common metadata have the literal template as their issuer."""
    template = "https://login.microsoftonline.com/{tenantid}/v2.0"
    common = "https://login.microsoftonline.com/common/v2.0"
    web = Web(**{f"{common}/.well-known/openid-configuration": metadata(issuer=template), KEYS_URL: jwks(ED)})
    assert Discovery(common, names=[template], fetch=web)(common)
    with pytest.raises(ValueError, match="name another one"):
        Discovery(common, fetch=web)(common)


@pytest.mark.parametrize(
    "place", [None, 7, "http://keys.example.com/set", "ftp://x/", "https://user@x/", "/set", "https://x/#y"]
)
def test_keys_come_over_https(place):
    """A jwks_uri that is none, or that anybody on the way could change, is not asked."""
    web = Web(**{OPENID: metadata(jwks_uri=place)})
    with pytest.raises(ValueError, match=r"no jwks_uri|https|has a host"):
        Discovery(ISSUER, fetch=web)(ISSUER)
    assert web.asked == [OPENID]


def test_a_cluster_may_use_plain_http_where_that_is_said():
    """Another host than this machine is asked over http only if it is named."""
    issuer = "http://keycloak:8080/realms/shop"
    keys = "http://keycloak:8080/certs"
    web = Web(
        **{
            f"{issuer}/.well-known/openid-configuration": metadata(issuer=issuer, jwks_uri=keys),
            keys: jwks(ED),
        }
    )
    assert Discovery(issuer, http_hosts={"keycloak:8080"}, fetch=web)(issuer)
    for hosts in ((), {"keycloak"}, {"keycloak:80"}):
        with pytest.raises(ValueError, match="over https"):
            Discovery(issuer, http_hosts=hosts, fetch=web)


@pytest.mark.parametrize("broken", [b"<html>", b"[]", b'{"issuer":1,"issuer":2}', b"\xff"])
def test_what_is_no_metadata_is_none(broken):
    """Neither place has an object in strict JSON: unavailable, and the old keys stay."""
    web = Web(**{OPENID: broken, OAUTH: broken})
    with pytest.raises(StoreUnavailableError) as caught:
        Discovery(ISSUER, fetch=web)(ISSUER)
    assert f"{OPENID} is not one strict JSON object; {OAUTH} is not" in str(caught.value)


def test_both_places_are_named_where_neither_answers():
    """Whoever mistyped the issuer reads in the log where it was looked for, and what came."""
    with pytest.raises(StoreUnavailableError) as caught:
        Discovery(ISSUER, fetch=Web())(ISSUER)
    said = "publishes no metadata: key set answers 404; key set answers 404"
    assert str(caught.value) == f"the issuer {ISSUER} {said}"


def test_an_issuer_has_no_query():
    """What follows a question mark is no part of an issuer's name (RFC 8414 section 2)."""
    with pytest.raises(ValueError, match="without a query"):
        Discovery(f"{ISSUER}?x=1", fetch=Web())


class Handler(BaseHTTPRequestHandler):
    """A real issuer on this machine."""

    def do_GET(self):
        """Answer with a document."""
        body = json.dumps(self.server.documents.get(self.path, {})).encode()
        self.send_response(200 if self.path in self.server.documents else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        """Say nothing."""


@pytest.fixture
def issuer():
    """Return the URL of a real issuer that publishes the key of the vectors."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_port}/realms/shop"
    server.documents = {
        "/realms/shop/.well-known/openid-configuration": {"issuer": url, "jwks_uri": f"{url}/certs"},
        "/realms/shop/certs": {"keys": [key("RS256").public_jwk()]},
    }
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_issuer_is_followed_by_its_name(issuer):
    """The first tokens are neither right nor wrong; then they verify, and nobody else's do."""
    vector = next(vector for vector in VECTORS if vector.profile == "keycloak")
    tokens = AccessTokens.from_issuer(issuer, audience="api", profile="keycloak", clock=lambda: NOW)
    token = vector.token(iss=issuer)
    with pytest.raises(StoreUnavailableError):
        tokens.verify(token)
    wait_for(lambda: "UnknownKey" not in repr(tokens.keys))
    assert tokens.verify(token).issuer == issuer
    with pytest.raises(TokenInvalidError, match="issuer"):
        tokens.verify(vector.token())
    tokens.close()
