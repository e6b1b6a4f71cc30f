"""`jwt-auth serve --pages`: the auth app alone, with pages, and browsers known by cookie."""

import sys
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from jwt_auth_asgi.cli import main, server
from jwt_auth_core import Auth, Secret, Settings
from tests.examples.serving import process
from tests.servers.valkey import free_port

KEY = Secret("b7Qm-2xW9-kT4v-pL8s-nZ6y-cR3f-hJ1d")


@pytest.mark.parametrize(("pages", "status"), [(True, 200), (False, 404)])
def test_pages_are_served_where_they_are_asked_for(pages, status):
    """At the root of their own application, below /auth."""
    auth = Auth.from_settings(Settings(jwt_key=KEY, database_url=Secret("sqlite://")))
    answer = TestClient(server.standalone(auth, pages=pages)).get("/auth/account/login")
    assert (answer.status_code, "Cookie" in answer.headers.get("vary", "")) == (status, True)
    auth.close()


def test_an_application_has_its_own_pages(capsys):
    """The flag would be of no effect there, and is refused."""
    assert main(["serve", "--pages", "examples.fastapi_app:app"]) == 1
    assert "create_app(auth, pages=True)" in capsys.readouterr().err


@pytest.mark.slow
def test_one_command_shows_all_of_them(tmp_path):
    """With letters and passkeys, and nothing prepared."""
    command = [str(Path(sys.executable).with_name("jwt-auth")), "serve", "--pages", "--development"]
    with process([*command, "--port", str(free_port())], directory=tmp_path) as origin:
        page = httpx.get(f"{origin}/auth/account/login").text
        asked = httpx.post(f"{origin}/auth/password/forgot", json={"email": "ada@example.com"})
    assert 'id="by-passkey"' in page
    assert 'id="by-mail"' in page
    assert asked.status_code == 202
