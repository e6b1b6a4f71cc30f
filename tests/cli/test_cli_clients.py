"""`jwt-auth clients add | list | rotate | remove`."""

import pytest

from jwt_auth_asgi.cli import main

API = "https://api.example.com"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Have an empty working directory."""
    monkeypatch.chdir(tmp_path)


def told(capsys, *words):
    """Run a command; return its status and its lines."""
    status = main(["clients", *words, "--development"])
    said = capsys.readouterr()
    return status, (said.out + said.err).splitlines()


def test_a_client_lives(capsys):
    """Added, listed, rotated and removed; each secret is printed once, alone on its line."""
    assert told(capsys, "list") == (0, ["no service client"])
    status, (secret,) = told(capsys, "add", "billing", "--scope", "b", "--scope", "a:*", "--resource", API)
    assert (status, secret.startswith("jcs_"), len(secret)) == (0, True, 47)
    assert told(capsys, "list") == (0, [f"billing  a:* b  {API}"])
    status, (other,) = told(capsys, "rotate", "billing")
    assert (status, other.startswith("jcs_"), other != secret) == (0, True, True)
    assert told(capsys, "rotate", "billing", "--overlap-hours", "0")[0] == 0
    assert told(capsys, "remove", "billing") == (0, ["removed billing; its tokens are over"])
    assert told(capsys, "remove", "billing") == (1, ["jwt-auth: no such client"])


def test_without_wishes_it_has_nothing(capsys):
    """No scope and no resource."""
    told(capsys, "add", "billing")
    assert told(capsys, "list") == (0, ["billing  -  -"])
    assert told(capsys, "add", "billing")[0] == 1
