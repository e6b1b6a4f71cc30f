"""What pages show of code, answers and configuration in a few lines: run, compared, or read by its parser."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from contextlib import closing
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from examples.tests.notes_app import create_app as create_app_with_notes
from jwt_auth_asgi import BearerMiddleware, create_app, metrics_app, require
from jwt_auth_asgi.cli import main
from jwt_auth_asgi.features.paths import OAUTH_LEAVE
from jwt_auth_asgi.testing import assert_all_protected
from jwt_auth_core import AccessTokens, Auth, KeyRing
from tests.asgi.drive import bearer, get
from tests.auth_app.suite.client import ADA, LOGIN, Client
from tests.blocks import block
from tests.no_tls import NO_TLS
from tests.servers.nginx import nginx, nginx_binary
from tests.servers.valkey import free_port

KEY = "the snippets of the pages have a key of their own"


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """Have an empty working directory, and one setting."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JWT_KEY", KEY)
    return tmp_path


@pytest.fixture
def run():
    """Return what runs a block of Python, and closes what it opened."""
    made = []

    def run_block(page, word, **names):
        made.append(names)
        exec(block(page, "python", word), names)  # noqa: S102 - the pages' own code
        return names

    yield run_block
    for names in made:
        if "auth" in names:
            names["auth"].close()


def local(app):
    """Return a client on the same machine."""
    client = Client(app)
    client.peer, client.origin = ("127.0.0.1", 4711), "http://localhost:8000"
    return client


def test_an_application_asks_who_acts(run):
    """Nobody does where the user calls."""
    run("docs/admin.md", "actor", scope={"user": SimpleNamespace(actor=None)})


def test_the_auth_app_is_mounted_as_its_page_shows(run):
    """Its routes answer, on stores of this folder."""
    client = Client(run("docs/auth-app.md", "create_app")["app"])
    assert client.post("/auth/register", json=ADA).status_code == 201
    assert client.get("/auth/me").status_code == 401


def test_pages_have_the_theme_that_their_page_shows(run):
    """Logo and stylesheet are the application's."""
    text = Client(run("docs/pages.md", "Theme(")["app"]).get("/auth/account/login").text
    assert "/static/logo.svg" in text
    assert "/static/brand.css" in text


def test_keys_are_read_and_replaced_as_their_page_shows(run, monkeypatch):
    """From a folder that the command for keys made."""
    monkeypatch.setenv("JWT_KEYS", "keys")
    assert main(["keys", "new"]) == 0
    tokens = run("docs/keys.md", "from_files")["tokens"]
    assert tokens.verify(tokens.issue(subject="42")).subject == "42"


def test_another_service_knows_the_keys_by_their_address(run):
    """It asks nobody before the first token, and needs no secret."""
    named = run("docs/keys.md", "from_jwks", AccessTokens=AccessTokens)
    assert named["tokens"].parties.audiences == {"billing"}


def test_metadata_stand_at_the_root_as_the_page_of_keys_shows(run):
    """Where clients look for them."""
    app = run("docs/keys.md", "authorization_server_metadata", auth=Auth.from_env())["app"]
    told = local(app).get("/.well-known/oauth-authorization-server/auth").json()
    assert told["issuer"] == "http://localhost:8000/auth"


def test_a_refusal_of_a_hook_is_the_document_of_its_page(run):
    """Member by member."""
    auth = run("docs/hooks.md", "invited_only")["auth"]
    auth.migrate()
    stranger = {**ADA, "email": "eve@example.org"}
    told = Client(create_app(auth)).post("/register", json=stranger).json()
    shown = json.loads(block("docs/hooks.md", "json"))
    assert {name: told[name] for name in shown} == shown


@pytest.mark.limited
def test_the_details_of_health_are_those_of_their_page(monkeypatch):
    """Each part with what it tells, where Redis is down."""
    for name, text in {
        "REDIS_URL": "redis://127.0.0.1:1",
        "ENCRYPTION_KEYS": "a key that seals and encrypts for this test",
        "LIMITS": "on",
    }.items():
        monkeypatch.setenv(name, text)
    with closing(Auth.from_env()) as auth:
        told = local(create_app(auth)).get("/health/ready").json()
    shown = json.loads(block("docs/health.md", "json"))
    assert told["status"] == shown["status"] == "fail"
    assert told["checks"]["redis"] == shown["checks"]["redis"]
    assert {part: set(said) for part, said in told["checks"].items()} == {
        part: set(said) for part, said in shown["checks"].items()
    }


def test_a_challenge_is_that_of_the_page():
    """Line by line, whoever asks for a fresh login."""
    tokens = AccessTokens(KeyRing.from_secret(KEY))

    @require(max_age=300)
    async def publish(_request):
        return PlainTextResponse("published")

    app = BearerMiddleware(Starlette(routes=[Route("/", publish)]), tokens, realm="shop")
    token = tokens.issue(subject="42", auth_time=int(tokens.now()) - 301)
    shown = " ".join(block("docs/authorization.md", "text", "WWW-Authenticate").split())
    assert f"WWW-Authenticate: {get(app, '/', bearer(token)).challenge}" == shown


@pytest.mark.skipif(nginx_binary() is None, reason="there is no nginx on this machine")
def test_nginx_keeps_health_to_itself(place):
    """By the one line of its page; what is beside it is passed on."""
    port = free_port()
    beside = 'location / { return 200 "passed on"; }'
    server = f"server {{ listen 127.0.0.1:{port}; {beside} {block('docs/health.md', 'nginx')} }}"
    with nginx(place / "nginx", server, port=port), httpx.Client(verify=NO_TLS) as client:
        answers = [client.get(f"http://127.0.0.1:{port}/auth/{path}") for path in ("health/ready", "me")]
    assert [answer.status_code for answer in answers] == [404, 200]


def test_a_forgotten_route_is_told_as_the_page_shows():
    """In the very words; how many routes there are is the application's."""
    tokens = AccessTokens(KeyRing.from_secret(KEY))
    app = FastAPI(openapi_url=None)
    app.add_middleware(BearerMiddleware, auth=tokens)

    @app.get("/items/{item_id}")
    def item(item_id: int) -> int:
        return item_id

    with pytest.raises(AssertionError) as failed:
        assert_all_protected(app, tokens)
    shown = block("docs/testing.md", "text")
    assert f"{failed.value}\n".replace("of 1 let", "of 23 let") == shown


def test_a_fixture_of_the_page_returns_the_application_s_auth(run):
    """In the place of the one that the plugin has."""
    mine = SimpleNamespace(auth=object())
    named = run("docs/testing.md", 'scope="session"', pytest=pytest, my_application=mine)
    assert named.pop("auth").__wrapped__() is mine.auth


def test_a_token_runs_out_as_the_page_shows(auth, auth_headers, auth_clock, run):
    """With the plugin's fixtures, as pytest hands them to the function."""
    function = run("docs/testing.md", "auth_clock")["test_a_token_runs_out"]
    function(Client(create_app_with_notes(auth)), auth_headers, auth_clock)


def test_the_queries_of_the_page_name_what_is_exported():
    """Each metric and each label; the words around them are Prometheus' own."""
    with closing(Auth.from_env()) as auth:
        Client(create_app(auth)).post("/login", json=LOGIN)
        text = Client(metrics_app()).get("/").text
    samples = [one for family in text_string_to_metric_families(text) for one in family.samples]
    labels: dict[str, set[str]] = {}
    for one in samples:
        labels.setdefault(one.name, set()).update(one.labels)
    queries = block("docs/telemetry.md", "text", "rate(").splitlines()
    for name, chosen in re.findall(r"(jwt_\w+)\{(.*?)\}", "\n".join(queries)):
        assert set(re.findall(r"(\w+)=", chosen)) <= labels[name], name


def test_the_time_of_a_hash_is_measured_by_the_command_of_the_page(place):
    """Once; as it stands it is done until that is sure."""
    words = shlex.split(block("docs/passwords.md", "sh", "timeit"))
    once = [sys.executable, *words[1:3], "-n", "1", "-r", "1", *words[3:]]
    said = subprocess.run(once, cwd=place, capture_output=True, text=True, check=True, timeout=60).stdout
    assert said.startswith("1 loop, best of 1:")


def test_a_link_to_a_provider_goes_to_a_route():
    """The link of the page is the route's, for one of the providers of its settings."""
    path = re.search(r'href="/auth([^"?]+)\?next=', block("docs/sign-in-with.md", "html"))[1]
    providers = re.search(r"^OIDC_PROVIDERS=(.*)$", block("docs/sign-in-with.md", "bash"), re.MULTILINE)[1]
    assert path in {OAUTH_LEAVE.path.replace("{provider}", name) for name in providers.split(",")}
