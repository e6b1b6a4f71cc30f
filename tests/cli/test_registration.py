"""`jwt-auth users add` where the public may not register."""

from __future__ import annotations

import io
import sys

from jwt_auth_asgi import cli


def test_users_are_added_where_registration_is_closed(tmp_path, monkeypatch, capsys):
    """What is closed is the public route: the operator goes on."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JWT_KEY", "the command line has a key of its own")
    monkeypatch.setenv("REGISTRATION", "closed")
    monkeypatch.setattr(sys, "stdin", io.StringIO("a long and quiet river\n"))
    assert cli.main(["users", "add", "ada@example.com", "--first-name", "Ada", "--last-name", "B"]) == 0
    assert "added ada@example.com" in capsys.readouterr().out
