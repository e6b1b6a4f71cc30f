"""`jwt-auth serve --root-path` behind a real nginx that takes the prefix off: links have it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.examples.serving import process, run
from tests.servers.nginx import nginx, nginx_binary
from tests.servers.valkey import free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(nginx_binary() is None, reason="there is no nginx on this machine"),
]

BLOCK = """
server {{
    listen 127.0.0.1:{port};
    location /shop/ {{
        proxy_pass {origin}/;
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Proto $scheme;
    }}
}}
"""
ADA = {"email": "ada@example.com", "password": "a long and quiet river", "first_name": "A", "last_name": "B"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the letters are."""
    return tmp_path_factory.mktemp("letters")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[str]:
    """Return the URL of the prefix."""
    directory, port = tmp_path_factory.mktemp("root"), free_port()
    public = f"http://127.0.0.1:{port}/shop"
    env = {
        "JWT_KEY": "a key that only the tests of prefixes know",
        "ENCRYPTION_KEYS": "a key that encrypts what these tests keep",
        "DATABASE_URL": f"sqlite:///{directory}/shop.db",
        "COOKIE_SECURE": "false",
        "TRUSTED_PROXY_COUNT": "1",
        "PUBLIC_URL": public,
        "MAIL_URL": f"file://{folder}",
        "MAIL_FROM": "a@example.com",
        "OIDC_PROVIDERS": "github",
        "OIDC_GITHUB_CLIENT_ID": "shop",
        "OIDC_GITHUB_CLIENT_SECRET": "known-to-the-tests",
    }
    program = str(Path(sys.executable).with_name("jwt-auth"))
    run(program, "migrate", directory=directory, env=env)
    served = [program, "serve", "--pages", "--root-path", "/shop", "--port", "0"]
    with (
        process(served, directory=directory, env=env) as origin,
        nginx(directory / "nginx", BLOCK.format(port=port, origin=origin), port=port),
    ):
        yield public


@pytest.fixture
def client(shop: str) -> Iterator[httpx.Client]:
    """Return a browser's worth of cookies."""
    with httpx.Client(base_url=shop, follow_redirects=False) as client:
        yield client


def test_who_is_not_signed_in_is_led_to_the_login_below_the_prefix(client: httpx.Client, shop: str):
    """And back, with the prefix."""
    answer = client.get("/auth/admin/users?prefix=a")
    assert answer.status_code == 303
    place = httpx.URL(f"{shop}/auth/admin/users").join(answer.headers["location"])
    assert (place.path, place.params["next"]) == (
        "/shop/auth/account/login",
        "/shop/auth/admin/users?prefix=a",
    )


def test_all_that_a_page_loads_is_below_the_prefix(client: httpx.Client, shop: str):
    """As the browser resolves what it names."""
    page = client.get("/auth/account/login")
    named = re.findall(r'(?:src|href)="([^"#]+)"', page.text)
    places = [httpx.URL(f"{shop}/auth/account/login").join(one) for one in named]
    assert {one.path.startswith("/shop/auth/") for one in places} == {True}
    assert {client.get(one).status_code for one in places} <= {200, 303}


def test_a_letter_leads_below_the_prefix(client: httpx.Client, shop: str, folder: Path):
    """As `PUBLIC_URL` says."""
    assert client.post("/auth/register", json=ADA).status_code == 201
    assert client.post("/auth/password/forgot", json={"email": ADA["email"]}).status_code == 202
    deadline = httpx.Client(base_url=shop, timeout=60)
    while not (letters := list(folder.glob("*.eml"))):
        deadline.get("/auth/health/live")
    deadline.close()
    assert f"{shop}/auth/account/reset#token=" in letters[0].read_text("utf-8").replace("=\n", "").replace(
        "=3D", "="
    )


def test_a_provider_leads_back_below_the_prefix(client: httpx.Client, shop: str):
    """And where it went wrong, to the page that says so."""
    answer = client.get("/auth/oauth/github")
    location = httpx.URL(answer.headers["location"])
    assert location.params["redirect_uri"] == f"{shop}/auth/oauth/github/callback"
    failed = client.get("/auth/oauth/github/callback?error=access_denied&state=unknown")
    assert failed.headers["location"].startswith(f"{shop}/auth/account/signin?error=")


def test_cookies_are_the_whole_hosts(client: httpx.Client):
    """Their path is the root: the names that browsers bind to the host take no other."""
    client.post("/auth/register", json={**ADA, "email": "eve@example.com"})
    fields = {"email": "eve@example.com", "password": ADA["password"], "transport": "cookies"}
    answer = client.post("/auth/login", json=fields)
    assert answer.status_code == 200
    assert {"; Path=/;" in f"{line};" for line in answer.headers.get_list("set-cookie")} == {True}
    assert client.get("/auth/account/profile").status_code == 200


@pytest.mark.parametrize("text", ["shop", "/shop/", "/"])
def test_a_prefix_that_is_none_is_refused(tmp_path: Path, text: str):
    """In a sentence, before anything is served."""
    program = str(Path(sys.executable).with_name("jwt-auth"))
    with pytest.raises(AssertionError, match="--root-path"):
        run(program, "serve", "--development", "--root-path", text, directory=tmp_path)


def test_the_document_says_where_its_paths_are(client: httpx.Client):
    """Its paths begin behind the prefix and the mount."""
    document = client.get("/auth/openapi.json").json()
    assert document["servers"][0]["url"].endswith("/shop/auth")
