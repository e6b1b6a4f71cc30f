"""What the middleware does to scopes, streams and exceptions: as little as possible."""

import asyncio
import gc
import resource
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_asgi.home import HOME, home_of
from jwt_auth_asgi.identity.identity import KEY, user_of
from jwt_auth_asgi.websockets.connections import SOCKET
from jwt_auth_core.errors import TokenInvalidError
from tests.asgi.drive import bearer, call, get, http_scope, request, websocket_scope

MEGABYTE = 1024 * 1024


def test_lifespan_passes_untouched(spy, tokens):
    """The very scope of the server reaches the application."""
    # ASGI-01
    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    call(BearerMiddleware(spy, tokens, public=()), scope)
    assert spy.scope is scope
    assert set(scope) == {"type", "asgi", "state"}


@pytest.mark.parametrize("kind", ["foo", "", "HTTP", "http2", "webtransport", None])
def test_another_scope_type_is_refused(spy, tokens, kind):
    """What has no known caller does not reach the application."""
    # ASGI-01
    with pytest.raises(ValueError, match="scope type"):
        call(BearerMiddleware(spy, tokens), {**http_scope(), "type": kind})
    assert spy.scopes == []


@pytest.mark.parametrize("make", [http_scope, websocket_scope])
def test_the_servers_scope_is_not_changed(spy, tokens, token, make):
    """Identity is put into a copy; everything else in it is the same."""
    # ASGI-11
    scope = make("/", [bearer(token)])
    before = {**scope, "headers": list(scope["headers"])}
    call(BearerMiddleware(spy, tokens), scope, [{"type": "websocket.connect"}])
    assert scope == before
    assert {key: spy.scope[key] for key in before} == before
    assert set(spy.scope) - set(before) - {SOCKET} == {"user", "auth", KEY, HOME}


def test_nobody_elses_auth_is_behind_the_middleware(spy, tokens):
    """What limits count in is what the middleware has, whatever stood there."""
    # ASGI-11
    get(BearerMiddleware(spy, tokens), "/", **{HOME: object()})
    assert home_of(spy.scope).auth is tokens


@pytest.mark.parametrize("headers", [[], [(b"user", b"root"), (b"x-jwt-auth-user", b"root")]])
def test_nothing_preset_survives(spy, tokens, headers):
    """Neither an earlier middleware nor a header makes somebody of an anonymous caller."""
    # ASGI-11
    root = object()
    state = {"user": root}
    get(BearerMiddleware(spy, tokens), "/", *headers, **{"user": root, "auth": root, KEY: root}, state=state)
    assert user_of(spy.scope).is_authenticated is False
    assert (spy.scope["user"].identity, spy.scope["auth"].scopes) == ("", [])
    assert (spy.scope["state"], state) == (state, {"user": root})


async def test_the_application_gets_the_servers_own_channels(tokens, token):
    """Nothing stands between application and server: receive and send are not wrapped."""
    # ASGI-12
    seen = []

    async def app(scope, receive, send):
        seen.extend([receive, send])

    async def receive():
        raise AssertionError

    async def send(message):
        raise AssertionError

    await BearerMiddleware(app, tokens)(http_scope("/", [bearer(token)]), receive, send)
    assert seen == [receive, send]


@pytest.mark.parametrize(
    "error", [RuntimeError("mine"), KeyError("user"), asyncio.CancelledError(), SystemExit(3)]
)
async def test_exceptions_of_the_application_pass_unchanged(tokens, error):
    """The same object, without a context of ours."""
    # ASGI-12

    async def failing(scope, receive, send):
        raise error

    with pytest.raises(type(error)) as caught:
        await BearerMiddleware(failing, tokens)(http_scope(), None, None)
    assert caught.value is error
    assert error.__context__ is None


def test_an_auth_error_of_the_application_is_its_own(tokens):
    """The middleware answers for its own refusals only."""

    # ASGI-12
    async def failing(scope, receive, send):
        raise TokenInvalidError("of the application's making")

    with pytest.raises(TokenInvalidError):
        get(BearerMiddleware(failing, tokens))


def test_nothing_is_awaited_before_the_application(spy, tokens, token):
    """Up to the application's first await the event loop is not given back."""
    # ASGI-12, ASGI-13

    async def app(scope, receive, send):
        spy.scopes.append(scope)

    running = BearerMiddleware(app, tokens)(http_scope("/", [bearer(token)]), None, None)
    with pytest.raises(StopIteration):  # by hand: an await that waits would have yielded
        running.send(None)
    assert spy.scope["user"].identity == "42"


def test_no_task_is_added(tokens, token):
    """The request's own task is the only one."""
    # ASGI-12
    counts = []

    async def app(scope, receive, send):
        counts.append(len(asyncio.all_tasks()))

    call(BearerMiddleware(app, tokens), http_scope("/", [bearer(token)]))
    assert counts == [1]


@pytest.mark.slow
async def test_a_hundred_megabytes_stream_through_in_flat_memory(tokens, token):
    """Up and down, chunk by chunk, the middleware keeps none of it."""
    # ASGI-12
    app = BearerMiddleware(_echo, tokens)
    gc.collect()
    tracemalloc.start()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    received = await _stream(app, http_scope("/", [bearer(token)], method="POST"), chunks=100)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert received == 100 * MEGABYTE
    assert peak < 4 * MEGABYTE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * 1024  # in KiB on Linux


async def _echo(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    more = True
    while more:
        message = await receive()
        more = message["more_body"]
        await send({"type": "http.response.body", "body": message["body"], "more_body": more})


async def _stream(app, scope, chunks):
    left, received = chunks, 0

    async def receive():
        nonlocal left
        left -= 1
        return {"type": "http.request", "body": bytes(MEGABYTE), "more_body": left > 0}

    async def send(message):
        nonlocal received
        received += len(message.get("body", b""))

    await app(scope, receive, send)
    return received


def test_a_client_that_leaves_is_told_to_the_application(tokens, token):
    """A disconnect reaches it as any other message."""
    # ASGI-12
    seen = []

    async def app(scope, receive, send):
        seen.append((await receive())["type"])

    call(BearerMiddleware(app, tokens), http_scope("/", [bearer(token)]))
    assert seen == ["http.disconnect"]


def test_a_meagre_scope_is_served(spy, tokens):
    """Without client, server, root path, method or headers there is still a policy."""
    # ASGI-14
    scope = {"type": "http", "path": "/"}
    assert call(BearerMiddleware(spy, tokens), scope)[0]["status"] == 200
    assert call(BearerMiddleware(spy, tokens, public=()), scope)[0]["status"] == 401
    assert call(BearerMiddleware(spy, tokens, public=()), {"type": "http"})[0]["status"] == 401
    leaving = [{"type": "websocket.connect"}]
    assert call(BearerMiddleware(spy, tokens, public=()), {"type": "websocket"}, leaving)[0]["code"] == 1008


@pytest.mark.parametrize("shape", [tuple, list])
def test_header_lines_may_be_lists_or_tuples(spy, tokens, token, shape):
    """Servers differ; the specification says two-item iterables."""
    # ASGI-14
    lines = shape(shape(line) for line in [bearer(token)])
    scope = {**http_scope(), "headers": lines}
    assert request(BearerMiddleware(spy, tokens), scope).json["identity"] == "42"


def test_many_and_strange_headers_are_served(spy, tokens, token):
    """A thousand headers, bytes beyond ASCII, empty names: the token is found, nothing breaks."""
    # ASGI-14
    many = [(f"x-{number}".encode(), bytes([number % 256]) * 9) for number in range(1000)]
    strange = [
        (b"", b""),
        (b"\xff\xfe", b"\xff"),
        (b"x-authorization", b"Bearer x"),
        (b"Authorization ", b"x"),
    ]
    app = BearerMiddleware(spy, tokens)
    assert get(app, "/", *many, *strange, bearer(token), *many).json["identity"] == "42"


@pytest.mark.parametrize(
    "value", [b"Bearer \xff\xfe", b"\x80", "Bearer \u20ac".encode(), b"Bearer " + b"A" * 10**6]
)
def test_strange_tokens_are_refused(spy, tokens, value):
    """Bytes beyond ASCII and a megabyte of letters are a 401 like any other."""
    # ASGI-14
    assert get(BearerMiddleware(spy, tokens), "/", (b"authorization", value)).status == 401


names = st.sampled_from([b"authorization", b"sec-websocket-protocol", b"host", b"cookie"]) | st.binary(
    max_size=14
)
values = st.binary(max_size=30) | st.from_regex(rb"(?i)bearer[ ,][ -~]{0,20}", fullmatch=True)
lines = st.lists(st.tuples(names, values), max_size=6)
paths = st.text(max_size=12) | st.sampled_from(["/open", "//open", "/open/", "/x/../open", "/OPEN"])
relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.mark.untraced
@relaxed
@given(path=paths, root=paths, headers=lines, kind=st.sampled_from(["http", "websocket"]))
def test_no_request_without_a_valid_token_is_authenticated(tokens, path, root, headers, kind):
    """Whatever headers, paths and mount points: no crash, nobody authenticated, only the open path open."""
    # ASGI-08, ASGI-14
    seen = []

    async def app(scope, receive, send):
        seen.append(scope)
        await send({"type": "application ran"})

    make = http_scope if kind == "http" else websocket_scope
    scope = {**make(path, headers), "root_path": root}
    (first, *_) = call(
        BearerMiddleware(app, tokens, public={"/open"}), scope, [{"type": "websocket.connect"}]
    )
    assert first["type"] == "application ran" or first["status"] in {400, 401}
    assert all(not user_of(one).is_authenticated for one in seen)
    assert not seen or path in {"/open", root + "/open"}


@relaxed
@given(path=paths, headers=lines)
def test_a_valid_token_is_accepted_among_any_other_headers(spy, tokens, token, path, headers):
    """Other headers cannot take an identity away, unless they are a second Authorization header."""
    # ASGI-14
    others = [line for line in headers if line[0] != b"authorization"]
    answer = get(BearerMiddleware(spy, tokens, public=()), path, *others, bearer(token))
    assert (answer.status, answer.json["identity"]) == (200, "42")
