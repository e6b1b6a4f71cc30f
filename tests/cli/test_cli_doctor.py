"""`jwt-auth doctor`: what it shows, what it finds, and its status."""

from __future__ import annotations

import asyncio
import json

import pytest
import redis

from jwt_auth_asgi import cli
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.http.unconfigured_proxy import UnconfiguredProxyWarning
from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import MissingDriverError
from jwt_auth_core.mail.smtplib import SmtpMailer
from jwt_auth_core.settings import variables
from jwt_auth_core.vocabulary import Client
from tests.asgi.drive import http_scope
from tests.auth_app.suite.client import ADA

KEY = "the doctor's tests have a key of their own"
SEALING = "another key that seals the audit of these"
PROXIED = [(b"x-forwarded-for", b"203.0.113.9")]


@pytest.fixture(params=["embedded", pytest.param("servers", marks=pytest.mark.servers)])
def healthy(request, tmp_path, monkeypatch):
    """Set an environment in which nothing is wrong; return what changes it."""
    monkeypatch.chdir(tmp_path)
    values = {"JWT_KEY": KEY, "ENCRYPTION_KEYS": SEALING, "LIMITS": "on"}
    if request.param == "embedded":
        values["DATABASE_URL"] = f"sqlite:///{tmp_path}/auth.sqlite3"
    else:
        values["DATABASE_URL"] = request.getfixturevalue("postgres_url")
        own = request.getfixturevalue("own_valkey")
        with redis.Redis.from_url(own.url) as direct:
            direct.config_set("appendonly", "yes")
        values["REDIS_URL"] = own.url
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    auth = Auth.from_env()
    auth.migrate()
    auth.close()
    return monkeypatch.setenv


@pytest.fixture
def doctor(capsys):
    """Return what runs the command and returns its status and its JSON."""

    def run(*words):
        status = cli.main(["doctor", "--json", *words])
        return status, json.loads(capsys.readouterr().out)

    return run


def found(told):
    """Return the levels and variables of findings."""
    return [(one["level"], one["variable"]) for one in told["findings"]]


@pytest.mark.limited
def test_where_nothing_is_wrong(healthy, doctor, capsys):
    """The status is 0, also when it is strict, and every setting is there."""
    assert healthy
    status, told = doctor("--strict")
    assert (status, told["findings"]) == (0, [])
    assert set(told["settings"]) == {one.name for one in variables().values()}
    assert cli.main(["doctor"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "nothing is wrong"


@pytest.mark.limited
def test_where_something_is_wrong_the_page_is_named(healthy, capsys):
    """Behind the findings, each of which has its number."""
    healthy("LIMITS", "off")
    cli.main(["doctor"])
    *_, fix, page = capsys.readouterr().out.splitlines()
    assert (fix, page) == ("  mend it: export LIMITS=", "docs/doctor.md has a section of each number")


@pytest.mark.limited
def test_no_secret_is_shown(healthy, doctor):
    """Keys, URLs with passwords and secrets of clients are masked."""
    # LOG-1
    healthy("OAUTH_CLIENTS", "shop:a-secret-of-the-shop-that-is-long-enough-for-it")
    _, told = doctor()
    text = json.dumps(told)
    for secret in (KEY, SEALING, "a-secret-of-the-shop"):
        assert secret not in text
    assert told["settings"]["ACCESS_TOKEN_TTL_SECONDS"] == 900


@pytest.mark.limited
def test_warnings_count_when_it_is_strict(healthy, doctor):
    """Rows without seals, cookies over plain http, no limits."""
    healthy("ENCRYPTION_KEYS", "")
    healthy("COOKIE_SECURE", "false")
    healthy("LIMITS", "off")
    status, told = doctor()
    assert found(told) == [("warning", name) for name in ("ENCRYPTION_KEYS", "COOKIE_SECURE", "LIMITS")]
    assert (status, doctor("--strict")[0]) == (0, 1)


def test_settings_at_fault_are_named(healthy, doctor, capsys):
    """All of them, with what is wrong, and never with their values."""
    healthy("JWT_KEY", "short")
    healthy("ACCESS_TOKEN_TTL_SECONDS", "never")
    status, told = doctor()
    assert status == 2
    assert sorted(found(told)) == [("error", "ACCESS_TOKEN_TTL_SECONDS"), ("error", "JWT_KEY")]
    assert cli.main(["doctor"]) == 2
    assert "error D01: JWT_KEY " in capsys.readouterr().out


@pytest.mark.limited
def test_a_key_that_is_in_use_and_missing_is_an_error(healthy, doctor):
    """Its id is named."""
    auth = Auth.from_env()
    auth.register(auth.register.parse(ADA), Client())
    auth.close()
    healthy("ENCRYPTION_KEYS", "a key that came in the place of the other one")
    status, told = doctor()
    assert (status, found(told)) == (2, [("error", "ENCRYPTION_KEYS")])
    assert "lacks" in told["findings"][0]["text"]


@pytest.mark.limited
def test_a_store_out_of_reach_is_an_error(tmp_path, monkeypatch, doctor):
    """With what helps."""
    monkeypatch.chdir(tmp_path)
    for name, value in {"JWT_KEY": KEY, "ENCRYPTION_KEYS": SEALING, "LIMITS": "on"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@127.0.0.1:1/nowhere")
    status, told = doctor()
    assert (status, found(told)) == (2, [("error", None)])
    assert told["findings"][0]["fix"].startswith("psql ")


@pytest.mark.limited
def test_a_driver_that_is_missing_is_an_error(healthy, doctor, monkeypatch):
    """As the error says it."""
    assert healthy

    def lacking(_settings):
        raise MissingDriverError("argon2-cffi", extra="argon2")

    monkeypatch.setattr(Auth, "from_settings", lacking)
    status, told = doctor()
    assert status == 2
    assert told["findings"][0]["fix"] == "pip install 'jwt-auth-asgi[argon2]'"


async def served(peer):
    """Have a server see a request from a peer that sends X-Forwarded-For."""
    service = Service(Auth.from_env())
    try:
        service.client({**http_scope("/auth/login", PROXIED), "client": (peer, 1)})
    finally:
        await asyncio.to_thread(service.close)  # after what waits


@pytest.mark.limited
@pytest.mark.parametrize(
    ("peer", "count", "status"), [("10.0.0.1", 0, 2), ("203.0.113.1", 0, 0), ("10.0.0.1", 1, 0)]
)
def test_a_proxy_that_nobody_configured_is_an_error(  # noqa: PLR0917
    healthy, doctor, monkeypatch, peer, count, status
):
    """A server has seen it within a day; once the proxies are counted it is none."""
    # RL-3
    monkeypatch.setattr("jwt_auth_asgi.features.service.UNCONFIGURED_PROXY", UnconfiguredProxyWarning())
    asyncio.run(served(peer))
    healthy("TRUSTED_PROXY_COUNT", str(count))
    seen, told = doctor()
    assert seen == status
    assert found(told) == [("error", "TRUSTED_PROXY_COUNT")] * (status // 2)


@pytest.mark.limited
def test_letters_that_lead_nowhere_are_found(healthy, doctor, monkeypatch):
    """Links without pages, and letters that stay in the process."""
    monkeypatch.setattr(SmtpMailer, "check", lambda _: None)
    healthy("MAIL_FROM", "no-reply@example.com")
    healthy("PUBLIC_URL", "https://example.com")
    healthy("MAIL_URL", "memory:")
    assert found(doctor()[1]) == [("warning", "ACCOUNT_URL"), ("warning", "MAIL_URL")]
    healthy("MAIL_URL", "smtp://user:hush@mail.example.com")
    healthy("ACCOUNT_URL", "https://example.com/account")
    status, told = doctor("--strict")
    assert (status, told["findings"], told["settings"]["MAIL_URL"]) == (0, [], "**********")
