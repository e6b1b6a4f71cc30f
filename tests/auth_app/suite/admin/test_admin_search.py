"""The admin's search: a page at a time, by the beginning of an address, a state, a role or an id."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.admin.people import EVE, NOBODY, USERS
from tests.auth_app.suite.client import ADA, fields, problem


def test_users_come_page_by_page(ada, mine, eve):
    """By address; each page says where the next one begins, the last one that there is none."""
    first = ada.get(USERS, params={"limit": 1}, headers=mine).json()
    assert [one["email"] for one in first["users"]] == [ADA["email"]]
    second = ada.get(USERS, params={"limit": 1, "cursor": first["next"]}, headers=mine).json()
    listed = {key: EVE[key] for key in ("email", "first_name", "last_name")}
    assert second == {"users": [{"user_id": eve, **listed, "disabled_at": None}], "next": None}


@pytest.fixture
def editor(world, eve):
    """Return the id of a user who has a role, and is disabled."""
    world.auth.roles.grant(eve, "editor")
    world.auth.end_user.disable(eve)
    return eve


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"prefix": "EV"}, ["eve"]),
        ({"prefix": "%"}, []),
        ({"prefix": "e_e"}, []),
        ({"prefix": "e\\"}, []),
        ({"state": "disabled"}, ["eve"]),
        ({"state": "enabled"}, ["ada"]),
        ({"state": "enabled", "prefix": "e"}, []),
        ({"role": "editor"}, ["eve"]),
        ({"role": "nobody"}, []),
        ({"role": "editor", "prefix": "EV"}, ["eve"]),
        ({"role": "editor", "prefix": "ad"}, []),
        ({"role": "editor", "state": "disabled"}, ["eve"]),
        ({"role": "editor", "state": "enabled", "prefix": "e"}, []),
        ({"role": "nobody", "prefix": "e"}, []),
        ({"id": NOBODY}, []),
        ({"prefix": "", "cursor": ""}, ["ada", "eve"]),
    ],
)
def test_users_are_found(ada, mine, editor, query, expected):  # noqa: ARG001 - who is there
    """By the beginning of an address, as it is written; by state, role or id."""
    found = ada.get(USERS, params=query, headers=mine).json()["users"]
    assert [one["email"].partition("@")[0] for one in found] == expected


def test_a_user_is_found_by_its_id(ada, mine, eve):
    """And is alone on the page."""
    found = ada.get(USERS, params={"id": eve}, headers=mine).json()
    assert [one["user_id"] for one in found["users"]] == [eve]
    assert found["next"] is None


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("limit=0", ["limit"]),
        ("limit=201", ["limit"]),
        ("limit=x", ["limit"]),
        ("cursor=%21", ["cursor"]),
        ("cursor=AAAA", ["cursor"]),
        ("id=42", ["id"]),
        ("state=asleep&limit=0x", ["limit", "state"]),
        ("prefx=a", ["query"]),
        ("prefix=a&prefix=b", ["prefix"]),
        ("prefix=" + "a" * 1001, ["prefix"]),
        ("prefix=%00", ["prefix"]),
        (f"id={NOBODY}&role=editor&prefix=a&state=enabled", ["prefix", "role", "state"]),
        ("role=editor&prefix=%00", ["prefix"]),
        ("role=%00&state=enabled", ["role"]),
    ],
)
def test_a_query_that_is_none_is_refused(ada, mine, query, wrong):
    """Every parameter that is wrong is named at once; one that is misspelt is no filter that is left out."""
    answer = ada.get(f"{USERS}?{query}", headers=mine)
    assert problem(answer) == (422, "invalid_input")
    assert sorted(fields(answer)) == wrong
