"""The list of users: by the beginning of an address, by state, by role; page by page."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import InvalidInputError
from tests.flows.conftest import variables, world

__all__ = ["variables", "world"]


@pytest.fixture
def ids(world):
    """Return the ids of five users, by what stands before the @ of their addresses."""
    names = ("ada", "ad_a", "adb", "bob", "ad%a")
    return {name: world.register(email=f"{name}@example.com").user_id for name in names}


def names(page):
    """Return what stands before the @ of the listed addresses."""
    return [one.email.partition("@")[0] for one in page]


def test_all_are_listed_by_address(world, ids):
    """Each once, in the order of octets, with what a list shows."""
    page = world.auth.list_users()
    assert names(page) == ["ad%a", "ad_a", "ada", "adb", "bob"]
    assert {one.user_id for one in page} == set(ids.values())
    assert [one.disabled_at for one in page] == [None] * 5


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize(
    ("prefix", "expected"),
    [("ad_", ["ad_a"]), ("ad%", ["ad%a"]), (" ADA", ["ada"]), ("b", ["bob"]), ("\\", []), ("ada@", ["ada"])],
)
def test_a_prefix_stands_for_itself(world, prefix, expected):
    """No character of it is a pattern; case and spaces around it do not matter."""
    assert names(world.auth.list_users(prefix)) == expected


@pytest.mark.usefixtures("ids")
def test_pages_follow_each_other(world):
    """By the place of the last one; the end is an empty page."""
    first = world.auth.list_users("ad", limit=3)
    second = world.auth.list_users("ad", limit=3, after=first[-1].place)
    assert names(first) + names(second) == ["ad%a", "ad_a", "ada", "adb"]
    assert not world.auth.list_users("ad", after=second[-1].place)


def test_the_disabled_are_listed_alone(world, ids):
    """With the time since when, and by prefix as well."""
    world.auth.end_user.disable(ids["bob"])
    (found,) = world.auth.list_users(state="disabled")
    assert (found.user_id, found.disabled_at is None) == (ids["bob"], False)
    assert not world.auth.list_users("ad", state="disabled")


def test_those_of_a_role_are_listed_by_id(world, ids):
    """Page by page; of a role that nobody has, or that is none, nobody."""
    world.auth.roles.define("editor", {"posts:*"})
    for name in ("ada", "bob", "adb"):
        world.auth.roles.grant(ids[name], "editor")
    first = world.auth.list_users.of_role("editor", limit=2)
    second = world.auth.list_users.of_role("editor", limit=2, after=first[-1].place)
    assert [one.user_id for one in (*first, *second)] == sorted(ids[name] for name in ("ada", "bob", "adb"))
    assert not world.auth.list_users.of_role("nobody")


@pytest.mark.parametrize("text", ["\0", "\ud800"])
def test_what_cannot_be_stored_is_refused(world, text):
    """In each of the texts, by its name."""
    with pytest.raises(InvalidInputError) as raised:
        world.auth.list_users(text, after=text)
    assert [one.field for one in raised.value.errors] == ["prefix", "after"]


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_page_is_bounded(world, limit):
    """Whatever is asked for."""
    with pytest.raises(InvalidInputError, match="limit"):
        world.auth.list_users.of_role("editor", limit=limit)


def test_a_place_that_is_no_id_begins_anew(world, ids):
    """Rather than failing in a database whose ids are UUIDs."""
    world.auth.roles.define("editor", {"posts:*"})
    world.auth.roles.grant(ids["ada"], "editor")
    assert names(world.auth.list_users.of_role("editor", after="ada@example.com")) == ["ada"]
