"""docs/webhooks.md says what is so: what is posted, when it is tried again, what an answer means."""

from __future__ import annotations

import json
import re

import pytest

from jwt_auth_core.flows.webhooks.deliver_event import OFF_SECONDS, body_of
from jwt_auth_core.outbox.courier import LEASE_SECONDS, LONGEST_REST_SECONDS, LONGEST_SECONDS, POLL_SECONDS
from jwt_auth_core.outbox.message import LONGEST_WAIT_SECONDS, MOST_ATTEMPTS, WAITS_SECONDS
from jwt_auth_core.outbox.sql import KEEP_SECONDS
from jwt_auth_core.webhooks.post import SECONDS
from tests.flows.test_webhooks import FACTS, MESSAGE, deliver
from tests.house.sources import ROOT

PAGE = (ROOT / "docs" / "webhooks.md").read_text("utf-8")


def test_the_body_is_that_of_the_page():
    """Its members and their order."""
    shown = json.loads(re.search(r"^\{.*\}$", PAGE, re.MULTILINE)[0])
    made = json.loads(body_of(FACTS))
    assert list(shown) == list(made)
    assert list(shown["data"]) == list(made["data"])
    assert shown["timestamp"] == made["timestamp"]


def test_the_headers_are_those_of_the_page():
    """By their names."""
    one, posts = deliver()
    one(MESSAGE)
    named = {name.lower() for name in re.findall(r"^([\w-]+): ", PAGE, re.MULTILINE)}
    assert {name.lower() for name in posts.seen[0][1]} - {"user-agent"} <= named


def test_the_times_are_those_of_the_page():
    """Waits, leases, and what is forgotten."""
    hours = [wait // 3600 for wait in WAITS_SECONDS[3:]]
    assert (WAITS_SECONDS[:3], MOST_ATTEMPTS) == ((5, 300, 1800), 10)
    told = f"{', '.join(map(str, hours[:-1]))} and {hours[-1]} hours"
    assert f"tried ten times, after 5 seconds, 5 and 30 minutes, {told}" in PAGE
    for seconds, words in (
        (LONGEST_REST_SECONDS, 300),
        (LONGEST_WAIT_SECONDS, 86_400),
        (KEEP_SECONDS, 30 * 86_400),
        (OFF_SECONDS, 3600),
        (LEASE_SECONDS, 30),
        (POLL_SECONDS, 5),
        (SECONDS, 10),
    ):
        assert seconds == words
    for words in (
        "up to 5 minutes",
        "to a day",
        "within 30 days",
        "in the next hour",
        "leases of thirty seconds",
    ):
        assert words in PAGE


def test_no_exchange_outlasts_its_lease():
    """Or two workers would have one message in hand."""
    assert SECONDS < LONGEST_SECONDS < LEASE_SECONDS


@pytest.mark.parametrize("command", ["list", "retry", "run"])
def test_the_commands_are_on_the_page(command):
    """Each with what it does."""
    assert re.search(rf"^jwt-auth outbox {command}\b.*# ", PAGE, re.MULTILINE)
