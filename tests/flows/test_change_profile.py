"""Change the profile: names and nothing else, one or both."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import InvalidInputError, QueryError, UserNotFoundError
from jwt_auth_core.flows.account.change_profile import ProfileChange
from jwt_auth_core.users.profile import SqlProfiles
from jwt_auth_core.vocabulary import Client
from tests.databases import opened
from tests.flows.parts import goes_on

CLIENT = Client("192.0.2.1", "a browser")
OLD_TABLE = """
    CREATE TABLE users (user_id UUID, first_name VARCHAR(5), last_name TEXT CHECK (last_name <> 'X'))
"""
NOBODY = "7d3ef1a2-0b9c-4c57-9a51-3f6f1f0e2d84"


def change(world, user_id, **names):
    """Change the names of a user."""
    return world.auth.change_profile(user_id, ProfileChange.parse(names), CLIENT)


@pytest.mark.parametrize(
    "names", [{"first_name": "Augusta"}, {"last_name": "King"}, {"first_name": "A", "last_name": "K"}]
)
def test_names_are_changed(world, names):
    """What is left out stays; the answer is the user as it is stored, whose sessions go on."""
    user, grant = world.register(), world.login()
    changed = change(world, user.user_id, **names)
    expected = {"first_name": "Ada", "last_name": "L", **names}
    assert {name: getattr(changed, name) for name in expected} == expected
    assert world.stores.users.find(user.user_id) == changed
    assert goes_on(world.auth, grant)
    event = world.events[-1]
    assert (event.name, event.user_id, event.client) == ("profile_changed", user.user_id, CLIENT)


def test_nothing_to_change_changes_nothing(world):
    """Nor is it written down."""
    user = world.register()
    assert change(world, user.user_id, email="b@example.com") == user
    assert "profile_changed" not in world.names()


@pytest.mark.parametrize("act", ["nobody", "disabled"])
def test_who_is_not_there_changes_nothing(world, act):
    """Disabled is as good as gone."""
    user = world.register()
    world.auth.end_user.disable(user.user_id)
    with pytest.raises(UserNotFoundError):
        change(world, NOBODY if act == "nobody" else user.user_id, first_name="A")


def test_who_vanishes_meanwhile_changes_nothing(world, monkeypatch):
    """And nothing is written down."""
    user = world.register()
    monkeypatch.setattr(SqlProfiles, "rename", lambda *_arguments, **_names: False)
    with pytest.raises(UserNotFoundError):
        change(world, user.user_id, first_name="A")
    assert "profile_changed" not in world.names()


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"first_name": None, "last_name": 7}, {"first_name", "last_name"}),
        ({"first_name": " "}, {"first_name"}),
        ({"last_name": "x" * 201}, {"last_name"}),
        ({"last_name": "a\u202eb"}, {"last_name"}),
    ],
)
def test_names_are_those_of_a_registration(values, fields):
    """Every field that is none is named."""
    with pytest.raises(InvalidInputError) as caught:
        ProfileChange.parse(values)
    assert {error.field for error in caught.value.errors} == fields


@pytest.mark.servers
def test_a_table_that_was_there_may_hold_less(request, tmp_path):
    """A name that is longer than its column is the client's to mend; any other fault is not."""
    with opened("postgres", request, tmp_path) as database:
        database.query(OLD_TABLE)
        database.query("INSERT INTO users VALUES (%s, 'Ada', 'L')", (NOBODY,))
        profiles = SqlProfiles(database)
        with pytest.raises(InvalidInputError, match="first_name: must be at most 5 characters long"):
            profiles.rename(NOBODY, first_name="Augusta", last_name=None)
        with pytest.raises(QueryError):
            profiles.rename(NOBODY, first_name=None, last_name="X")
        assert profiles.rename(NOBODY, first_name="Mary", last_name=None)
