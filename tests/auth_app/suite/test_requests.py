"""What every route does with requests of a wrong shape, and the headers of every answer."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.asgi.drive import http_scope
from tests.auth_app.suite.client import ADA, FORM, LOGIN, problem

POSTS = ["/auth/register", "/auth/login", "/auth/refresh", "/auth/logout"]
JSON = {"content-type": "application/json"}

GARBAGE = [b"{", b"\xff\xfe", b'{"a":1,"a":2}', b"[" * 9000, b'{"email":"\\ud800"}', b"\x00", b"NaN"]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", GARBAGE)
def test_garbage_is_a_bad_request(client, path, body):
    """Broken, doubled, deep or foreign JSON is refused with 400."""  # F-31
    assert problem(client.post(path, content=body, headers=JSON)) == (400, "bad_request")


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", [b"[]", b'"text"', b"null", b"7"])
def test_json_of_another_kind_is_invalid_input(client, path, body):
    """A body that is no object names itself as the offender."""
    answer = client.post(path, content=body, headers=JSON)
    assert problem(answer) == (422, "invalid_input")
    assert answer.json()["errors"][0]["field"] == "body"


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "application/json; charset=latin-1"]
)
def test_another_media_type_is_refused(client, path, kind):
    """JSON comes as application/json in UTF-8, or not at all."""  # CK-05
    answer = client.post(path, content=b"{}", headers={"content-type": kind})
    assert problem(answer) == (415, "unsupported_media_type")


def test_a_form_registers_nobody(client):
    """Only what clients of OAuth send is taken as a form, too."""  # CK-05
    answer = client.post("/auth/register", content=b"email=a&password=b", headers={"content-type": FORM})
    assert problem(answer) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("path", "kind"), [*[(path, FORM) for path in POSTS[1:]], *[(path, "application/json") for path in POSTS]]
)
def test_a_large_body_is_refused(client, path, kind):
    """Past 16 KiB nothing is parsed, whatever the length said."""  # F-31
    answer = client.post(path, content=b"f=1&" * 5000, headers={"content-type": kind})
    assert problem(answer) == (413, "too_large")


def test_a_large_body_is_refused_unread(client):
    """Five megabytes are answered before any of them is read."""  # PW-02, F-31
    taken = []

    async def receive():
        taken.append(1)
        return {"type": "http.request", "body": b"x" * 65536, "more_body": True}

    headers = [(b"content-type", b"application/json"), (b"content-length", b"5242880")]
    status = answer_to(client.app, headers, receive)
    assert (status, taken) == (413, [])


def answer_to(app, headers, receive):
    """Post to login by bare ASGI; return the status."""
    sent = []

    async def send(message):
        sent.append(message)

    scope = http_scope("/auth/login", [*headers], method="POST")
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"]


def test_many_form_fields_start_no_hash(client, monkeypatch, world):
    """A hundred thousand fields, or just too many, are refused before any work."""  # F-31
    monkeypatch.setattr(type(world.auth.login), "__call__", pytest.fail)
    for fields in (b"&".join(b"a%d=" % n for n in range(100)), b"a=&" * 100_000):
        answer = client.post("/auth/login", content=fields, headers={"content-type": FORM})
        assert answer.status_code in {400, 413}


@pytest.mark.parametrize("path", POSTS)
def test_reading_methods_change_nothing(client, path):
    """GET and HEAD on a route that acts are 405 and name the method that is right."""  # CK-05
    for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH"):
        answer = client.send(method, path)
        assert answer.status_code == 405
        assert answer.headers["allow"] == "POST"


def test_a_query_of_any_bytes_is_harmless(client):
    """Bytes that are no UTF-8 in the query or in headers do not matter."""
    assert client.get("/auth/openapi.json?%ff=\xff").status_code == 200
    odd = {"user-agent": b"\xff\xfe", "cookie": b"a=\xff", "origin": b"\xff"}
    assert client.post("/auth/login", json=LOGIN, headers=odd).status_code == 403


def every_answer(client):
    """Yield one success and several failures of each route."""
    yield client.register()
    yield client.register()
    yield client.register(email=1)
    login = client.login()
    yield login
    yield client.login(password="wrong horse battery")
    yield client.login(transport="body")
    yield client.refresh()
    yield client.refresh(headers={"cookie": "__Host-refresh_token=a b"})
    yield client.refresh(headers={"origin": "null"})
    yield client.logout()
    yield client.refresh(json={"refresh_token": "x"})
    yield client.get("/auth/me")
    yield client.get("/auth/me", headers={"authorization": f"Bearer {login.json()['access_token']}"})
    yield from session_answers(client)
    yield client.get("/auth/openapi.json")
    yield client.post("/auth/login", content=b"x" * 20_000, headers=JSON)
    yield client.post("/auth/login", content=b"{}")


def session_answers(client):
    """Yield the same of the routes that show and end sessions."""
    change = {"current_password": ADA["password"], "new_password": "green heron seven walks"}
    for method, path in (
        ("GET", "/auth/sessions"),
        ("POST", "/auth/sessions/revoke-others"),
        ("DELETE", f"/auth/sessions/{'0' * 32}"),
        ("POST", "/auth/password"),
        ("POST", "/auth/logout-all"),
    ):
        headers = {"authorization": f"Bearer {client.login().json()['access_token']}"}
        yield client.send(method, path)
        yield client.send(method, path, json={}, headers=headers)
    headers = {"authorization": f"Bearer {client.login().json()['access_token']}"}
    (shown,) = client.get("/auth/sessions", headers=headers).json()["sessions"]
    yield client.post("/auth/password", json={**change, "current_password": "x"}, headers=headers)
    yield client.post("/auth/password", json=change, headers={**headers, "origin": "null"})
    yield client.send("DELETE", f"/auth/sessions/{shown['session_id']}", headers=headers)
    headers = {"authorization": f"Bearer {client.login().json()['access_token']}"}
    yield client.post("/auth/password", json=change, headers=headers)


def test_no_answer_is_kept_or_sniffed(client):
    """Every answer, good or bad, has the same protective headers."""  # ASGI-15
    for answer in every_answer(client):
        assert answer.headers["cache-control"] == "no-store", answer.request.url
        assert answer.headers["vary"] == "Authorization, Cookie"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["content-type"] in {"application/json", "application/problem+json"}


def test_no_answer_holds_a_secret(client, taint):
    """Passwords are in no answer, refresh tokens only where they were asked for."""  # CK-03, LOG-1
    taint(ADA["password"])
    for answer in every_answer(client):
        assert ADA["password"] not in answer.text
        if answer.request.url.path != "/auth/login" or b'"body"' not in answer.request.content:
            assert "refresh_token" not in answer.text.replace("__Host-refresh_token", "") or (
                answer.request.url.path == "/auth/openapi.json"
            )
            assert not client.token or client.token not in answer.text


def test_answers_are_ascii_json(client):
    """Whatever is in them, bodies are JSON objects of ASCII, so that no charset matters."""
    for answer in every_answer(client):
        assert answer.content.isascii()
        assert isinstance(json.loads(answer.content), dict)
