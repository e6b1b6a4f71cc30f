"""`jwt-auth tokens explain -`: the rule that a token breaks under each profile, and nothing of the token."""

from __future__ import annotations

import io

import pytest

from jwt_auth_asgi import cli
from tests.providers.signed import VECTORS


@pytest.fixture
def explained(capsys, monkeypatch):
    """Return what explains a text and returns status, output and errors."""

    def run(text, *more):
        monkeypatch.setattr("sys.stdin", io.StringIO(text + "\n"))
        status = cli.main(["tokens", "explain", "-", *more])
        return status, *capsys.readouterr()

    return run


def test_the_profile_that_fits_is_named(explained):
    """Type, algorithm, the likely issuer, and a line for each profile; the token is not shown."""
    vector = next(vector for vector in VECTORS if vector.profile == "okta")
    token = vector.token()
    status, out, _ = explained(f"Bearer {token}")
    assert status == 0
    assert out.splitlines()[:2] == [
        "its typ is absent, its alg RS256",
        "its issuer looks like okta: profile='okta'",
    ]
    assert "rfc9068      it is not an access token: its header's typ is not at+jwt" in out
    assert not any(part in out for part in token.split("."))


def test_the_expected_parties_are_minded(explained):
    """With an audience of one's own the wrong one is what is broken."""
    vector = next(vector for vector in VECTORS if vector.profile == "okta")
    _, out, _ = explained(vector.token(), "--audience", "api://mine", "--issuer", vector.issuer)
    assert "okta         it is not for this audience (aud)" in out


@pytest.mark.parametrize("text", ["hello", "", "ya29.a0AfB_by", "e30.a.b.c.d"])
def test_no_token_is_one_sentence(explained, text):
    """What is no token is said to be none, and what to do about it, without being shown."""
    status, out, errors = explained(text)
    assert (status, out) == (1, "")
    assert errors.startswith("jwt-auth: invalid access token: it is not three parts of base64url")
    assert "have the issuer write JWT access tokens" in errors
    assert text == "" or text not in errors


@pytest.mark.parametrize(
    "form",
    [
        *("Authorization: Bearer {}\r", "bearer   {}  ", '"{}"', "\n{}", '{{"access_token": "{}"}}', "{},"),
        '{{"access_token":"{}","token_type":"Bearer"}}',  # a whole answer of the token endpoint
        '{{"id_token": "e30.e30.x", "access_token": "{}", "expires_in": 300, "refresh_token": "e30.e30.x"}}',
    ],
)
def test_a_token_is_read_as_it_was_copied(explained, form):
    """With the name of its header or its quotation marks, whatever stands around it."""
    vector = next(vector for vector in VECTORS if vector.profile == "okta")
    status, out, _ = explained(form.format(vector.token()))
    assert (status, out.splitlines()[0]) == (0, "its typ is absent, its alg RS256")


def test_a_token_on_the_command_line_is_refused_and_not_shown(capsys):
    """There other processes could read it; the refusal does not repeat it."""
    token = VECTORS[0].token()
    with pytest.raises(SystemExit):
        cli.main(["tokens", "explain", token])
    assert (said := capsys.readouterr().err).endswith("argument -: the token is read from standard input\n")
    assert not any(part in said for part in token.split("."))
