"""`jwt-auth users list | show | set-scopes | keep | erase`."""

from __future__ import annotations

import json

from jwt_auth_asgi import cli
from jwt_auth_core import Client
from jwt_auth_core.flows.sessions.login import LoginAttempt
from tests.cli.test_cli import ADA, register


def test_a_user_is_shown(auth, capsys):
    """All that an operator may want to know, and no hash."""
    user = register(auth)
    auth.login(LoginAttempt.parse(ADA), Client())
    assert cli.main(["users", "show", "ada@example.com"]) == 0
    shown = capsys.readouterr().out
    rows = {line[:16].strip(): line[16:] for line in shown.splitlines()}
    assert (rows["user id"], rows["scopes"]) == (user.user_id, "none")
    assert (rows["state"], rows["sessions"]) == ("enabled", "1")
    assert "argon2" not in shown


def test_what_opens_the_account_is_shown(auth, capsys):
    """Keys with their scopes, devices, codes that are left and wrong passwords; of a disabled user, too."""
    user = register(auth)
    auth.login(LoginAttempt.parse(ADA), Client())
    create = auth.api_keys.create
    create(user.user_id, create.parse({"name": "nightly build"}), Client())
    auth.login.limits.failures.count(user.user_id, most=100)
    auth.database.query("UPDATE auth_accounts SET disabled_at = 1 WHERE user_id = %s", (user.user_id,))
    assert cli.main(["users", "show", "ada@example.com"]) == 0
    rows = {line[:16].strip(): line[16:] for line in capsys.readouterr().out.splitlines()}
    assert (rows["API keys"], rows["known devices"]) == ("nightly build (no scope)", "1")
    assert (rows["passkeys"], rows["code apps"], rows["recovery codes"]) == ("none", "none", "0")
    assert rows["providers"] == "none"
    assert rows["wrong in a row"] == "1 passwords"


def test_a_disabled_user_is_shown_disabled(auth, capsys):
    """With the moment since when."""
    auth.end_user.disable(register(auth).user_id)
    assert cli.main(["users", "show", "ada@example.com"]) == 0
    assert "disabled since 20" in capsys.readouterr().out


def test_what_a_user_is_called_cannot_paint_the_terminal(auth, capsys):
    """Control characters of a row that was there are shown, not sent."""  # LOG-2
    register(auth)
    auth.database.query("UPDATE users SET first_name = %s", ("\x1b[31mAda",))
    assert cli.main(["users", "show", "ada@example.com"]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_scopes_are_replaced(auth, capsys):
    """All of them at once; without one, none are left."""
    register(auth)
    words = ["users", "set-scopes", "ada@example.com"]
    assert cli.main([*words, "--scope", "topics:read", "--scope", "admin"]) == 0
    assert auth.end_user.find("ada@example.com").scopes == {"topics:read", "admin"}
    assert cli.main(words) == 0
    assert auth.end_user.find("ada@example.com").scopes == frozenset()
    assert capsys.readouterr().out.splitlines()[1] == "ada@example.com has now: no scope"


def test_a_scope_that_cannot_be_is_told(auth, capsys):
    """The sentence says so; nothing is changed."""
    register(auth)
    assert cli.main(["users", "set-scopes", "ada@example.com", "--scope", "two words"]) == 1
    said = capsys.readouterr().err
    assert ("scope" in said, "Traceback" in said) == (True, False)


def test_users_are_listed(auth, capsys):
    """Id, state, address and the place where the next page begins."""
    user = register(auth)
    assert cli.main(["users", "list", "--prefix", "ad"]) == 0
    words = capsys.readouterr().out.split()
    assert words == [user.user_id, "enabled", "ada@example.com", "ada@example.com"]
    assert cli.main(["users", "list", "--after", words[-1]]) == 0
    assert not capsys.readouterr().out


def test_the_disabled_and_those_of_a_role_are_listed_for_programs(auth, capsys):
    """As one JSON value."""
    user = register(auth)
    auth.roles.define("editor", {"posts:*"})
    auth.roles.grant(user.user_id, "editor")
    auth.end_user.disable(user.user_id)
    for asked in (["--disabled"], ["--role", "editor"]):
        assert cli.main(["users", "list", "--json", *asked]) == 0
        (found,) = json.loads(capsys.readouterr().out)
        assert (found["user_id"], found["disabled_at"] is None) == (user.user_id, False)


def test_a_role_and_a_state_do_not_go_together(auth, capsys):
    """There is no index for both."""
    register(auth)
    assert cli.main(["users", "list", "--role", "editor", "--disabled"]) == 1
    assert "--disabled" in capsys.readouterr().err


def test_a_deletion_is_shown_and_taken_back(auth, capsys):
    """Once; whoever was not on the way out is told apart."""
    user = register(auth)
    auth.database.query(
        "UPDATE auth_accounts SET deletion_at = 4000000000 WHERE user_id = %s", (user.user_id,)
    )
    assert cli.main(["users", "show", "ada@example.com"]) == 0
    assert "to be erased    2096-10-02" in capsys.readouterr().out
    words = ["users", "keep", "ada@example.com"]
    assert (cli.main(words), cli.main(words)) == (0, 1)
    assert [line.partition("com ")[2] for line in capsys.readouterr().out.splitlines()] == [
        "stays",
        "was not to be deleted, or it is too late",
    ]


def test_a_user_is_erased(auth, capsys):
    """At once, and once."""
    register(auth)
    words = ["users", "erase", "ada@example.com"]
    assert cli.main(words) == 0
    assert "erased ada@example.com" in capsys.readouterr().out
    assert cli.main(words) == 1
    assert [row.name for row in auth.audit.newest(1)] == ["user_erased"]
