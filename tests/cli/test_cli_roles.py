"""`jwt-auth roles list | define | grant | revoke`, and what `users show` says of roles."""

from __future__ import annotations

import json

import pytest

from jwt_auth_asgi import cli
from tests.cli.test_cli import register

ADDRESS = "ada@example.com"


@pytest.fixture
def run(auth, capsys):
    """Return what runs a command for a registered user, and returns its lines."""
    register(auth)

    def go(*words: str) -> list[str]:
        assert cli.main(list(words)) == 0
        return capsys.readouterr().out.splitlines()

    return go


def test_a_role_is_defined_granted_and_revoked(run):
    """Each says what is so now; what changed nothing says so."""
    assert run("roles", "define", "editor", "--scope", "posts:*") == ["editor: posts:*"]
    assert run("roles", "define", "guest") == ["guest: grants nothing"]
    assert run("roles", "grant", ADDRESS, "editor") == [f"{ADDRESS} has now: editor"]
    assert run("roles", "grant", ADDRESS, "editor") == [f"{ADDRESS} had already: editor"]
    assert run("roles", "revoke", ADDRESS, "editor") == [f"{ADDRESS} has no longer: editor"]
    assert run("roles", "revoke", ADDRESS, "editor") == [f"{ADDRESS} did not have: editor"]


def test_roles_are_listed(run):
    """By name, with what each grants."""
    run("roles", "define", "guest")
    run("roles", "define", "editor", "--scope", "posts:*", "--scope", "media:read")
    rows = [line.split(maxsplit=1) for line in run("roles", "list")]
    assert rows == [["editor", "media:read posts:*"], ["guest", "grants nothing"]]


def test_programs_read_json(run, auth):
    """One value each."""
    user_id = auth.end_user.find(ADDRESS).user_id
    role = {"role": "editor", "scopes": ["posts:*"]}
    (defined,) = run("roles", "define", "editor", "--scope", "posts:*", "--json")
    (granted,) = run("roles", "grant", ADDRESS, "editor", "--json")
    (listed,) = run("roles", "list", "--json")
    (revoked,) = run("roles", "revoke", ADDRESS, "editor", "--json")
    changed = {"user_id": user_id, "role": "editor", "changed": True}
    assert list(map(json.loads, (defined, granted, listed, revoked))) == [role, changed, [role], changed]


def test_a_user_is_shown_with_where_its_scopes_come_from(run):
    """Granted to it alone, or by which role; without a role there is nothing to tell."""
    assert not any(line.startswith("its own") for line in run("users", "show", ADDRESS))
    run("users", "set-scopes", ADDRESS, "--scope", "media:read")
    run("roles", "define", "editor", "--scope", "posts:*")
    run("roles", "grant", ADDRESS, "editor")
    rows = {line[:16].strip(): line[16:] for line in run("users", "show", ADDRESS)}
    assert (rows["scopes"], rows["its own"]) == ("media:read posts:*", "media:read")
    assert (rows["role editor"], rows["tokens cut off"]) == ("posts:*", "never")


@pytest.mark.usefixtures("run")
def test_a_slip_of_the_pen_is_told(capsys):
    """A role that is none, in one sentence."""
    assert cli.main(["roles", "grant", ADDRESS, "editr"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("jwt-auth: there is no role 'editr'; `jwt-auth roles list`")
