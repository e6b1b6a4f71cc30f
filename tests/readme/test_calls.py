"""The calls of the pages, by curl against a served application, as they stand there."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import time

import pyotp
import pytest

from jwt_auth_asgi.cli import main
from tests.blocks import block
from tests.clients.signing import jwks, key_pair, signed
from tests.end_to_end.site import PLAIN, serving, settings

HOST = re.compile(r"http://127\.0\.0\.1:8000|https://example\.com(?=/auth)")


@pytest.fixture
def variables(tmp_path, monkeypatch):
    """Return settings of a served application, which commands find, too."""
    monkeypatch.chdir(tmp_path)
    made = {
        **PLAIN,
        "DATABASE_URL": f"sqlite:///{tmp_path}/app.sqlite3",
        "ENCRYPTION_KEYS": "a key that encrypts what these tests keep",
    }
    for name, text in made.items():
        monkeypatch.setenv(name, text)
    return made


@pytest.fixture
def site(variables):
    """Return the application."""
    with serving(settings(**variables)) as made:
        yield made


@pytest.fixture
def say(site, capsys):
    """Return what runs a command or a call, dots filled with what the reader has; it returns what is said."""

    def run(text, **mine):
        for shown, value in mine.items():
            text = re.sub(rf"{shown}[.][^.\s]*[.]{{3}}|{shown}[.]{{3}}", value, text)
        if text.startswith("jwt-auth"):
            assert main(shlex.split(text, comments=True)[1:]) == 0
            return capsys.readouterr().out.strip()
        script = HOST.sub(site.origin, re.sub(r"curl (?!-s)", "curl -s ", text))
        done = subprocess.run(
            ["bash", "-euc", script], capture_output=True, text=True, check=True, timeout=60
        )
        return json.loads(done.stdout)

    return run


def parted(page, word):
    """Return the command and the call of a block."""
    command, _, call = block(page, "bash", word).partition("\n")
    return command, call


def test_a_second_factor_is_given_by_the_call_of_the_page(site, say):
    """The challenge and the code are the reader's."""
    ada = site.member()
    headers = {"Authorization": f"Bearer {ada.access}"}
    app = pyotp.TOTP(ada.http.post("/auth/factors/totp", headers=headers).json()["secret"])
    now = time.time()
    confirmed = ada.http.post("/auth/factors/totp/confirm", json={"code": app.at(now)}, headers=headers)
    assert confirmed.status_code == 200, confirmed.text
    challenge = ada.login().json()["challenge"]
    call = block("docs/factors.md", "bash", "second-factor").replace("287082", app.at(now + 30))
    assert "access_token" in say(call, challenge=challenge)


def test_a_client_is_given_a_token_by_the_commands_of_the_page(say, site):
    """By the secret that is printed once."""
    command, call = parted("docs/machines.md", "clients add billing")
    token = say(call, jcs_=say(command))["access_token"]
    assert site.auth.tokens.verify(token).subject == "billing"


def test_a_token_is_exchanged_by_the_commands_of_the_page(say, site):
    """The user's for one that is another audience's."""
    command, call = parted("docs/machines.md", "clients add assistant")
    ada = site.member()
    say("jwt-auth users set-scopes ada@example.com --scope 'reports:*'")
    ada.login()
    given = say(call, jcs_=say(command), eyJ=ada.access)
    assert given["issued_token_type"] == "urn:ietf:params:oauth:token-type:access_token"


def test_a_client_proves_itself_by_the_commands_of_the_page(say, site, tmp_path):
    """By what its own key has signed."""
    pair = key_pair()
    (tmp_path / "reports.jwks.json").write_bytes(jwks(pair))
    command, call = parted("docs/machines.md", "--jwks reports")
    assert pair.key_id in say(command)
    issuer = f"{site.origin}/auth"
    assertion = signed(pair, iss="reports", sub="reports", aud=issuer, now=int(time.time()))
    assert site.auth.tokens.verify(say(call, eyJ=assertion)["access_token"]).client_id == "reports"
