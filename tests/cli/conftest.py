"""An empty directory with one setting, and an `Auth` of another process than the commands'."""

import pytest

from jwt_auth_core import Auth, Settings

KEY = "the command line has a key of its own"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Run each command in an empty directory with one setting."""
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "DB_HOST", "REDIS_URL", "COOKIE_SECURE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JWT_KEY", KEY)
    return tmp_path


@pytest.fixture
def auth(place):  # noqa: ARG001 - its directory is where the stores are made
    """Return the `Auth` of the settings that the commands find."""
    made = Auth.from_settings(Settings.from_env())
    yield made
    made.close()


@pytest.fixture
def served(monkeypatch):
    """Return a list of the applications that uvicorn was asked to serve; it ends at once, as if told to."""
    asked = []

    def run(server):
        asked.append(server.config.app)
        server.started = True

    monkeypatch.setattr("uvicorn.Server.run", run)
    return asked
