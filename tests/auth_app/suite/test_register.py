"""POST /auth/register."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from jwt_auth_core.vocabulary import Client as Origin
from tests.auth_app.suite.client import ADA, Client, fields, problem
from tests.auth_app.world import World, down, settings


def test_a_user_is_created(client):
    """The answer is the contract's, word for word."""
    answer = client.register()
    assert answer.status_code == 201
    body = answer.json()
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", body.pop("user_id"))
    assert body == {
        "email": "ada@example.com",
        "first_name": "Ada",
        "last_name": "Lovelace",
        "status": "user created",
    }


def test_an_address_registers_once(ada):
    """The second registration, in whatever case, is a conflict."""
    answer = ada.register(email="ADA@Example.com")
    assert problem(answer) == (409, "email_taken")
    assert answer.json()["detail"] == "Email already registered"


def test_a_duplicate_delivery_makes_no_second_user(client):
    """A proxy that sends the request twice gets 201 and then 409."""  # F-32
    assert [client.register().status_code for _ in range(3)] == [201, 409, 409]


def test_every_wrong_field_is_named_at_once(client):
    """An empty object complains of all four fields in one answer."""
    answer = client.post("/auth/register", json={})
    assert problem(answer) == (422, "invalid_input")
    assert sorted(fields(answer)) == ["email", "first_name", "last_name", "password"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "no address"),
        ("email", 7),
        ("email", None),
        ("email", "a\x00@example.com"),
        ("email", "x" * 300 + "@example.com"),
        ("password", "short"),
        ("password", "password1"),
        ("password", "x" * 1025),
        ("password", "ada@example.com"),
        ("password", ["a long enough list"]),
        ("first_name", ""),
        ("first_name", "   "),
        ("first_name", "A\x00da"),
        ("last_name", "x" * 201),
        ("last_name", {"a": 1}),
    ],
)
def test_a_wrong_field_is_named(client, name, value):
    """Each rule answers 422 and names the field, and only that."""
    answer = client.register(**{name: value})
    assert problem(answer) == (422, "invalid_input")
    assert set(fields(answer)) == {name}


def test_unknown_fields_change_nothing(client):
    """Fields that the route does not know are not taken over."""
    answer = client.register(scopes=["admin"], user_id="mine", status="x")
    assert answer.status_code == 201
    assert answer.json()["user_id"] != "mine"


def test_any_script_is_a_name(client):
    """Names and passwords of every script come back as they went in."""
    answer = client.register(first_name="Владимир 🎩", last_name="王", password="пароль с пробелами ✓")
    assert (answer.json()["first_name"], answer.json()["last_name"]) == ("Владимир 🎩", "王")


def test_an_expired_access_token_is_not_read(client):
    """A client that sends a stale token along registers all the same."""
    assert client.post("/auth/register", json=ADA, headers={"authorization": "Bearer x"}).status_code == 201


@pytest.fixture
def closed(app_factory):
    """Return a client of an application that takes no registrations, and would fail if it tried."""
    world = World(settings(REGISTRATION="closed"))
    yield Client(app_factory(replace(world.auth, register=down)))
    world.close()


CLOSED_TO = [
    {"json": ADA},
    {"json": {}},
    {"content": b"{", "headers": {"content-type": "application/json"}},
    {"content": b"\xff" * 100_000, "headers": {"content-type": "text/plain"}},
    {"content": b""},
    {"json": ADA, "headers": {"authorization": "Bearer of.no.worth"}},
]


@pytest.mark.parametrize("request_", CLOSED_TO, ids=range(len(CLOSED_TO)))
def test_a_closed_registration_is_forbidden(closed, request_):
    """Whatever is sent, the answer is one; nothing is looked up or hashed."""  # PW-06
    answer = closed.post("/auth/register", **request_)
    assert problem(answer) == (403, "registration_closed")
    assert answer.json()["detail"] == "Registration is closed"
    assert "www-authenticate" not in answer.headers


def test_your_own_code_still_adds_users(app_factory):
    """Where the route is closed, whoever was added otherwise logs in as ever."""
    world = World(settings(REGISTRATION="closed"))
    world.auth.register(world.auth.register.parse(ADA), Origin())
    assert Client(app_factory(world.auth)).login().status_code == 200
    world.close()
