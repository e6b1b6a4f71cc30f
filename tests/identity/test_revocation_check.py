"""Revoked tokens at the middleware: looked up in memory, asked of the stores, or not at all."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from typing import Any

import pytest

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_asgi.identity.identity import AuthenticatedUser
from jwt_auth_asgi.identity.revocation_check import revocation_check
from jwt_auth_core.errors import StoreUnavailableError, TokenInvalidError
from jwt_auth_core.revocations import MemoryFeed, Revocations
from jwt_auth_core.revocations import reader as reading
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret
from tests.asgi.conftest import SECRET
from tests.asgi.drive import bearer, get, refusal, shake
from tests.revocations.parts import StagedFeed

INVALID = 'Bearer realm="jwt-auth", error="invalid_token", error_description="Invalid access token"'


@dataclass
class Bundle:
    """What of an `Auth` the middleware sees; ``asked`` has the sessions that the stores were asked for."""

    tokens: Any
    settings: Settings
    revocations: Revocations
    asked: list[str] = field(default_factory=list)
    answer: Exception | None = None

    def recheck(self, claims):
        """Answer as the test set."""
        self.asked += [one.session_id for one in claims]
        if isinstance(self.answer, StoreUnavailableError):
            raise self.answer
        return [self.answer for _ in claims]


@pytest.fixture
def bundle(tokens, clock):
    """Return what makes a bundle by settings; its revocations are closed afterwards."""
    made = []

    def make(feed=None, **options):
        settings = Settings(jwt_key=Secret(SECRET), **options)
        feed = feed or MemoryFeed(keep_seconds=1020)
        policy = settings.revocation_policy
        made.append(Revocations(feed, feed, clock=clock, token_seconds=900, policy=policy))
        return Bundle(tokens, settings, made[-1])

    yield make
    for revocations in made:
        revocations.close()


def ask(app, token):
    """Ask once; return status and challenge."""
    answer = get(app, "/", bearer(token))
    return answer.status, answer.challenge


def test_a_revoked_token_is_refused(spy, bundle, token, tokens):
    """From one request to the next, also where the token was remembered; others go on."""
    # RF-11
    auth = bundle()
    app = BearerMiddleware(spy, auth)
    assert [ask(app, token)[0] for _ in range(3)] == [200] * 3
    auth.revocations.revoke_session("5e55")
    assert [ask(app, token) for _ in range(3)] == [(401, INVALID)] * 3
    assert ask(app, tokens.issue(subject="42", session_id="07e4"))[0] == 200


def test_a_token_that_was_never_seen_is_refused_too(spy, bundle, token):
    """What was revoked before the first request is known at the first request."""
    auth = bundle()
    auth.revocations.revoke_user("42", before=2_000_000_000)
    assert ask(BearerMiddleware(spy, auth), token) == (401, INVALID)


def test_a_websocket_is_refused(spy, bundle, token):
    """A handshake with a revoked token is not accepted, by header and by subprotocol."""
    auth = bundle()
    auth.revocations.revoke_session("5e55")
    app = BearerMiddleware(spy, auth)
    assert refusal(shake(app, "/", bearer(token))).status == 401
    assert refusal(shake(app, "/", offered=f"bearer, {token}")).status == 401


def test_nothing_is_read_before_the_first_token(spy, bundle, token):
    """Requests without one, and exempt paths, start no thread."""
    auth = bundle()
    app = BearerMiddleware(spy, auth)
    get(app)
    get(app, "/auth/login", bearer(token))
    assert not auth.revocations.is_started
    get(app, "/", bearer(token))
    assert auth.revocations.is_started


def test_strict_answers_503_while_the_feed_is_silent(spy, bundle, token, monkeypatch):
    """With a token; whoever sends none is served."""
    monkeypatch.setattr(reading, "FIRST_SECONDS", 0.05)
    app = BearerMiddleware(spy, bundle(StagedFeed(down={"begin"}), revocation_policy="strict"))
    assert get(app, "/", bearer(token)).status == 503
    assert get(app, "/", bearer(token)).headers["retry-after"] == "1"
    assert get(app).status == 200


def test_stateless_goes_on_while_the_feed_is_silent(spy, bundle, token, monkeypatch):
    """The default: a feed that is down takes nobody's access."""
    monkeypatch.setattr(reading, "FIRST_SECONDS", 0.05)
    app = BearerMiddleware(spy, bundle(StagedFeed(down={"begin"})))
    assert ask(app, token)[0] == 200


def test_off_asks_nobody(spy, bundle, token):
    """A revoked token lives to its end."""
    auth = bundle(revocation_check="off")
    auth.revocations.revoke_session("5e55")
    assert ask(BearerMiddleware(spy, auth), token)[0] == 200
    assert (auth.asked, auth.revocations.is_started) == ([], False)


def test_always_asks_at_each_request(spy, bundle, token):
    """Each request with a token asks the stores; the memory is not needed."""
    # RF-16
    auth = bundle(revocation_check="always")
    app = BearerMiddleware(spy, auth)
    assert [ask(app, token)[0] for _ in range(3)] == [200] * 3
    get(app)
    assert auth.asked == ["5e55"] * 3
    auth.answer = TokenInvalidError("revoked")
    assert ask(app, token) == (401, INVALID)


def test_always_without_a_store_is_a_503(spy, bundle, token):
    """Never 200, never 401; with a word when to come again."""
    # RF-16
    auth = bundle(revocation_check="always")
    auth.answer = StoreUnavailableError("redis")
    answer = get(BearerMiddleware(spy, auth), "/", bearer(token))
    assert (answer.status, answer.headers["retry-after"], spy.scopes) == (503, "1", [])


def test_always_holds_for_websockets(spy, bundle, token):
    """A handshake asks, too."""
    # RF-16
    auth = bundle(revocation_check="always")
    auth.answer = StoreUnavailableError("redis")
    assert refusal(shake(BearerMiddleware(spy, auth), "/", offered=f"bearer, {token}")).status == 503


@pytest.mark.parametrize(("said", "meant"), [("always", "feed"), ("off", "always"), ("feed", "off")])
def test_the_middleware_may_be_told_otherwise(spy, bundle, token, said, meant):
    """``check`` overrules the settings, for an application that is mounted beside others."""
    auth = bundle(revocation_check=meant)
    ask(BearerMiddleware(spy, auth, check=said), token)
    assert auth.asked == (["5e55"] if said == "always" else [])
    assert auth.revocations.is_started == (said == "feed")


@pytest.mark.parametrize("check", ["feed", "always"])
def test_access_tokens_alone_know_no_sessions(spy, tokens, check):
    """Asking for the impossible is a clear error at the start."""
    # RF-16
    with pytest.raises(TypeError, match=f"check='{check}' needs an Auth: an AccessTokens knows no sessions"):
        BearerMiddleware(spy, tokens, check=check)


def test_access_tokens_alone_may_say_so(spy, tokens, token):
    """``off`` is what they do."""
    assert ask(BearerMiddleware(spy, tokens, check="off"), token)[0] == 200


def test_an_unknown_check_is_an_error(spy, tokens):
    """A misspelt check is not taken for none."""
    with pytest.raises(ValueError, match="check is one of feed, always, off, not 'alway'"):
        BearerMiddleware(spy, tokens, check="alway")


def test_the_thread_that_asks_may_rest(bundle, tokens, token):
    """It ends when told so, and starts again when there is something to ask."""
    before = set(threading.enumerate())
    one = revocation_check(bundle(revocation_check="always"))
    user = AuthenticatedUser(tokens.verify(token))
    for _ in range(2):
        asyncio.run(one.check_stores(user))
        one.rest()
        assert set(threading.enumerate()) <= before
