"""`jwt-auth users show | set-scopes`."""

from __future__ import annotations

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
