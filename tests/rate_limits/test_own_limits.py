"""Whom a limit of the application's own counts, and where: users and addresses, `Auth` and stores."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from jwt_auth_asgi import BearerMiddleware, rate_limit
from jwt_auth_asgi.http.unconfigured_proxy import UnconfiguredProxyWarning
from jwt_auth_asgi.rate_limits.limit import LimitSetupError
from jwt_auth_core import AccessTokens, KeyRing
from jwt_auth_core.flows.address_limits import is_proxy_noted
from tests.asgi.drive import get
from tests.rate_limits.counting import HERE, THERE, Behind, Slow, counting, down, statuses, user


@pytest.fixture
def auth():
    """Return what counts, from the start."""
    return counting()


async def hello(_scope, _receive, send):
    """Answer as an ASGI application does."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


def said_by_thread(_request):
    """Answer as a sync endpoint does."""
    return PlainTextResponse(threading.current_thread().name)


def on_thread(limit):
    """Return an application of one sync endpoint behind a limit."""
    return Starlette(routes=[Route("/", limit(said_by_thread))])


def test_users_are_counted_wherever_they_are(auth):
    """The same user has one limit at two addresses, two users at one address have two."""
    limited = rate_limit("1/minute", by="user")(hello)
    ada, eve = Behind(limited, auth, user("ada")), Behind(limited, auth, user("eve"))
    assert statuses(ada, 1) + statuses(ada, 1, THERE) + statuses(eve, 1) == [200, 429, 200]


def test_users_of_two_issuers_are_two(auth):
    """A subject means nothing without its issuer."""
    limited = rate_limit("1/minute", by="user")(hello)
    callers = [user("1", issuer) for issuer in (None, "https://a.example", "https://b.example")]
    assert [get(Behind(limited, auth, caller)).status for caller in callers] == [200] * 3


def test_the_anonymous_are_counted_by_address(auth):
    """No user's name is an address, so nobody uses up another's limit."""
    limited = rate_limit("1/minute", by="user")(hello)
    anonymous = Behind(limited, auth)
    assert statuses(anonymous, 2) + statuses(anonymous, 1, THERE) == [200, 429, 200]
    assert statuses(Behind(limited, auth, user(HERE)), 1) == [200]


def test_a_spoofed_header_changes_nothing(auth):
    """Fifty addresses of the sender's own making are one client."""  # RL-3
    app = rate_limit("10/minute", auth=auth)(hello)
    spoofs = [(b"x-forwarded-for", b"6.6.6.%d" % number) for number in range(50)]
    assert sum(get(app, "/", one, client=(HERE, 1)).status == 200 for one in spoofs) == 10


def test_behind_a_proxy_the_client_is_counted():
    """The proxy's hop counts, and its clients do not shut each other out."""  # RL-3
    app = rate_limit("1/minute", auth=counting(TRUSTED_PROXY_COUNT="1"))(hello)
    hops = [b"6.6.6.6, 203.0.113.1", b"7.7.7.7, 203.0.113.1", b"203.0.113.2"]
    seen = [get(app, "/", (b"x-forwarded-for", hop), client=("10.0.0.1", 1)).status for hop in hops]
    assert seen == [200, 429, 200]


def test_a_proxy_that_nobody_configured_has_twenty_times_the_rate(auth, caplog, monkeypatch):
    """All its clients are one key, and the log says what to do; the doctor will know of it."""
    monkeypatch.setattr("jwt_auth_asgi.rate_limits.limit.UNCONFIGURED_PROXY", UnconfiguredProxyWarning())
    app = rate_limit("2/minute", auth=auth)(hello)
    forwarded = (b"x-forwarded-for", b"203.0.113.1")
    seen = [get(app, "/", forwarded, client=("10.0.0.1", 1)).status for _ in range(41)]
    assert (seen.count(200), seen[-1]) == (40, 429)
    assert "TRUSTED_PROXY_COUNT" in caplog.text
    assert is_proxy_noted(auth.rate_limits)


def test_the_middlewares_auth_counts(auth):
    """Where none is named, it is that of the middleware in front."""
    assert statuses(Behind(rate_limit("1/minute")(hello), auth), 2) == [200, 429]


@pytest.mark.parametrize("limited", [lambda limit: limit(hello), on_thread])
def test_the_processes_own_auth_counts(auth, limited, monkeypatch):
    """Where the middleware in front was given none, either."""
    monkeypatch.setattr("jwt_auth_asgi.rate_limits.limit.default_auth", lambda: auth)
    app = BearerMiddleware(limited(rate_limit("1/minute")))
    assert statuses(app, 2) == [200, 429]


def test_without_an_auth_it_says_so():
    """One sentence names both ways to give it one."""
    with pytest.raises(
        LimitSetupError, match=r"wrap the application in BearerMiddleware.*rate_limit\(..., auth"
    ):
        get(rate_limit("1/minute")(hello))


def test_access_tokens_alone_keep_no_count():
    """A middleware that verifies tokens and has no `Auth` cannot help."""
    tokens = AccessTokens(KeyRing.from_secret("k3q-9vT2xw-Zb7uN4c-PmR8sYd-Lf6hJ1g"))
    app = BearerMiddleware(rate_limit("1/minute")(hello), tokens)
    with pytest.raises(LimitSetupError, match="has an AccessTokens: name one"):
        get(app)


def test_users_need_a_middleware(auth):
    """An `Auth` alone does not say who calls."""
    with pytest.raises(LimitSetupError, match="which says who calls"):
        get(rate_limit("1/minute", by="user", auth=auth)(hello))


def test_a_function_without_a_request_says_so(auth):
    """Nothing tells from where it is called."""
    limited = rate_limit("1/minute", auth=auth)(said_by_thread)
    with pytest.raises(LimitSetupError, match="said_by_thread finds no request"):
        limited(None)


def test_in_memory_it_is_counted_on_the_loop(auth):
    """No thread is entered for what takes microseconds."""
    before = threading.active_count()
    get(rate_limit("1/minute", auth=auth)(hello))
    assert threading.active_count() == before


def test_other_stores_are_asked_in_a_thread():
    """The event loop goes on while they answer."""
    asked = []
    slow = counting(Slow(lambda: asked.append(threading.current_thread().name)))
    assert statuses(rate_limit("1/minute", auth=slow)(hello), 2) == [200, 429]
    assert {name.rpartition("-")[0] for name in asked} == {"jwt-auth-limit"}


def test_a_store_that_is_down_is_never_without_limit():
    """This process counts for itself until it answers."""  # RL-6
    app = rate_limit("2/minute", auth=counting(Slow(down)))(hello)
    assert statuses(app, 3) == [200, 200, 429]


def test_all_limits_may_be_off(auth):
    """`LIMITS=off` is for those of the application, too, and nobody is asked then."""
    unasked = replace(auth, rate_limits=replace(counting(Slow(pytest.fail)).rate_limits, is_on=False))
    assert statuses(rate_limit("1/minute", auth=unasked)(hello), 3) == [200] * 3
    assert statuses(on_thread(rate_limit("1/minute", auth=unasked)), 3) == [200] * 3


def test_off_limits_nothing():
    """No `Auth` is needed for that."""
    assert statuses(rate_limit("off")(hello), 3) == [200] * 3
    assert statuses(on_thread(rate_limit("off")), 3) == [200] * 3
