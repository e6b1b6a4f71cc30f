"""An issuer that cannot be reached, or says something else: how long its known keys are believed."""

from __future__ import annotations

import json
import logging
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core import AccessTokens
from jwt_auth_core.keys.discovery import Discovery
from jwt_auth_core.keys.remote import INTERVAL_SECONDS, REFRESH_SECONDS, RemoteKeys
from tests.asgi.apps import on_starlette
from tests.asgi.drive import bearer, get, shake
from tests.providers.signed import NOW, VECTORS, key, signed

KEYCLOAK = next(vector for vector in VECTORS if vector.profile == "keycloak")
YEAR_SECONDS = 365 * 86_400
METADATA = "/realms/shop/.well-known/openid-configuration"
KEYS = "/realms/shop/certs"


class Handler(BaseHTTPRequestHandler):
    """An issuer on this machine, which answers as it is told to."""

    def do_GET(self):
        """Answer with a status and a body."""
        status, body = self.server.answers.get(self.path, (404, b""))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        """Say nothing."""


class World:
    """The issuer, and an API elsewhere whose thread and clock the test takes for."""

    def __init__(self, server):
        self.server, self.time = server, 1000.0
        self.url = f"http://127.0.0.1:{server.server_port}/realms/shop"
        self.well()
        self.start()

    def well(self):
        """Have the issuer answer as it should."""
        found = {"issuer": self.url, "jwks_uri": f"http://127.0.0.1:{self.server.server_port}{KEYS}"}
        self.server.answers = {METADATA: said(found), KEYS: said({"keys": [key("RS256").public_jwk()]})}

    def start(self):
        """Start the API's process, which knows no keys."""
        find = Discovery(self.url)
        self.source = RemoteKeys(self.url, fetch=find, clock=lambda: self.time)
        self.source.look = lambda: None
        known = {"issuer": self.url, "audience": "api", "profile": "keycloak", "clock": lambda: NOW}
        self.tokens = AccessTokens(self.source.ring, **known)
        self.tokens.follow(self.source)
        self.app = BearerMiddleware(on_starlette.app, self.tokens)

    def later(self, seconds):
        """Let time pass, and have the keys looked at."""
        self.time += seconds
        self.source.step()

    def heard(self, token=None):
        """Return what a caller hears on http and on a websocket, and whether they may try again."""
        header = bearer(token or KEYCLOAK.token(iss=self.url))
        answer, shaken = get(self.app, "/whoami", header), shake(self.app, "/ws", header)[0]
        status = 200 if shaken["type"] == "websocket.accept" else shaken["status"]
        assert status == answer.status
        return answer.status, "retry-after" in answer.headers

    def by_a_new_key(self):
        """Return a token by a key that the issuer has published since."""
        claims = {**KEYCLOAK.at(NOW), "iss": self.url}
        return signed({**KEYCLOAK.header, "alg": "ES256", "kid": "new"}, claims, "ES256")


def said(document):
    """Return an answer that is a document in JSON."""
    return 200, json.dumps(document).encode()


WRONG = {
    "an error": {METADATA: (500, b""), KEYS: (500, b"")},
    "nothing there": {},
    "keys gone": {KEYS: (404, b"")},
    "a page": {KEYS: (200, b"<html>maintenance</html>")},
    "a page for metadata": {METADATA: (200, b"<html>maintenance</html>")},
    "a redirect": {KEYS: (302, b"")},
    "no key set": {KEYS: said({"error": "later"})},
    "an empty set": {KEYS: said({"keys": []})},
    "no fit key": {KEYS: said({"keys": [{"kty": "oct", "k": "AAAA"}, {"kty": "RSA", "use": "enc"}]})},
    "a private key": {KEYS: said({"keys": [key("ES256").private_jwk()]})},
    "cut off": {KEYS: (200, said({"keys": [key("RS256").public_jwk()]})[1][:-9])},
    "another issuer": {
        METADATA: said({"issuer": "https://evil.example", "jwks_uri": "https://evil.example/k"})
    },
    "keys over http": {METADATA: said({"issuer": "URL", "jwks_uri": "http://evil.example/k"})},
    "too large": {KEYS: (200, b" " * 300_000)},
}


@pytest.fixture
def world():
    """Return an issuer that is well, and a process that has not asked it yet."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    made = World(server)
    yield made
    made.tokens.close()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=WRONG)
def wrong(request, world):
    """Return what makes the issuer answer wrongly."""
    answers = {
        path: (status, body.replace(b"URL", world.url.encode()))
        for path, (status, body) in WRONG[request.param].items()
    }
    return lambda: setattr(
        world.server, "answers", {**world.server.answers, **answers} if answers else answers
    )


def test_known_keys_are_believed_as_long_as_the_process_lives(world, wrong, caplog):
    """A year of wrong answers: what is known stays good, and the log says so once."""
    world.later(0)
    assert world.heard() == (200, False)
    wrong()
    with caplog.at_level(logging.WARNING, "jwt_auth.keys"):
        for _ in range(5):
            world.later(YEAR_SECONDS / 5)
            assert world.heard() == (200, False)
    (record,) = (record for record in caplog.records if record.name == "jwt_auth.keys")
    assert (record.levelno, record.getMessage()[-19:]) == (logging.WARNING, "what is known stays")


def test_an_unknown_key_is_neither_right_nor_wrong_meanwhile(world, wrong):
    """503 and Retry-After, until the issuer has answered again; then it is the one or the other."""
    world.later(0)
    wrong()
    world.later(REFRESH_SECONDS)
    assert world.heard(world.by_a_new_key()) == (503, True)
    world.well()
    world.later(INTERVAL_SECONDS)
    world.later(REFRESH_SECONDS)
    assert world.heard(world.by_a_new_key()) == (401, False)


def test_a_process_that_starts_meanwhile_believes_nobody(world, wrong):
    """It knows no keys: 503 for every token, and 200 soon after the issuer is well."""
    wrong()
    world.later(0)
    assert world.heard() == (503, True)
    world.later(INTERVAL_SECONDS)
    assert world.heard() == (503, True)
    world.well()
    world.time += INTERVAL_SECONDS
    assert world.heard() == (503, True)  # which has it asked for
    world.source.step()
    assert world.heard() == (200, False)


def test_nothing_of_an_outage_lets_a_wrong_token_in(world, wrong):
    """Known keys are believed, and no more: expired, meant for others or forged tokens stay refused."""
    world.later(0)
    wrong()
    world.later(YEAR_SECONDS)
    for changes in ({"exp": NOW}, {"aud": "other"}, {"iss": "https://evil.example"}, {"typ": "ID"}):
        token = KEYCLOAK.token(**{"iss": world.url, **changes})
        assert world.heard(token) == (401, False)
    whole = KEYCLOAK.token(iss=world.url)
    assert world.heard(whole[:-4] + ("AAAA" if whole[-4:] != "AAAA" else "BBBB")) == (401, False)


def test_a_server_that_is_gone(world):
    """Nobody listens any more: the same as every other answer that is none."""
    world.later(0)
    world.server.socket.close()
    world.later(YEAR_SECONDS)
    assert world.heard() == (200, False)
    world.tokens.close()
    world.start()
    world.later(0)
    assert world.heard() == (503, True)


def test_a_withdrawn_key_is_believed_until_the_next_answer(world):
    """Five minutes at most, where the issuer answers: then it signs nothing more."""  # JWT-18
    world.later(0)
    assert world.heard() == (200, False)
    world.server.answers[KEYS] = said({"keys": [key("ES256").public_jwk() | {"kid": "new"}]})
    world.later(REFRESH_SECONDS - 1)
    assert world.heard() == (200, False)
    world.later(1)
    assert world.heard() == (401, False)
    assert world.heard(world.by_a_new_key()) == (200, False)
