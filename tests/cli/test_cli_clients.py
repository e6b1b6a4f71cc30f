"""`jwt-auth clients add | list | rotate | remove`."""

import inspect
import json

import pytest

from jwt_auth_asgi.cli import main
from jwt_auth_core.flows.clients.manage_clients import ManageClients
from tests.clients.signing import jwks, key_pair
from tests.house.sources import ROOT

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


def test_the_page_says_how_long_each_overlap_is():
    """A command that names none gives a day, and a call none."""
    page = (ROOT / "docs" / "machines.md").read_text("utf-8")
    seconds = [
        inspect.signature(rotate).parameters["overlap_seconds"].default
        for rotate in (ManageClients.rotate, ManageClients.rotate_keys)
    ]
    assert seconds == [0, 0]
    assert "`rotate` and `rotate_keys` have no overlap\nunless `overlap_seconds=86400`" in page
    assert "[--overlap-hours 24]" in page


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


def test_a_client_lives_by_keys(capsys, tmp_path):
    """What was taken of its key set is said; none of it is a secret."""
    one, other = key_pair(), key_pair("ES256")
    (tmp_path / "one.json").write_bytes(jwks(one))
    (tmp_path / "both.json").write_bytes(jwks(other, one))
    names = [f"ES256:{other.key_id}", f"EdDSA:{one.key_id}"]
    added = told(capsys, "add", "billing", "--scope", "a", "--jwks", "one.json")
    assert added == (0, [f"billing proves itself by {names[1]}"])
    assert told(capsys, "list") == (0, [f"billing  a  -  {names[1]}"])
    rotated = told(capsys, "rotate", "billing", "--jwks", "both.json")
    assert rotated == (0, [f"billing proves itself by {' '.join(names)}"])
    status, (said,) = told(capsys, "rotate", "billing")
    assert (status, "by keys" in said) == (1, True)


def test_a_key_set_has_to_be_one(capsys, tmp_path):
    """A private key is not taken, nor a file that is not there."""
    (tmp_path / "private.json").write_text(json.dumps({"keys": [key_pair().private_jwk()]}))
    status, lines = told(capsys, "add", "billing", "--jwks", "private.json")
    assert (status, "private" in lines[-1]) == (1, True)
    with pytest.raises(SystemExit):
        told(capsys, "add", "billing", "--jwks", "nowhere.json")
    assert "nowhere.json cannot be read: No such file" in capsys.readouterr().err


@pytest.mark.parametrize("hours", ["-1", "721", "x", "1.5", ""])
def test_an_overlap_has_a_range(capsys, hours):
    """It is named, in one line."""
    with pytest.raises(SystemExit):
        told(capsys, "rotate", "billing", f"--overlap-hours={hours}")
    assert capsys.readouterr().err.splitlines()[-1].endswith("must be a whole number from 0 to 720")


def test_a_client_that_may_exchange_is_listed_so(capsys):
    """For each audience; one that cannot be is refused."""
    told(capsys, "add", "agent", "--may-exchange", API, "--may-exchange", "billing")
    assert told(capsys, "list") == (0, [f"agent  -  -  may-exchange:{API}  may-exchange:billing"])
    status, lines = told(capsys, "add", "other", "--may-exchange", "a b")
    assert (status, "may_exchange" in lines[-1]) == (1, True)
