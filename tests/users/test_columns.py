"""Columns of an application's own: read with the user where they are asked for."""

import pytest

from jwt_auth_core.errors import SettingsError
from jwt_auth_core.settings import Settings
from jwt_auth_core.users.sql import SqlUsers
from jwt_auth_core.users.user import Columns
from tests.flows.conftest import KEY, world

__all__ = ["world"]


@pytest.fixture
def variables(request):
    """Return which columns are asked for."""
    names = getattr(request, "param", "plan,seats,nowhere")
    return {"USER_COLUMNS": names} if names else {}


@pytest.fixture
def ada(world):
    """Return Ada, whose row has a plan and a number of seats."""
    for column in ("plan TEXT", "seats INTEGER"):
        world.auth.database.query(f"ALTER TABLE users ADD COLUMN {column}")
    user = world.register()
    sql = "UPDATE users SET plan = %s, seats = %s WHERE user_id = %s"
    world.auth.database.query(sql, ("pro", 3, user.user_id))
    return user


def test_a_login_and_a_look_up_bring_them(world, ada):
    """By name; what the table lacks is not there."""
    for user in (world.login().user, world.auth.current_user(ada.user_id)):
        assert dict(user.columns) == {"plan": "pro", "seats": 3}


@pytest.mark.usefixtures("ada")
def test_a_batch_of_refreshes_brings_them_in_one_statement(world, monkeypatch):
    """Each user its own."""
    world.register("eve@example.com")
    held = [world.login().refresh_token, world.login("eve@example.com").refresh_token]
    asked, query = [], type(world.auth.database).query

    def counting(self, sql, *values, **options):
        asked.append("FROM users WHERE user_id IN" in sql)
        return query(self, sql, *values, **options)

    monkeypatch.setattr(type(world.auth.database), "query", counting)
    grants = world.auth.refresh([token.reveal() for token in held])
    assert [grant.user.columns["plan"] for grant in grants] == ["pro", None]
    assert sum(asked) == 1


def test_a_column_that_is_not_there_says_so(world, ada):
    """Whoever misspelled it reads what to do."""
    user = world.auth.current_user(ada.user_id)
    with pytest.raises(KeyError, match="no column 'nowhere': USER_COLUMNS has to name it"):
        user.columns["nowhere"]
    assert "pro" not in repr(user) + repr(user.columns)


@pytest.mark.parametrize("variables", [""], indirect=True)
def test_where_none_is_asked_for_none_is_read(world, ada):
    """The store is the plain one."""
    user = world.auth.current_user(ada.user_id)
    assert (type(world.stores.users), dict(user.columns)) == (SqlUsers, {})
    assert "plan" not in user.columns


def test_nobody_has_none(world, ada):
    """Of a user that is not there nothing is read, nor of one that went."""
    token = world.login().refresh_token
    world.auth.end_user.delete(ada.user_id)
    assert world.stores.users.find(ada.user_id) is None
    (standing,) = world.stores.users.read([(ada.user_id, "nowhere")])
    assert standing.user is None
    (answer,) = world.auth.refresh([token.reveal()])
    assert answer.code in {"session_revoked", "refresh_invalid"}


def test_columns_can_be_compared():
    """They are a mapping, and may stand in a set."""
    assert hash(Columns({"plan": "pro"})) == hash(Columns({"plan": "free"}))
    assert Columns({"plan": "pro"}) == {"plan": "pro"}
    assert len(Columns({"plan": "pro"})) == 1


@pytest.mark.parametrize("names", ["plan;drop", "1st", "a b", '"plan"', "x" * 64, "password_hash"])
def test_only_names_are_columns(names):
    """Nothing else is asked for, and no hash."""
    with pytest.raises(SettingsError, match="USER_COLUMNS"):
        Settings.from_env({"JWT_KEY": KEY, "USER_COLUMNS": names})
