"""`jwt-auth serve --development` where nothing can be written."""

from __future__ import annotations

from jwt_auth_asgi import cli


def test_a_place_that_takes_no_development_key_is_told(tmp_path, monkeypatch, capsys):
    """One sentence names the file, the reason and the variable that would do instead."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JWT_KEY", raising=False)
    (tmp_path / "var").touch()
    assert cli.main(["serve", "--development"]) == 1
    said = capsys.readouterr().err
    assert "JWT_KEY is not set, and a development key cannot be kept in " in said
    assert f"{tmp_path}/var/development-key: " in said
    assert said.count("\n") == 1
