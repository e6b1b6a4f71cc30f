"""The admin reads the audit: the newest first, by user, event and time; and all of it, line by line."""

from __future__ import annotations

import csv
import json

import pytest

from jwt_auth_core.flows.admin import read_audit
from tests.auth_app.suite.admin.people import ADDRESS, API, EVE, USERS, bearer, log_in
from tests.auth_app.suite.client import ADA, fields, problem

AUDIT = f"{API}/audit"


def types(answer):
    """Return the types of the events of an answer."""
    return [event["type"] for event in answer.json()["events"]]


def test_the_newest_comes_first(ada, admin, mine, eve):
    """An event says who did what to whom, from where."""
    ada.post(f"{USERS}/{eve}/disable", headers=mine)
    answer = ada.get(AUDIT, headers=mine)
    newest = answer.json()["events"][0]
    assert (newest["type"], newest["user_id"], newest["actor"]) == ("user_disabled", eve, admin)
    assert (newest["at"], newest["address"], newest["facts"]) == ("2027-01-15T08:00:00Z", ADDRESS, {})
    assert types(answer)[-1] == "user_registered"


def test_facts_are_what_they_are(ada, mine, eve):
    """What an event has beside the fields of all."""
    ada.send("PUT", f"{USERS}/{eve}/roles/editor", headers=mine)
    (event,) = ada.get(AUDIT, params={"type": "role_granted"}, headers=mine).json()["events"]
    assert event["facts"] == {"role": "editor"}


def test_a_row_that_somebody_edited_is_shown_all_the_same(ada, world, mine):
    """What is no time and no JSON any more breaks no page."""
    world.auth.database.query("UPDATE auth_audit SET at = %s, facts = %s WHERE id = 1", (2**60, "no JSON"))
    world.auth.database.query("UPDATE auth_audit SET facts = %s WHERE id = 2", ("[1]",))
    events = ada.get(AUDIT, headers=mine).json()["events"]
    assert [event["facts"] for event in events[-2:]] == [{"unreadable": "[1]"}, {"unreadable": "no JSON"}]
    assert events[-1]["at"] is None


def test_pages_follow_each_other(ada, mine, eve):  # noqa: ARG001 - who is there
    """By the `next` of the one before; each row once."""
    whole = types(ada.get(AUDIT, headers=mine))
    found, cursor = [], ""
    while cursor is not None:
        page = ada.get(AUDIT, params={"limit": 2, "cursor": cursor}, headers=mine)
        found, cursor = found + types(page), page.json()["next"]
    assert found == whole
    assert len(whole) >= 4


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["login_succeeded", "login_failed", "user_registered"]),
        ({"type": "login_failed"}, ["login_failed"]),
        ({"since": "2027-01-15T08:01:40Z"}, ["login_succeeded"]),
        ({"since": "2027-01-15T09:01:40+01:00", "type": "login_succeeded"}, ["login_succeeded"]),
        ({"since": "2027-01-15"}, ["login_succeeded", "login_failed", "user_registered"]),
        ({"since": "2027-01-16"}, []),
        ({"type": "token_revoked"}, []),
        ({"outcome": "failure"}, ["login_failed"]),
        ({"until": "2027-01-15T08:01:40Z", "outcome": "success"}, ["user_registered"]),
    ],
)
def test_events_are_found(ada, world, mine, query, expected):
    """Those of a user, of a type, since a time."""
    eve = ada.register(**EVE).json()["user_id"]
    log_in(ada, password="a wrong pass phrase")
    world.now += 100
    log_in(ada)
    assert types(ada.get(AUDIT, params={"user": eve, **query}, headers=mine)) == expected


def test_those_of_nobody_are_none(ada, mine):
    """Not an error."""
    assert types(ada.get(AUDIT, params={"user": "eve"}, headers=mine)) == []


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("type=login&limit=0&since=yesterday", ["limit", "since", "type"]),
        ("cursor=YWJj", ["cursor"]),
        ("outcome=fine&until=today", ["outcome", "until"]),
        ("cursor=!", ["cursor"]),
        ("users=eve", ["query"]),
    ],
)
def test_a_query_that_is_none_is_refused(ada, mine, query, wrong):
    """Every parameter that is wrong is named at once."""
    answer = ada.get(f"{AUDIT}?{query}", headers=mine)
    assert problem(answer) == (422, "invalid_input")
    assert sorted(fields(answer)) == wrong


@pytest.fixture(params=[2, 1000])
def at_once(request, monkeypatch):
    """Return how many rows are read at once."""
    monkeypatch.setattr(read_audit, "AT_ONCE", request.param)
    return request.param


@pytest.mark.usefixtures("at_once")
def test_all_of_it_is_exported(ada, world, mine, eve):
    """The oldest first, one JSON object a line, as the command line prints it."""
    answer = ada.get(f"{AUDIT}/export", headers=mine)
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert answer.headers["cache-control"] == "no-store"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines == [row.shown() for row in world.auth.audit.rows()]
    mine_alone = ada.get(f"{AUDIT}/export", params={"user": eve}, headers=mine)
    assert [json.loads(line)["name"] for line in mine_alone.text.splitlines()] == ["user_registered"]


def test_an_export_is_of_a_type_and_a_time(ada, world, mine, eve):
    """As a page is; where nothing is, it is empty."""
    world.now += 100
    ada.post(f"{USERS}/{eve}/disable", headers=mine)
    query = {"user": eve, "type": "user_disabled", "since": "2027-01-15T08:01:40Z"}
    assert len(ada.get(f"{AUDIT}/export", params=query, headers=mine).text.splitlines()) == 1
    assert ada.get(f"{AUDIT}/export", params={**query, "since": "2028-01-01"}, headers=mine).text == ""
    assert problem(ada.get(f"{AUDIT}/export?limit=1", headers=mine)) == (422, "invalid_input")


def test_an_export_is_for_admins(ada, eve):  # noqa: ARG001 - who is there
    """Nobody else sees a line."""
    theirs = bearer(log_in(ada))
    assert problem(ada.get(f"{AUDIT}/export", headers=theirs)) == (403, "insufficient_scope")
    assert ADA["email"] != EVE["email"]


def test_an_export_is_a_table_as_well(ada, world, mine, eve):  # noqa: ARG001 - who is there
    """With a heading, and nothing in it that a spreadsheet would take for a formula."""
    world.auth.database.query("UPDATE auth_audit SET user_agent = '=1+1' WHERE id = 1")
    answer = ada.get(f"{AUDIT}/export", params={"format": "csv"}, headers=mine)
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    first, *others = csv.DictReader(answer.text.splitlines())
    assert (first["id"], first["name"], first["user_agent"]) == ("1", "user_registered", "'=1+1")
    assert [int(one["id"]) for one in others] == [row.id for row in world.auth.audit.rows()][1:]


def test_events_are_counted(ada, world, mine, eve):
    """Of the last week where nothing is said; of a user, of a type, in a time."""
    log_in(ada, password="a wrong pass phrase")
    whole = ada.get(f"{AUDIT}/timeline", headers=mine).json()
    assert (whole["seconds"], whole["parts"][-1]["at"]) == (3 * 3600, "2027-01-15T06:00:00Z")
    assert sum(part["failure"] for part in whole["parts"]) == 1
    assert sum(part["success"] for part in whole["parts"]) == len(list(world.auth.audit.rows())) - 1
    query = {"since": "2027-01-15T07:59:30Z", "until": "2028-01-15", "user": eve, "type": "login_failed"}
    assert ada.get(f"{AUDIT}/timeline", params=query, headers=mine).json() == {
        "since": "2027-01-15T07:59:00Z",
        "until": "2027-01-15T08:01:00Z",
        "seconds": 60,
        "parts": [
            {"at": "2027-01-15T07:59:00Z", "success": 0, "failure": 0},
            {"at": "2027-01-15T08:00:00Z", "success": 0, "failure": 1},
        ],
    }


@pytest.mark.parametrize(
    "query",
    [{"since": "9999-12-31"}, {"until": "0001-01-01"}, {"since": "0001-01-01", "until": "9999-12-31"}],
)
def test_any_time_can_be_counted(ada, mine, query):
    """Also one in which nothing can have happened."""
    answer = ada.get(f"{AUDIT}/timeline", params=query, headers=mine)
    assert answer.status_code == 200
    assert 1 <= len(answer.json()["parts"]) <= 60


def test_a_timeline_is_for_admins(ada, mine, eve):  # noqa: ARG001 - who is there
    """Nobody else sees a number, and a parameter that is none is refused."""
    theirs = bearer(log_in(ada))
    assert problem(ada.get(f"{AUDIT}/timeline", headers=theirs)) == (403, "insufficient_scope")
    assert problem(ada.get(f"{AUDIT}/timeline?outcome=failure", headers=mine)) == (422, "invalid_input")
