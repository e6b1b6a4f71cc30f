"""An OpenID provider on loopback: honest by itself, and a liar in whatever a test has it lie."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from jwt_auth_core.encoding import b64url_encode, compact_json
from jwt_auth_core.keys.pyjwt import PyJwtKey

CLIENT, SECRET = "web", "what-only-web-and-its-provider-know"
ADA = {
    "sub": "248289761001",
    "email": "ada@example.com",
    "email_verified": True,
    "name": "Ada Lovelace",
    "given_name": "Ada",
    "family_name": "Lovelace",
}
ABSENT = object()


class Issuer:
    """What a test changes of it, and what it was asked."""

    def __init__(self) -> None:
        self.person = dict(ADA)
        self.keys = [PyJwtKey.generate("ES256")]
        self.now = time.time
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.tells_issuer = True
        self.is_down = False
        self.metadata: dict[str, object] = {}  # lies about itself
        self.claims: dict[str, object] = {}  # lies in ID tokens; ABSENT leaves one away
        self.header: dict[str, object] = {}
        self.of_keys: dict[str, object] = {}  # what else each key says
        self.resources: dict[str, object] = {}  # what is told by path to whoever has the access token
        self.answers: dict[str, tuple[int, bytes]] = {}  # by path: status and body in the place of ours
        self.said: dict[str, object] | None = None  # what userinfo says instead
        self.tokens: dict[str, object] = {}  # lies beside the ID token
        self.methods = ["client_secret_basic", "client_secret_post"]
        self.form: dict[str, str] = {}  # of the last question of the token endpoint
        self.url = ""

    def configuration(self) -> dict[str, object]:
        """Return what it says of itself."""
        honest = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_methods_supported": self.methods,
            "authorization_response_iss_parameter_supported": self.tells_issuer,
        }
        said = honest | self.metadata
        return {name: value for name, value in said.items() if value is not ABSENT}

    def authorize(self, url: str) -> dict[str, str]:
        """Have its user agree to what a browser brings; return what that goes back with."""
        place = urlsplit(url)
        assert f"{place.scheme}://{place.netloc}" == self.url, url
        query = dict(parse_qsl(place.query))
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert query["client_id"] == CLIENT
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        back = {"code": code, "state": query["state"]}
        return {**back, "iss": self.url} if self.tells_issuer else back

    def id_token(self, query: dict[str, str]) -> str:
        """Return what it signs of its user, to whoever asked so."""
        now = int(self.now())
        about = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "auth_time": now - 5}
        claims = about | {"nonce": query.get("nonce", "")} | self.person | self.claims
        said = {name: value for name, value in claims.items() if value is not ABSENT}
        key = self.keys[0]
        header = {"alg": key.algorithm, "kid": key.key_id, "typ": "JWT"} | self.header
        message = ".".join(b64url_encode(compact_json(part)) for part in (header, said))
        return f"{message}.{key.sign(message.encode()).decode()}"

    def redeem(self, form: dict[str, str], authorization: str | None) -> tuple[int, dict[str, object]]:
        """Answer at the token endpoint, as RFC 6749 and 7636 have it."""
        self.form = form
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        posted = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        if not (authorization == basic if "client_secret_basic" in self.methods else posted):
            return 401, {"error": "invalid_client"}
        query = self.codes.pop(form.get("code", ""), None)
        digest = b64url_encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            query is None
            or digest != query["code_challenge"]
            or form["redirect_uri"] != query["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant", "error_description": "no such code"}
        tokens = {"access_token": "opaque", "token_type": "Bearer", "id_token": self.id_token(query)}
        said = tokens | self.tokens
        return 200, {name: value for name, value in said.items() if value is not ABSENT}


class _Handler(BaseHTTPRequestHandler):
    issuer: Issuer

    def do_GET(self) -> None:
        """Say where everything is, the keys, or who somebody is."""
        issuer, path = self.issuer, urlsplit(self.path).path
        if path.endswith("/.well-known/openid-configuration"):
            self._answer(200, issuer.configuration())
        elif path == "/jwks":
            self._answer(200, {"keys": [key.public_jwk() | issuer.of_keys for key in issuer.keys]})
        elif path == "/userinfo" and self.headers["Authorization"] == "Bearer opaque":
            self._answer(200, issuer.person if issuer.said is None else issuer.said)
        elif path == "/authorize":
            self._lead_back()
        elif path in issuer.resources and self.headers["Authorization"] == "Bearer opaque":
            self._answer(200, issuer.resources[path])
        else:
            self._answer(404, {})

    def _lead_back(self) -> None:
        """Have the user of a real browser agree at once: by the address, or by a form that posts itself."""
        query = dict(parse_qsl(urlsplit(self.path).query))
        back, place = self.issuer.authorize(self.issuer.url + self.path), query["redirect_uri"]
        if query.get("response_mode") != "form_post":
            self.send_response(302)
            self.send_header("Location", f"{place}?{urlencode(back)}")
            self.end_headers()
            return
        fields = "".join(f'<input name="{name}" value="{value}">' for name, value in back.items())
        page = (
            f'<form method="post" action="{place}">{fields}</form><script>document.forms[0].submit()</script>'
        )
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page.encode())

    def do_POST(self) -> None:
        """Redeem a code."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(*self.issuer.redeem(form, self.headers["Authorization"]))

    def _answer(self, status: int, said: object) -> None:
        self.issuer.asked.append(self.path)
        status, body = self.issuer.answers.get(self.path, (status, json.dumps(said).encode()))
        self.send_response(503 if self.issuer.is_down else status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@contextmanager
def serving() -> Iterator[Issuer]:
    """Yield a provider that answers."""
    issuer = Issuer()
    handler = type("Handler", (_Handler,), {"issuer": issuer})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def variables_of(issuer: Issuer, name: str = "acme") -> dict[str, str]:
    """Return the settings by which we are a client of it."""
    known = name.upper().replace("-", "_")
    return {
        "PUBLIC_URL": "https://app.example",
        "OIDC_PROVIDERS": name,
        f"OIDC_{known}_ISSUER": issuer.url,
        f"OIDC_{known}_CLIENT_ID": CLIENT,
        f"OIDC_{known}_CLIENT_SECRET": SECRET,
    }
