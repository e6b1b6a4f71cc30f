"""The commands for keys: what they print, what they change, and what they refuse."""

from __future__ import annotations

import json

import pytest

from jwt_auth_asgi import cli
from jwt_auth_asgi.cli import keys
from tests.keys.made import ED, NOW


@pytest.fixture(autouse=True)
def clock(tmp_path, monkeypatch):
    """Run each command in an empty directory at a moment that the test holds."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JWT_KEY", "the commands for keys have a key of their own")
    monkeypatch.setenv("JWT_KEYS", "keys")
    moment = [NOW]
    monkeypatch.setattr(keys.time, "time", lambda: moment[0])
    return moment


@pytest.fixture
def says(capsys):
    """Return what runs a command and returns its lines."""

    def run(*words):
        assert cli.main(["keys", *words]) == 0
        return capsys.readouterr().out.splitlines()

    return run


@pytest.fixture
def fails(capsys):
    """Return what runs a command that must fail with one sentence, and returns it."""

    def run(*words):
        assert cli.main(["keys", *words]) == 1
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        return err

    return run


def test_a_life_of_a_key(says, fails, clock):
    """Made, joined by another, rotated out, kept for the overlap, retired."""  # JWT-18
    (first,) = says("new")
    name = first.split()[1]
    assert first == f"made {name} (EdDSA) in keys/{name}.jwk; it signs"
    (second,) = says("rotate", "--algorithm", "ES256")
    assert "(ES256) signs from 2027-01-15T08:10:00Z" in second
    clock[0] += 600
    signing, verifying = says("list")
    assert "ES256  signing  made 2027-01-15T08:00:00Z, signs from 2027-01-15T08:10:00Z" in signing
    assert f"{name}  EdDSA  verifying" in verifying
    assert "may go from 2027-01-15T08:26:00Z" in verifying
    assert "960 more seconds" in fails("retire", name)
    clock[0] += 960
    assert says("retire", name) == [f"retired {name}; what it signed is refused within a second"]
    assert len(says("list")) == 1


def test_the_overlap_follows_the_setting(says, fails, clock, monkeypatch):
    """A longer life of access tokens keeps a key longer."""  # JWT-18
    monkeypatch.setenv("ACCESS_TOKEN_TTL_SECONDS", "3600")
    name = says("new")[0].split()[1]
    says("rotate", "--lead", "5")
    clock[0] += 5
    assert "3660 more seconds" in fails("retire", name)


def test_a_leaked_key_goes_while_it_signs(says, fails):
    """Only where another can take over."""
    name = says("new")[0].split()[1]
    assert "keys new first" in fails("retire", "--leaked", name)
    assert "waits" in says("new")[0]
    says("retire", "--leaked", name)
    assert "signing" in says("list")[0]


def test_a_directory_may_be_named(says):
    """The option wins over the setting."""
    assert "in other/" in says("new", "--directory", "other")[0]
    assert len(says("list", "--directory", "other")) == 1


@pytest.mark.parametrize("value", ["", "-----BEGIN PRIVATE KEY-----", json.dumps(ED.private_jwk())])
def test_a_directory_must_be_known(fails, monkeypatch, value):
    """Keys in a variable are the operator's to change."""
    monkeypatch.setenv("JWT_KEYS", value)
    assert (
        fails("list")
        == "jwt-auth: invalid settings: JWT_KEYS names no directory; set it, or give --directory\n"
    )


def test_a_wrong_lead_is_refused(fails):
    """The sentence has the limit."""
    assert "at least 5 seconds" in fails("rotate", "--lead", "1")
