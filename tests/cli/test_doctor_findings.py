"""What the doctor finds: each number by what brings it about, and with what mends it."""

from __future__ import annotations

import re
import shlex
from contextlib import closing
from dataclasses import replace

import pytest
import redis

from jwt_auth_asgi import cli
from jwt_auth_asgi.cli.findings import stores
from jwt_auth_asgi.cli.findings.choices import of_choices
from jwt_auth_asgi.cli.findings.machine import memory_limit, of_machine
from jwt_auth_asgi.cli.findings.startup import refuse_errors
from jwt_auth_core.auth import Auth
from jwt_auth_core.database.checks import database as checks
from jwt_auth_core.database.checks import redis as asked
from jwt_auth_core.errors import SettingsError, StoreUnavailableError
from jwt_auth_core.mail.mailer import Undelivered
from jwt_auth_core.mail.smtplib import SmtpMailer
from jwt_auth_core.settings import Settings
from tests.house.sources import ROOT
from tests.servers.pooler import StandIn

KEY = "the findings of the doctor have a key of their own"
SEAL = "another key that seals the audit of the findings"
GIB = 1024**3


def settings(**variables):
    """Return settings in which nothing is wrong but what the variables say."""
    return Settings.from_env(
        {"JWT_KEY": KEY, "ENCRYPTION_KEYS": SEAL, "DATABASE_URL": "sqlite://", **variables}
    )


def found(findings):
    """Return the numbers and levels of findings."""
    return [(one.number, one.level) for one in findings]


@pytest.fixture
def auth():
    """Return an `Auth` on an empty database in memory."""
    made = Auth.from_settings(settings())
    yield made
    made.close()


@pytest.fixture
def on_redis(own_valkey, postgres_url):
    """Return an `Auth` on servers of its own, and what configures its Redis."""
    made = Auth.from_settings(settings(DATABASE_URL=postgres_url, REDIS_URL=own_valkey.url))
    made.migrate()
    with redis.Redis.from_url(own_valkey.url) as direct:
        direct.config_set("appendonly", "yes")
        yield made, direct
    made.close()


@pytest.fixture
def cgroups(tmp_path):
    """Return what makes the files of a cgroup of either version."""

    def make(text, *, name="memory.max"):
        file = tmp_path / "cgroup" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return tmp_path / "cgroup"

    return make


@pytest.mark.parametrize(
    ("text", "name", "limit"),
    [
        ("max\n", "memory.max", None),
        (f"{GIB}\n", "memory.max", GIB),
        (f"{GIB}\n", "memory/memory.limit_in_bytes", GIB),
        ("9223372036854771712\n", "memory/memory.limit_in_bytes", None),
    ],
)
def test_the_limit_of_a_container_is_read(cgroups, text, name, limit):
    """As both versions of cgroups write it."""
    assert memory_limit(cgroups(text, name=name)) == limit


def test_without_cgroups_there_is_no_limit(tmp_path):
    """Nor a finding."""
    assert memory_limit(tmp_path) is None
    assert list(of_machine(settings(), folder=tmp_path, cgroups=tmp_path)) == []


@pytest.mark.parametrize(
    ("mib", "fix"), [(140, "docker update --memory 281m --memory-swap 281m "), (150, "export HASH_THREADS=1")]
)
def test_hashes_that_do_not_fit_a_container_are_an_error(cgroups, tmp_path, monkeypatch, mib, fix):
    """It would be killed in the midst of logins."""
    # PW-06
    monkeypatch.setattr("jwt_auth_asgi.cli.findings.machine.cores", lambda: 8)
    limited = cgroups(str(mib * 1024**2))
    (one,) = of_machine(settings(), folder=tmp_path, cgroups=limited)
    assert (one.number, one.level, one.variable) == ("D20", "error", "HASH_THREADS")
    assert one.fix.startswith(fix)
    assert list(of_machine(settings(), folder=tmp_path, cgroups=cgroups(str(GIB)))) == []


def test_keys_that_anybody_may_read_are_found(tmp_path):
    """A private key is an error, a .env a warning; with rights for their owner alone they are none."""
    (tmp_path / ".env").write_text("JWT_KEY=x")
    key = tmp_path / "keys" / "one.pem"
    key.parent.mkdir()
    key.write_text("")
    wanted = replace(settings(), jwt_keys=type(settings().jwt_key)(str(key.parent)))
    for file in (tmp_path / ".env", key):
        file.chmod(0o644)
    findings = list(of_machine(wanted, folder=tmp_path, cgroups=tmp_path))
    assert found(findings) == [("D21", "warning"), ("D22", "error")]
    for one in findings:
        assert shlex.split(one.fix)[:2] == ["chmod", "600"]
    for file in (tmp_path / ".env", key):
        file.chmod(0o600)
    assert list(of_machine(wanted, folder=tmp_path, cgroups=tmp_path)) == []


def test_keys_in_the_environment_are_in_no_file(tmp_path):
    """PEM and JWK text is looked for nowhere."""
    text = type(settings().jwt_key)("-----BEGIN PRIVATE KEY-----")
    assert list(of_machine(replace(settings(), jwt_keys=text), folder=tmp_path, cgroups=tmp_path)) == []


def test_a_server_does_not_start_with_such_an_error(cgroups, tmp_path, monkeypatch):
    """All of them are named, each with what mends it."""
    monkeypatch.chdir(tmp_path)
    refuse_errors(settings(), cgroups=tmp_path)
    with pytest.raises(SettingsError, match=r"HASH_THREADS makes .*; (export|docker)"):
        refuse_errors(settings(), cgroups=cgroups("1000000"))


def test_serve_refuses_and_development_does_not_ask(tmp_path, monkeypatch, capsys):
    """`jwt-auth serve` says it in one sentence."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JWT_KEY", KEY)

    def refuse(_settings):
        raise SettingsError(["HASH_THREADS makes too many"])

    monkeypatch.setattr("jwt_auth_asgi.cli.command.refuse_errors", refuse)
    served = []
    monkeypatch.setattr(
        "jwt_auth_asgi.cli.command.server.serve", lambda *_, auth, **_named: served.append(auth)
    )
    assert cli.main(["serve"]) == 1
    assert "HASH_THREADS makes too many" in capsys.readouterr().err
    assert cli.main(["serve", "--development"]) == 0
    served[0].close()


def test_a_key_that_was_not_rotated_is_found():
    """It stands on both sides."""
    assert found(of_choices(settings())) == []
    assert found(of_choices(settings(JWT_PREVIOUS_KEYS=KEY))) == [("D13", "warning")]


def test_a_pending_migration_is_an_error(auth):
    """The command is the fix."""
    auth.database.query("DELETE FROM auth_migrations WHERE name = %s", ("0001_users",))
    (one,) = stores.of_stores(auth)
    assert (one.number, one.level, one.fix) == ("D30", "error", "jwt-auth migrate")


def test_rows_without_an_account_are_found(auth, monkeypatch):
    """Those that are left when the others were adopted."""
    monkeypatch.setattr(checks, "count_unadopted", lambda _: 3)
    (one,) = stores.of_stores(auth)
    assert (one.number, one.fix) == ("D31", "jwt-auth migrate")
    assert one.text.startswith("3 rows")


@pytest.mark.parametrize(("ahead", "words"), [(7.0, "7 seconds ahead of"), (-90.0, "90 seconds behind")])
def test_clocks_that_differ_are_found(auth, monkeypatch, ahead, words):
    """By more than a few seconds."""
    # F-22
    monkeypatch.setattr(checks, "seconds_ahead", lambda _: ahead)
    (one,) = stores.of_stores(auth)
    assert (one.number, words in one.text) == ("D34", True)


@pytest.mark.parametrize(("count", "words"), [(1, "seals 1 are"), (7, "seals 1, 2, 3, 4, 5, ... are")])
def test_forged_seals_of_the_audit_are_found(auth, monkeypatch, count, words):
    """Some of them are named; the command names all, and what they are about."""
    monkeypatch.setattr(type(auth.audit), "forged_seals", lambda _: list(range(1, count + 1)))
    (one,) = stores.of_stores(auth)
    assert (one.number, one.level, one.fix) == ("D36", "error", "jwt-auth audit verify")
    assert words in one.text


def test_a_store_that_goes_while_it_is_asked_is_an_error(auth, monkeypatch):
    """D03, beside what was found before."""

    def gone(_):
        raise StoreUnavailableError("postgresql", "did not answer within 6 seconds")

    monkeypatch.setattr(checks, "count_unadopted", lambda _: 3)
    monkeypatch.setattr(checks, "is_pooled", gone)
    assert found(stores.of_stores(auth)) == [("D31", "warning"), ("D03", "error")]


def test_a_pooler_is_a_note(auth, monkeypatch):
    """Which is no fault: we work behind one."""
    monkeypatch.setattr(checks, "is_pooled", lambda _: True)
    assert found(stores.of_stores(auth)) == [("D33", "note")]


@pytest.mark.servers
def test_servers_that_are_fit_are_no_finding(on_redis):
    """PostgreSQL and Redis of this machine have its clock, and no pooler stands before them."""
    auth, _ = on_redis
    assert list(stores.of_stores(auth)) == []
    assert abs(checks.seconds_ahead(auth.database)) < 1
    assert checks.seconds_ahead(auth.database, clock=lambda: 0.0) > 1_700_000_000
    assert not checks.is_pooled(auth.database)


@pytest.mark.servers
@pytest.mark.parametrize("ignores_options", [False, True])
def test_a_pooler_is_told_from_a_server(postgres_url, ignores_options):
    """By what it does not tell the server, whether it refuses or drops it."""
    with closing(StandIn(postgres_url, ignores_options=ignores_options)) as pooler:
        made = Auth.from_settings(settings(DATABASE_URL=pooler.url))
        made.migrate()
        assert found(stores.of_stores(made)) == [("D33", "note")]
        made.close()


@pytest.mark.servers
def test_a_redis_that_loses_sessions_is_found(on_redis):
    """When it is full, and when it is restarted; the fixes are commands that it takes."""
    # F-11
    auth, direct = on_redis
    direct.config_set("maxmemory-policy", "allkeys-lru")
    direct.config_set("appendonly", "no")
    findings = list(stores.of_stores(auth))
    assert found(findings) == [("D41", "error"), ("D42", "warning")]
    for one in findings:
        direct.execute_command(*shlex.split(one.fix)[3:])
    assert list(stores.of_stores(auth)) == []


@pytest.mark.servers
def test_an_old_redis_and_one_that_tells_nothing_are_found(on_redis, monkeypatch):
    """By its version; by what its user may not."""
    auth, _ = on_redis
    monkeypatch.setattr(asked, "facts", lambda _: [asked.Facts("6.2.1", "noeviction", True, 0.0)])
    assert found(stores.of_stores(auth)) == [("D40", "error")]

    def forbidden(_):
        raise StoreUnavailableError("redis", "does not let this user run a command that is needed")

    monkeypatch.setattr(asked, "facts", forbidden)
    assert found(stores.of_stores(auth)) == [("D44", "warning")]


def test_a_mailer_that_cannot_log_in_is_found(monkeypatch):
    """By the word of the outbox."""
    url = {
        "MAIL_URL": "smtp://u:p@localhost:1",
        "MAIL_FROM": "a@example.com",
        "PUBLIC_URL": "https://example.com",
    }
    made = Auth.from_settings(settings(**url))
    monkeypatch.setattr(SmtpMailer, "check", lambda _: Undelivered("auth_535", is_down=True))
    (one,) = stores.of_stores(made)
    assert (one.number, "auth_535" in one.text) == ("D60", True)
    made.close()


def test_each_number_has_its_section():
    """And no section is of a number that nobody finds."""
    texts = [path.read_text("utf-8") for path in (ROOT / "jwt_auth_asgi" / "cli").rglob("*.py")]
    numbers = set(re.findall(r'"(D\d\d)"', "".join(texts)))
    page = (ROOT / "docs" / "doctor.md").read_text("utf-8")
    assert set(re.findall(r"^## (D\d\d): ", page, re.MULTILINE)) == numbers
