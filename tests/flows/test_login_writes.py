"""What a login writes on SQLite, where each transaction of its own waits for the disk: one does."""

from __future__ import annotations

import pytest

from jwt_auth_core.audit import Journal
from jwt_auth_core.database import sqlite
from jwt_auth_core.errors import InvalidCredentialsError, StoreUnavailableError
from tests.flows.ada import at_home, login

pytestmark = pytest.mark.limited


@pytest.fixture
def world(tmp_path):
    """Return a world on a file, where Ada is registered and has logged in before."""
    with at_home(DATABASE_URL=f"sqlite:///{tmp_path}/auth.sqlite3") as world:
        yield world


@pytest.fixture
def written(monkeypatch):
    """Return which transactions end, as they come: "waits" for the disk, or is "light"."""
    found, execute, light = [], sqlite._Connection.execute, set()

    def noted(self, text, values=()):
        before = self._raw.total_changes
        outcome = execute(self, text, values)
        if text.startswith("PRAGMA synchronous"):
            (light.add if "NORMAL" in text else light.discard)(self)
        elif text == "COMMIT" or (self._raw.total_changes > before and not self._raw.in_transaction):
            found.append("light" if self in light else "waits")
        return outcome

    monkeypatch.setattr(sqlite._Connection, "execute", noted)
    return found


def test_a_login_is_one_transaction(world, written):
    """The session, the row of the audit and what the limits give back; only the guess is counted before."""
    login(world)
    assert written == ["light", "waits"]


def test_a_wrong_password_waits_for_no_disk(world, written):
    """The guess, its digest, the count in a row and the row of the audit are written all the same."""
    with pytest.raises(InvalidCredentialsError):
        login(world, "not the right password")
    assert written == ["light"] * 4


def test_a_refusal_writes_nothing(world, written):
    """Who is over a limit costs a look."""
    for number in range(6):
        with pytest.raises(Exception, match=r"Invalid|too many"):
            login(world, f"guess number {number}")
    written.clear()
    with pytest.raises(Exception, match="too many"):
        login(world)
    assert written == []


def test_a_login_that_is_not_written_down_did_not_happen(world, monkeypatch):
    """No session is left, and the guess was not wrong."""
    before = world.auth.list_sessions(login(world).user.user_id)

    def down(_journal, _event):
        raise StoreUnavailableError("sqlite")

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "__call__", down)
        for _ in range(9):
            with pytest.raises(StoreUnavailableError):
                login(world)
    assert world.auth.list_sessions(login(world).user.user_id)[:-1] == before
