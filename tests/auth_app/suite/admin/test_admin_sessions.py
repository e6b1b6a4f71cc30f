"""The admin sees the sessions of all users: the newest first, by user, address and time, page by page."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.admin.people import ADDRESS, API, EVE, NOBODY, USERS, log_in
from tests.auth_app.suite.client import ADA, Client, fields, problem

SESSIONS = f"{API}/sessions"
ELSEWHERE = "2001:db8::7"


@pytest.fixture
def five(ada, world, mine, eve):  # noqa: ARG001 - Ada's own session is the first of them
    """Let Eve log in four times, each a second after the other, the last time from elsewhere."""
    for number in range(4):
        world.now += 1
        client = Client(ada.app)
        if number == 3:
            client.peer = (ELSEWHERE, 4711)
        client.login(email=EVE["email"])
    return mine


def asked(ada, mine, **query):
    """Return a page of sessions."""
    answer = ada.get(SESSIONS, params=query, headers=mine)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def test_the_newest_come_first(ada, five):
    """Each says whose it is, since when and from where."""
    found = asked(ada, five)
    assert [one["email"] for one in found["sessions"]] == [EVE["email"]] * 4 + [ADA["email"]]
    newest = found["sessions"][0]
    assert (newest["created_at"], newest["address"]) == ("2027-01-15T08:00:04Z", ELSEWHERE)
    assert (newest["first_name"], newest["last_name"], found["next"]) == ("Eve", "Adams", None)


def test_pages_follow_each_other(ada, five):
    """Each session is on one of them."""
    whole, pages, cursor = asked(ada, five)["sessions"], [], ""
    while cursor is not None:
        page = asked(ada, five, limit=2, cursor=cursor)
        pages += page["sessions"]
        cursor = page["next"]
    assert pages == whole


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"email": " EVE@example.com "}, [4, 3, 2, 1]),
        ({"email": "nobody@example.com"}, []),
        ({"user": NOBODY}, []),
        ({"address": ADDRESS}, [3, 2, 1, 0]),
        ({"address": "2001:DB8:0::7"}, [4]),
        ({"email": EVE["email"], "address": ADDRESS, "since": "2027-01-15T08:00:02Z"}, [3, 2]),
        ({"until": "2027-01-15T08:00:02Z"}, [1, 0]),
        ({"since": "2027-01-15T08:00:02Z", "until": "2027-01-15T08:00:04Z", "limit": 1}, [3]),
    ],
)
def test_they_are_found_by_user_address_and_time(ada, five, query, expected):
    """In any combination."""
    found = asked(ada, five, **query)["sessions"]
    assert [int(one["created_at"][-3:-1]) for one in found] == expected


def test_they_are_found_by_the_id_of_a_user(ada, five, eve):
    """As by the address."""
    assert asked(ada, five, user=eve) == asked(ada, five, email=EVE["email"])


def test_what_is_over_is_left_out(ada, five, eve):
    """However it ended; a page goes on behind it."""
    newest, second, *_ = asked(ada, five)["sessions"]
    for one in (newest, second):
        ada.send("DELETE", f"{USERS}/{eve}/sessions/{one['session_id']}", headers=five)
    assert len(asked(ada, five)["sessions"]) == 3
    ada.send("DELETE", f"{USERS}/{eve}/sessions", headers=five)
    assert [one["email"] for one in asked(ada, five, limit=1)["sessions"]] == [ADA["email"]]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("limit=0", ["limit"]),
        ("limit=201", ["limit"]),
        ("cursor=%21", ["cursor"]),
        ("cursor=MQ", ["cursor"]),
        ("user=42", ["user"]),
        ("email=nonsense", ["email"]),
        ("address=here&since=later", ["since"]),
        ("address=here", ["address"]),
        (f"user={NOBODY}&email=eve@example.com", ["email"]),
        ("adress=203.0.113.9", ["query"]),
    ],
)
def test_a_query_that_is_none_is_refused(ada, mine, query, wrong):
    """Every parameter that is wrong is named."""
    answer = ada.get(f"{SESSIONS}?{query}", headers=mine)
    assert problem(answer) == (422, "invalid_input")
    assert sorted(fields(answer)) == wrong


def test_it_is_for_admins(ada, mine, eve):  # noqa: ARG001 - who is there
    """With the scope."""
    token = log_in(ada).json()["access_token"]
    answer = ada.get(SESSIONS, headers={"authorization": f"Bearer {token}"})
    assert problem(answer) == (403, "insufficient_scope")
