"""Limits as clients meet them: 429, when to come again, and nothing about who exists."""

from __future__ import annotations

import asyncio
import json
from functools import partialmethod

import httpx
import pytest

from jwt_auth_core.rate_limits import FallbackLimits
from tests.auth_app.suite.client import ADA, FORM, LOGIN, PASSWORD, problem

pytestmark = pytest.mark.limited

WRONG = {**LOGIN, "password": "not the right password"}


def wrong(times):
    """Return so many wrong passwords, each for another account: what is counted is the address."""
    return [{**WRONG, "email": f"nobody{number}@example.com"} for number in range(times)]


@pytest.fixture(autouse=True)
def still(monkeypatch):
    """Let no time pass where limits are counted."""
    for verb in ("take", "give_back"):
        ask = getattr(FallbackLimits, verb)
        monkeypatch.setattr(FallbackLimits, verb, partialmethod(ask, now=1_800_000_000_000_000))


def answers(app, bodies, *, peer="203.0.113.7", forwarded=None, path="/auth/login"):
    """Post bodies from a peer, one after another; return the answers."""

    async def ask():
        transport = httpx.ASGITransport(app=app, client=(peer, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="https://app.example") as client:
            headers = [{"x-forwarded-for": forwarded(n)} if forwarded else {} for n in range(len(bodies))]
            return [
                await client.post(path, json=body, headers=header)
                for body, header in zip(bodies, headers, strict=True)
            ]

    return asyncio.run(ask())


def statuses(*arguments, **more):
    """Return how often each status came."""
    found = [answer.status_code for answer in answers(*arguments, **more)]
    return {status: found.count(status) for status in found}


def test_the_eleventh_wrong_password_is_too_often(ada):
    """Told when to come again; the right one has to wait, too, but not at another address."""
    assert statuses(ada.app, wrong(12)) == {401: 10, 429: 2}
    (refused,) = answers(ada.app, [LOGIN])
    assert problem(refused) == (429, "rate_limited")
    assert refused.headers["retry-after"] == "6"
    assert refused.headers["ratelimit-policy"] == '"login_failures";q=10;w=60'
    assert refused.headers["ratelimit"] == '"login_failures";r=0;t=6'
    assert statuses(ada.app, [LOGIN], peer="203.0.113.8") == {200: 1}


@pytest.fixture
def off(ada, world):
    """Return the address of an account that is disabled."""
    user_id = ada.register(email="off@example.com").json()["user_id"]
    world.auth.end_user.disable(user_id)
    return "off@example.com"


def alike(found):
    """Tell whether answers are the same to the byte, headers and all."""
    return len({(one.status_code, one.content, json.dumps(one.headers.multi_items())) for one in found}) == 1


def bodies_of(off):
    """Return a wrong password, and the right one of a disabled, an unknown and a malformed account."""
    return [WRONG, *({**LOGIN, "email": email} for email in (off, "eve@example.com", "no address"))]


def test_a_failed_login_tells_nothing_of_accounts(ada, off):
    """Wrong, disabled, unknown and malformed: with limits on the same bytes, and nothing of what is left."""
    # ENUM-1
    found = answers(ada.app, bodies_of(off))
    assert problem(found[0]) == (401, "invalid_credentials")
    assert alike(found)
    assert "ratelimit" not in found[0].headers


def test_a_refusal_tells_nothing_of_accounts(ada, off):
    """Known, disabled, unknown and malformed, also with the right password: the same bytes."""
    # ENUM-1, RL-7
    answers(ada.app, wrong(10))
    refused = answers(ada.app, [LOGIN, *bodies_of(off)])
    assert problem(refused[0]) == (429, "rate_limited")
    assert alike(refused)


def test_spoofed_addresses_gain_nothing(ada):
    """Two hundred passwords from fifty forwarded addresses are ten."""

    # RL-3
    def forwarded(number):
        return f"198.51.100.{number % 50}"

    assert statuses(ada.app, wrong(200), forwarded=forwarded) == {401: 10, 429: 190}


def test_a_network_is_one_client(ada):
    """Whoever has a whole /64 has ten, and not ten each."""
    bodies = enumerate(wrong(12))
    found = [statuses(ada.app, [body], peer=f"2001:db8:1:2::{number:x}") for number, body in bodies]
    assert found == [{401: 1}] * 10 + [{429: 1}] * 2


def test_a_proxy_that_nobody_configured_is_a_crowd(ada):
    """It has twenty times as much: one of its clients does not shut out the others."""
    assert statuses(ada.app, wrong(30), peer="10.0.0.1", forwarded=str) == {401: 30}


def guessed(app, email):
    """Guess at an account from seven addresses; return the statuses and the last answer."""
    bodies = [{"email": email, "password": f"guess number {number}"} for number in range(7)]
    found = [answers(app, [body], peer=f"203.0.113.{number}")[0] for number, body in enumerate(bodies)]
    return [answer.status_code for answer in found], found[-1]


def test_an_account_is_guessed_at_five_times(ada):
    """From wherever; known, unknown and malformed ones are refused with the same bytes."""
    # RL-2, RL-7, ENUM-1
    found = [guessed(ada.app, email) for email in (LOGIN["email"], "eve@example.com", "no address")]
    assert [seen for seen, _ in found] == [[401] * 5 + [429] * 2] * 3
    assert len({(answer.content, json.dumps(dict(answer.headers))) for _, answer in found}) == 1
    refused = found[0][1]
    assert problem(refused) == (429, "rate_limited")
    assert refused.headers["retry-after"] == "60"
    assert refused.headers["ratelimit-policy"] == '"account_failures";q=5;w=300'
    assert refused.headers["ratelimit"] == '"account_failures";r=0;t=60'
    assert statuses(ada.app, [LOGIN], peer="198.51.100.1") == {429: 1}


def test_registering_is_limited(client):
    """The twenty-first within a minute is refused, whoever it is."""
    bodies = [{**ADA, "email": f"a{number}@example.com"} for number in range(21)]
    assert statuses(client.app, bodies, path="/auth/register") == {201: 20, 429: 1}


def test_the_password_form_and_the_token_endpoint_share_the_limit(ada):
    """A guess is a guess, whichever door it comes to; OAuth has its own word for it."""
    answers(ada.app, wrong(10))

    async def ask(path, fields):
        transport = httpx.ASGITransport(app=ada.app, client=("203.0.113.7", 4711))
        async with httpx.AsyncClient(transport=transport, base_url="https://app.example") as client:
            return await client.post(path, data=fields, headers={"content-type": FORM})

    fields = {"username": LOGIN["email"], "password": PASSWORD}
    form = asyncio.run(ask("/auth/login", fields))
    token = asyncio.run(ask("/auth/token", {"grant_type": "password", **fields}))
    assert [(one.status_code, one.json()["code"]) for one in (form, token)] == [(429, "rate_limited")] * 2
    assert token.json()["error"] == "temporarily_unavailable"
