"""PATCH /auth/me."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.client import fields, problem


@pytest.fixture
def change(ada):
    """Return what changes the names of Ada, who has just logged in."""
    headers = {"authorization": f"Bearer {ada.login().json()['access_token']}"}
    return lambda **names: ada.send("PATCH", "/auth/me", json=names, headers=headers)


def test_names_are_changed(ada, change):
    """The answer is that of GET, and so is the next one."""
    answer = change(last_name="King")
    assert answer.status_code == 200
    assert (answer.json()["first_name"], answer.json()["last_name"]) == ("Ada", "King")
    again = ada.get("/auth/me", headers=dict(answer.request.headers))
    assert again.json() == answer.json()


def test_nothing_else_is_changed(change):
    """Whatever else is sent is ignored."""
    assert change(email="b@example.com", scopes=["admin"]).json()["email"] == "ada@example.com"
    assert change().json()["scopes"] == []


def test_bad_names_are_named(change):
    """All at once, as everywhere."""
    answer = change(first_name=" ", last_name=None)
    assert problem(answer) == (422, "invalid_input")
    assert fields(answer) == ["first_name", "last_name"]


def test_a_stranger_changes_nobody(client):
    """Without an access token the body is not read."""
    assert problem(client.send("PATCH", "/auth/me", content=b"{")) == (401, "not_authenticated")


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_wrong_method_is_told_every_right_one(client, method):
    """Those of all routes of the path (RFC 9110 section 10.2.1)."""
    answer = client.send(method, "/auth/me")
    assert problem(answer) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "DELETE, GET, HEAD, PATCH"
