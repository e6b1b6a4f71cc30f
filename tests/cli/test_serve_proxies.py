"""`jwt-auth serve` behind proxies: TRUSTED_PROXY_COUNT decides whom to believe, and nothing else does."""

from __future__ import annotations

import sys

import httpx
import pytest

from jwt_auth_asgi import cli
from tests.auth_app.suite.client import ADA, LOGIN
from tests.examples.serving import process
from tests.no_tls import NO_TLS

KEY = "a key of those who stand behind proxies"
ECHO = """
async def app(scope, receive, send):
    if scope["type"] == "http":
        told = f"{scope['scheme']} {(scope['client'] or [None])[0]}".encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": told})
"""
SPOOFED = {"x-forwarded-for": "6.6.6.6, 203.0.113.1", "x-forwarded-proto": "https"}
SERVE = [sys.executable, "-c", "from jwt_auth_asgi.cli import main; main()", "serve", "--port", "0"]
UVICORN = [sys.executable, "-m", "uvicorn", "--factory", "jwt_auth_asgi.app.create:create_app", "--port", "0"]


def environment(count):
    """Return the settings of an auth app behind so many proxies."""
    return {"JWT_KEY": KEY, "DATABASE_URL": "sqlite://", "TRUSTED_PROXY_COUNT": count}


@pytest.mark.slow
@pytest.mark.parametrize(("count", "told"), [("0", "http 127.0.0.1"), ("1", "https 203.0.113.1")])
def test_an_application_hears_of_whom_we_trust(tmp_path, count, told):
    """A client on the loopback is a client like any other."""  # RL-3
    (tmp_path / "echo.py").write_text(ECHO)
    with process([*SERVE, "echo:app"], directory=tmp_path, env={"TRUSTED_PROXY_COUNT": count}) as origin:
        assert httpx.get(origin, headers=SPOOFED, trust_env=False, verify=NO_TLS).text == told


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "prefix", "count", "address"),
    [
        (SERVE, "/auth", "0", "127.0.0.1"),
        (SERVE, "/auth", "1", "203.0.113.1"),
        (UVICORN, "", "1", "203.0.113.1"),  # which reads the header as well: nothing is counted twice
        (UVICORN, "", "0", "203.0.113.1"),  # its word, which the page tells how to turn off
        ([*UVICORN, "--no-proxy-headers"], "", "0", "127.0.0.1"),
    ],
)
def test_a_session_has_the_address_of_whom_we_trust(tmp_path, command, prefix, count, address):
    """The list of sessions shows what docs/auth-app.md says for each server."""  # RL-3
    with (
        process(command, directory=tmp_path, env=environment(count)) as origin,
        httpx.Client(base_url=origin + prefix, headers=SPOOFED, trust_env=False, verify=NO_TLS) as client,
    ):
        client.post("/register", json=ADA)
        token = client.post("/login", json={**LOGIN, "transport": "body"}).json()["access_token"]
        listed = client.get("/sessions", headers={"authorization": f"Bearer {token}"}).json()["sessions"]
    assert [session["address"] for session in listed] == [address]


@pytest.mark.parametrize("text", ["-1", "11", "one", "1.5", "\u00b2"])
def test_a_count_out_of_its_limits_is_a_sentence(monkeypatch, capsys, text):
    """The one setting that the server itself reads is held to its limits."""
    monkeypatch.setenv("TRUSTED_PROXY_COUNT", text)
    assert cli.main(["serve", "shop:app"]) == 1
    assert "TRUSTED_PROXY_COUNT must be a whole number from 0 to 10" in capsys.readouterr().err
