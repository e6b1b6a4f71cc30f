"""An application's own provider, by the code of docs/sign-in-with.md, from the link to the session."""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from jwt_auth_asgi import BearerMiddleware, create_app
from jwt_auth_asgi.features.paths import exempt_paths_of
from jwt_auth_core import Auth, Settings
from jwt_auth_core.errors import SettingsError
from tests.auth_app.suite.client import Client
from tests.auth_app.world import settings
from tests.examples.serving import ROOT

(BLOCK,) = re.findall(
    r"```python\n(.*?)```", (ROOT / "docs" / "sign-in-with.md").read_text("utf-8"), re.DOTALL
)
PLACE = "https://intranet.example.com"
ADA = b'{"number": 7, "mail": "ada@example.com"}'


class _Intranet(BaseHTTPRequestHandler):
    """Knows one code."""

    def do_POST(self):
        """Say who somebody is."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        said = {"good": ADA, "nonsense": b"<html>"}.get(form["code"][0])
        self.send_response(403 if said is None else 200)
        self.end_headers()
        self.wfile.write(said or b"")

    def log_message(self, *_):
        """Stay silent."""


@pytest.fixture
def place():
    """Return the origin of an intranet that runs."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Intranet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def auth(place, monkeypatch, tmp_path):
    """Return what the page makes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JWT_KEY", "a key that only the tests of one provider know")
    monkeypatch.setenv("PUBLIC_URL", "https://app.example")
    made = {"__name__": "shop"}
    exec(BLOCK.replace(PLACE, place), made)  # noqa: S102 - the page's own code
    made["auth"].migrate()
    yield made["auth"]
    made["auth"].close()


def come_back(client, code):
    """Go to the intranet by the link, and come back with a code; return the last answer."""
    leaving = client.get("/oauth/intranet?next=/questions")
    asked = dict(parse_qsl(urlsplit(leaving.headers["location"]).query))
    assert asked["back"] == "https://app.example/oauth/intranet/callback"
    return client.get(f"/oauth/intranet/callback?{urlencode({'code': code, 'state': asked['state']})}")


def test_somebody_signs_in_by_it(auth):
    """With an account of the address that it vouches for; pages and middleware know it."""
    client = Client(create_app(auth, pages=True))
    assert come_back(client, "good").headers["location"] == "/questions"
    user = auth.end_user.find("ada@example.com")
    (identity,) = auth.identities.list(user.user_id)
    assert (identity.subject, identity.issuer.startswith("http://127.0.0.1")) == ("7", True)
    assert "Continue with Intranet" in client.get("/account/login").text
    assert auth.identities.providers == ("intranet",)
    assert "/auth/oauth/intranet/callback" in exempt_paths_of(auth)
    assert "/auth/oauth/intranet" in BearerMiddleware(client.app, auth, public=()).exempt


@pytest.mark.parametrize(
    ("code", "error"), [("bad", "provider_refused"), ("nonsense", "provider_unavailable")]
)
def test_what_goes_wrong_there_is_told_as_of_any_other(auth, code, error):
    """On the page where one signs in."""
    answer = come_back(Client(create_app(auth)), code)
    assert answer.headers["location"].endswith(f"/account/signin?error={error}")


class Named:
    """Has a name, and is never asked."""

    def __init__(self, name):
        self.name = name


@pytest.mark.parametrize("names", [["Intranet"], ["a/b"], [""], ["a", "a"], ["google"]])
def test_a_name_is_its_own(names):
    """It stands in paths."""
    google = settings(PUBLIC_URL="https://app.example", OIDC_PROVIDERS="google", OIDC_GOOGLE_CLIENT_ID="web")
    with pytest.raises(ValueError, match="name of its own"):
        Auth.from_settings(google, providers=[Named(name) for name in names])


def test_it_has_to_lead_back_somewhere():
    """To a URL that the settings name."""
    plain: Settings = settings()
    with pytest.raises(SettingsError, match="PUBLIC_URL is required with providers"):
        Auth.from_settings(plain, providers=[Named("intranet")])
