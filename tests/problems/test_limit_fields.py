"""What a client is told of a limit: Retry-After, RateLimit and RateLimit-Policy."""

from __future__ import annotations

import http_sf
import pytest

from jwt_auth_asgi.errors import RequestError
from jwt_auth_asgi.problems.limit_fields import of_verdicts
from jwt_auth_asgi.problems.problem import problem_of
from jwt_auth_core.rate_limits import MemoryLimits, RateLimitedError, Rule, Take, Verdict, parse_rates
from tests.asgi.drive import Answer

RULE = Rule("login", parse_rates("3/minute"))
START = 10**12


def fields(lines):
    """Return the fields by name, parsed as the draft says: lists of items with parameters."""
    return {name.decode(): http_sf.parse(value, tltype="list") for name, value in lines}


def verdict(rule=RULE, **changes):
    """Return what a rate says when it refuses."""
    refused = {"allowed": False, "remaining": 0, "retry_after": 20, "reset_after": 60}
    return Verdict(rule, rule.rates[0], **{**refused, **changes})


def refusal(*verdicts, **more):
    """Return the answer to a request that was refused."""
    problem = problem_of(RateLimitedError(verdicts), **more)
    return Answer(problem.status, list(problem.headers), problem.body)


def after(takes, seconds=0, text="3/minute"):
    """Return how a store judges the last of some takes, some seconds after the others."""
    store, rule = MemoryLimits(), Rule("login", parse_rates(text))
    for _ in range(takes - 1):
        store.take([Take(rule, "key")], now=START)
    return store.take([Take(rule, "key")], now=START + seconds * 1_000_000)


def test_a_refusal_is_a_429_that_says_when_to_come_again():
    """A problem as any other, with the three headers, which pages of other origins may read."""  # RL-7
    seen = refusal(verdict())
    assert (seen.status, seen.json["code"]) == (429, "rate_limited")
    assert seen.json["title"] == "Too Many Requests"
    assert seen.headers["retry-after"] == "20"
    assert seen.headers["ratelimit-policy"] == '"login";q=3;w=60'
    assert seen.headers["ratelimit"] == '"login";r=0;t=20'
    assert seen.headers["access-control-expose-headers"] == "Retry-After, RateLimit, RateLimit-Policy"


def test_retry_after_is_the_longest_wait():
    """It is never sooner than any reset that is named beside it."""  # RL-7
    seen = refusal(verdict(retry_after=7), verdict(retry_after=90), verdict(retry_after=30))
    assert seen.headers["retry-after"] == "90"


@pytest.mark.parametrize("verdicts", [[], [verdict(retry_after=0)]])
def test_retry_after_is_at_least_a_second(verdicts):
    """Nobody is told to come again at once."""  # RL-7
    assert refusal(*verdicts).headers["retry-after"] == "1"


def test_a_refusal_tells_nothing_of_the_rates_that_let_it_go():
    """What an account has left would tell one client what others did to it."""  # ENUM-1
    others = Rule("account-failures", parse_rates("5/5 minutes"))
    seen = refusal(verdict(), verdict(others, allowed=True, remaining=2, retry_after=0))
    assert "account" not in str(seen.headers)


def test_a_client_of_oauth_is_told_that_it_passes():
    """The document has ``error``, and one that does not say that the request was wrong."""
    seen = refusal(verdict(), in_oauth=True)
    assert seen.json["error"] == "temporarily_unavailable"
    assert seen.json["error_description"] == seen.json["detail"] == "Too many requests; try again later"


def test_the_document_of_a_refusal_is_kept():
    """It has no figure in it, so that a herd is answered with one and the same."""
    bodies = {refusal(verdict(retry_after=seconds)).body for seconds in range(500)}
    assert len(bodies) == 1


@pytest.mark.parametrize(
    ("takes", "seconds", "remaining", "more_after"),
    [(1, 0, 2, 20), (2, 0, 1, 20), (2, 1, 1, 19), (3, 0, 0, 20), (3, 19, 0, 1), (3, 25, 1, 15)],
)
def test_an_answer_says_what_is_left(takes, seconds, remaining, more_after):
    """``t`` is when there is more, not when all is there again."""
    told = fields(of_verdicts(after(takes, seconds)))
    assert told["ratelimit"] == [("login", {"r": remaining, "t": more_after})]
    assert told["ratelimit-policy"] == [("login", {"q": 3, "w": 60})]


def test_a_bucket_that_is_full_has_no_reset():
    """Nothing is missing, so nothing comes back."""
    told = fields(of_verdicts([verdict(allowed=True, remaining=3, retry_after=0, reset_after=None)]))
    assert told["ratelimit"] == [("login", {"r": 3})]


def test_each_rate_of_a_rule_is_a_policy():
    """Where a rule has several, the rate is part of the name."""
    told = fields(of_verdicts(after(1, text="3/minute;10/day")))
    assert told["ratelimit-policy"] == [
        ("login:3/60", {"q": 3, "w": 60}),
        ("login:10/86400", {"q": 10, "w": 86400}),
    ]
    assert [name for name, _ in told["ratelimit"]] == ["login:3/60", "login:10/86400"]


def test_where_nothing_is_limited_nothing_is_said():
    """A rule that is off has no rates, and an empty list is no field."""
    assert of_verdicts([]) == ()


def test_another_429_is_its_own_affair():
    """An application's own error may have this status without a limit of ours behind it."""

    class BusyError(RequestError):
        code, status = "busy", 429

    assert b"retry-after" not in dict(problem_of(BusyError("busy")).headers)
