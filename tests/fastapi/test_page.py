"""docs/fastapi.md: its code runs, and does what the page says."""

from __future__ import annotations

import re

import pytest

from tests.auth_app.suite.client import ADA, LOGIN, Client, problem
from tests.auth_app.world import KEY
from tests.house.sources import ROOT

PAGE = (ROOT / "docs" / "fastapi.md").read_text("utf-8")
# Starlette's test client warns that it likes a newer httpx better.
pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def names(monkeypatch, tmp_path, no_default):  # noqa: ARG001 - it may make one
    """Return what the page's code defines, run from top to bottom with an environment set."""
    monkeypatch.setenv("JWT_KEY", KEY)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/page.sqlite3")
    names: dict[str, object] = {}
    exec(compile("\n".join(BLOCKS), "docs/fastapi.md", "exec", dont_inherit=True), names)  # noqa: S102 - our own page
    yield names
    names["auth"].close()


def bearer(names, *scopes):
    """Return the header that carries a new token of subject 42."""
    return {"authorization": "Bearer " + names["auth"].tokens.issue(subject="42", scopes=set(scopes))}


def test_the_routes_know_their_caller(names):
    """Required, optional, and by the original's helper."""
    client = Client(names["app"])
    headers = bearer(names)
    assert client.get("/questions/topics").status_code == 401
    assert client.get("/questions/topics", headers=headers).json() == {"topics": ["algebra"], "for": "42"}
    assert client.get("/greeting").json() == {"hello": "stranger"}
    assert client.get("/questions/mine", headers=headers).json() == {"user_id": "42"}


def test_the_scopes_are_asked_for(names):
    """One scope opens one route, two the other."""
    client = Client(names["app"])
    one, two = bearer(names, "topics:write"), bearer(names, "topics:write", "topics:delete")
    answers = [
        client.post("/questions/topics", headers=headers).status_code for headers in ({}, bearer(names), one)
    ]
    assert answers == [401, 403, 200]
    answers = [
        client.send("DELETE", "/questions/topics", headers=headers).status_code for headers in (one, two)
    ]
    assert answers == [403, 200]


def test_the_table_of_answers_is_true(names):
    """Status, challenge and detail of each row about tokens."""
    client = Client(names["app"])
    expired = names["auth"].tokens.issue(subject="42", now=1)
    cases = [({}, "/questions/topics"), ({"authorization": f"Bearer {expired}"}, "/questions/topics")]
    cases += [({"authorization": "Bearer x"}, "/questions/topics")]
    for headers, path in cases:
        answer = client.get(path, headers=headers)
        row = next(
            line for line in PAGE.splitlines() if answer.json()["detail"] in line and line.startswith("|")
        )
        assert f"| {answer.status_code} |" in row
        assert answer.headers["www-authenticate"].startswith('Bearer realm="jwt-auth"')


def test_another_prefix_is_whole(names):
    """Register, log in, and refresh with an expired token along, all below the other prefix."""
    client = Client(names["other"])
    assert client.post("/api/account/register", json=ADA).status_code == 201
    assert client.post("/api/account/login", json=LOGIN).status_code == 200
    headers = {"authorization": "Bearer expired"}
    assert client.post("/api/account/refresh", headers=headers).status_code == 200
    scheme = client.get("/openapi.json").json()["components"]["securitySchemes"]["OAuth2PasswordBearer"]
    assert scheme["flows"]["password"]["tokenUrl"] == "api/account/login"


def test_the_tests_on_the_page_pass(names):
    """A caller that a test names, and a refresh over https."""
    names["test_a_writer_adds_topics"]()
    names["test_a_refresh_follows_a_login"]()


def test_over_http_a_test_client_keeps_the_cookie_to_itself(names):
    """As the page warns."""
    from fastapi.testclient import TestClient  # noqa: PLC0415

    client = TestClient(names["app"])
    client.post("/auth/register", json=ADA)
    client.post("/auth/login", json=LOGIN)
    assert problem(client.post("/auth/refresh")) == (401, "refresh_invalid")
