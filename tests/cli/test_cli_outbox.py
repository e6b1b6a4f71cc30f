"""`jwt-auth outbox run | list | retry`."""

from __future__ import annotations

import io
import json
import re
from contextlib import closing

import pytest

from jwt_auth_asgi import cli
from jwt_auth_core import Auth, Settings
from tests.webhooks.receiving import receiver

SECRET = "whsec_AgQGCAoMDhASFBYYGhweICIkJigqLC4w"
ADA = ("users", "add", "ada@example.com", "--first-name", "Ada", "--last-name", "Byron")


@pytest.fixture
def server():
    """Return a receiver of webhooks."""
    with receiver() as made:
        yield made


@pytest.fixture
def says(place, monkeypatch, capsys, server):  # noqa: ARG001 - its directory is where the stores are made
    """Return what runs a command, whose settings name the receiver, and returns what it printed."""
    monkeypatch.setenv("WEBHOOK_URL", f"http://127.0.0.1:{server.server_port}/500")
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("WEBHOOK_ALLOW_PRIVATE", "true")

    def run(*words, status=0):
        assert cli.main([*words]) == status
        said = capsys.readouterr()
        return said.err if status else said.out

    return run


@pytest.fixture
def store():
    """Return the outbox of the same database, of another process."""

    def act(*calls):
        with closing(Auth.from_settings(Settings.from_env())) as auth:
            return [call(auth.outbox.store) for call in calls]

    return act


def add_user(says, monkeypatch):
    """Have an operator add a user."""
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough pass phrase\n"))
    says(*ADA)


def test_nothing_waits(says):
    """Of an outbox that is empty."""
    assert says("outbox", "list") == "waiting: 0, dead: 0\n"
    assert says("outbox", "list", "--json") == "[]\n"
    assert says("outbox", "run") == "delivered: 0, failed: 0\n"


def test_what_an_operator_does_is_told(says, monkeypatch, server):
    """It waits for a serving process; a run delivers it."""
    add_user(says, monkeypatch)
    assert server.seen == []
    monkeypatch.setenv("WEBHOOK_URL", f"http://127.0.0.1:{server.server_port}/204")
    assert says("outbox", "run") == "delivered: 1, failed: 0\n"
    (_, _, body) = server.seen[0]
    assert json.loads(body)["type"] == "user_registered"
    assert says("outbox", "list") == "waiting: 0, dead: 0\n"


def test_a_list_is_a_table(says, monkeypatch):
    """One line a message, each under its word; the URL without its path."""
    add_user(says, monkeypatch)
    assert says("outbox", "run", "--json") == '{"delivered": 0, "failed": 1}\n'
    head, line, counts = says("outbox", "list").splitlines()
    assert re.split(r"  +", head) == [
        *("id", "kind", "what", "recipient", "state", "attempts", "created", "due", "error")
    ]
    cells = re.split(r"  +", line)
    assert cells[1:3] + cells[4:6] + cells[8:] == ["webhook", "user_registered", "waiting", "1", "http_500"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", cells[3])
    assert line.index("webhook") == head.index("kind")
    assert counts == "waiting: 1, dead: 0"


def test_a_list_is_json_as_well(says, monkeypatch):
    """With the facts, for whoever reads by machine."""
    add_user(says, monkeypatch)
    (record,) = json.loads(says("outbox", "list", "--json"))
    assert record["facts"]["type"] == "user_registered"
    assert (record["state"], record["attempts"], record["error"]) == ("waiting", 0, None)
    assert record["created"] == record["due"]


def test_the_dead_can_be_tried_again(says, store):
    """One by its id, or all of them."""
    add = [lambda one, name=name: one.add(name, "webhook", "to", {}) for name in ("m1", "m2", "m3")]
    bury = [lambda one, name=name: one.bury(name, owner="w", error="gone") for name in ("m1", "m2", "m3")]
    store(*add, lambda one: one.claim("webhook", owner="w", lease_seconds=30, most=9), *bury)
    listed = says("outbox", "list", "--dead", "--limit", "2", "--after", "m1").splitlines()
    assert [line.split()[0] for line in listed[1:]] == ["m2", "m3", "waiting:"]
    assert json.loads(says("outbox", "list", "--json"))[0]["due"] is None
    assert says("outbox", "retry", "m2") == "to be tried again: 1\n"
    assert says("outbox", "retry", "--dead", "--json") == '{"retried": 2}\n'
    assert says("outbox", "list", "--dead") == "waiting: 3, dead: 0\n"


@pytest.mark.parametrize("limit", ["0", "-1", "10001", "many", "1.5"])
def test_a_list_has_a_limit(says, limit, capsys):
    """Named where it is broken."""
    with pytest.raises(SystemExit, match="2"):
        says("outbox", "list", f"--limit={limit}")
    assert "from 1 to 10000" in capsys.readouterr().err


def test_what_is_not_there_cannot_be_tried(says):
    """One sentence, and a status that a script sees."""
    assert says("outbox", "retry", "msg_\x1b", status=1) == (
        "jwt-auth: no such message waits or is dead: 'msg_\\x1b'\n"
    )


def test_without_a_receiver_nothing_is_delivered(says, monkeypatch):
    """And that is said, with the setting."""
    for name in ("WEBHOOK_URL", "WEBHOOK_SECRET"):
        monkeypatch.delenv(name)
    assert "WEBHOOK_URL" in says("outbox", "run")
    assert says("outbox", "run", "--json") == '{"delivered": 0, "failed": 0}\n'
