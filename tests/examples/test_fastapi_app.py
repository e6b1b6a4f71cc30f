"""The documented application, started in each of the ways that it names."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.examples.serving import process
from tests.no_tls import NO_TLS

pytestmark = pytest.mark.slow

PASSWORD = "purple-otter-9-sings"
ADA = {"email": "ada@example.com", "password": PASSWORD, "first_name": "Ada", "last_name": "Lovelace"}
CREDENTIALS = {"email": "ada@example.com", "password": PASSWORD}
BIN = Path(sys.executable).parent
COMMANDS = {
    "uvicorn --reload": (f"{BIN}/uvicorn", "examples.fastapi_app:app", "--reload", "--port", "0"),
    "jwt-auth serve": (f"{BIN}/jwt-auth", "serve", "--port", "0", "examples.fastapi_app:app"),
    "make run": (f"{BIN}/jwt-auth", "serve", "--development", "--port", "0", "examples.fastapi_app:app"),
}


@pytest.fixture(scope="module", params=COMMANDS)
def client(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """Return a client of the running application."""
    directory = tmp_path_factory.mktemp("fastapi_app")
    with (
        process(COMMANDS[request.param], directory=directory) as origin,
        httpx.Client(base_url=origin, trust_env=False, verify=NO_TLS) as client,
    ):
        client.post("/auth/register", json=ADA)
        yield client


def bearer(client: httpx.Client) -> dict[str, str]:
    """Log in; return the header that carries the access token."""
    token = client.post("/auth/login", json=CREDENTIALS).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def test_the_whole_story(client: httpx.Client):
    """Log in, ask for the topics, refresh, log out; afterwards there is nothing to refresh."""
    headers = bearer(client)
    assert client.get("/questions/topics", headers=headers).json() == {
        "topics": ["algebra", "geometry", "logic"]
    }
    assert client.post("/auth/refresh").status_code == 200
    assert client.post("/auth/logout").json() == {"status": "logged out"}
    assert client.post("/auth/refresh").status_code == 401


def test_topics_need_a_token(client: httpx.Client):
    """Without one the answer challenges."""
    answer = client.get("/questions/topics")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="jwt-auth"')


def test_the_docs_load_from_the_application(client: httpx.Client):
    """The page names no other host, and what it names is there."""
    page = client.get("/docs").text
    assert "://" not in page.replace("http://www.w3.org", "")
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert client.get(f"/static-offline-docs/{asset}").status_code == 200
