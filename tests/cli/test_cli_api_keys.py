"""`jwt-auth api-keys list | revoke`."""

import io

import pytest

from jwt_auth_asgi.cli import main
from jwt_auth_core import Auth
from jwt_auth_core.development import development_settings
from jwt_auth_core.vocabulary import Client

ADA = "ada@example.com"


@pytest.fixture
def made(tmp_path, monkeypatch, capsys):
    """Return two keys of Ada's, in an embedded store."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO("correct tidal lantern"))
    names = ["--first-name", "Ada", "--last-name", "L", "--scope", "reports:read"]
    assert main(["users", "add", ADA, *names, "--development"]) == 0
    auth = Auth.from_settings(development_settings())
    create, user_id = auth.api_keys.create, auth.end_user.find(ADA).user_id
    keys = [
        create(user_id, create.parse({"name": "build é", "expires_in_days": days}), Client())
        for days in (None, 1)
    ]
    auth.close()
    capsys.readouterr()
    return keys


def told(capsys, *words):
    """Run a command; return its status and its lines."""
    status = main([*words, "--development"])
    said = capsys.readouterr()
    return status, (said.out + said.err).splitlines()


def test_keys_are_listed(made, capsys):
    """With their times and scopes; a name cannot paint the terminal."""  # LOG-2
    status, lines = told(capsys, "api-keys", "list", ADA)
    assert (status, len(lines)) == (0, 2)
    assert {line.split()[0] for line in lines} == {one.stored.key_id for one in made}
    assert all("used never" in line and "reports:read  'build \\xe9'" in line for line in lines)
    assert sum("ends never" in line for line in lines) == 1


def test_one_is_revoked(made, capsys):
    """By its id; a second time there is none."""
    key_id = made[0].stored.key_id
    assert told(capsys, "api-keys", "revoke", key_id) == (0, [f"revoked {key_id}"])
    assert told(capsys, "api-keys", "revoke", key_id) == (1, ["jwt-auth: no such API key"])


def test_all_of_a_user_are_revoked(made, capsys):
    """By the address of the user."""
    assert len(made) == 2
    assert told(capsys, "api-keys", "revoke", "--all", ADA) == (0, [f"revoked 2 API keys of {ADA}"])
    assert told(capsys, "api-keys", "list", ADA) == (0, [f"{ADA} has no API key"])
