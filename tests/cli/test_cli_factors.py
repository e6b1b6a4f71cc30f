"""`jwt-auth factors reset` and `jwt-auth keys reencrypt`."""

import io

import pyotp
import pytest

from jwt_auth_asgi.cli import main
from jwt_auth_core import Auth
from jwt_auth_core.development import development_settings
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.vocabulary import Client

ADA, PASSWORD = "ada@example.com", "correct tidal lantern"


@pytest.fixture
def enrolled(tmp_path, monkeypatch, capsys):
    """Have Ada enrol an app, in an embedded store."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD))
    assert main(["users", "add", ADA, "--first-name", "Ada", "--last-name", "L", "--development"]) == 0
    auth = Auth.from_settings(development_settings())
    grant = auth.login(LoginAttempt.parse({"email": ADA, "password": PASSWORD}), Client())
    claims, factors = auth.claims_of(grant.access_token), auth.factors
    made = factors.enrol_totp(grant.user.user_id, "phone", claims)
    code = factors.confirm_totp.parse({"code": pyotp.TOTP(made.secret.reveal()).now()})
    factors.confirm_totp(grant.user.user_id, code, Client(), claims)
    auth.close()
    capsys.readouterr()


def told(capsys, *words):
    """Run a command; return its status and what it said."""
    status = main([*words, "--development"])
    said = capsys.readouterr()
    return status, (said.out + said.err).strip()


@pytest.mark.usefixtures("enrolled")
def test_an_operator_resets_second_factors(capsys):
    """Once; then there is nothing to reset."""
    assert told(capsys, "factors", "reset", ADA) == (0, f"{ADA} has no second factor any more")
    assert told(capsys, "factors", "reset", ADA) == (0, f"{ADA} had no second factor")


@pytest.mark.usefixtures("enrolled")
def test_an_unknown_address_has_none_to_reset(capsys):
    """The status says so."""
    assert told(capsys, "factors", "reset", "eve@example.com")[0] == 1


@pytest.mark.usefixtures("enrolled")
def test_under_the_newest_key_there_is_nothing_to_encrypt_anew(capsys):
    """It says how many values it did."""
    status, said = told(capsys, "keys", "reencrypt")
    assert (status, said.split(";")[0]) == (0, "encrypted 0 values anew")


@pytest.mark.usefixtures("enrolled")
def test_the_doctor_refuses_keys_that_lack_one_in_use(capsys, monkeypatch):
    """It names the key by its id, as start-up does."""
    settings = development_settings()
    monkeypatch.setenv("JWT_KEY", settings.jwt_key.reveal())
    monkeypatch.setenv("DATABASE_URL", settings.database_url.reveal())
    monkeypatch.setenv("ENCRYPTION_KEYS", "another key than the one that encrypted the secrets")
    assert main(["doctor"]) == 2
    said = capsys.readouterr().out
    assert "which authenticator apps name" in said
    monkeypatch.delenv("ENCRYPTION_KEYS")
    assert main(["doctor"]) == 2
