"""No input gets a 500, and the server lives: raw octets against a real uvicorn on the example application."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.end_to_end import garbage, raw
from tests.end_to_end.serving import Worker, worker
from tests.end_to_end.site import Site, serving, settings
from tests.end_to_end.test_flow import walk
from tests.end_to_end.visitor import Visitor

PARSERS = ["httptools", "h11"]
RAISED = re.compile(r"^[\w.]+(?:Error|Exception|Exit|Interrupt|ExceptionGroup)\b.*", re.MULTILINE)
# It has refused a malformed chunk itself, tells the application of a disconnect, and trips over its answer.
OF_UVICORN = "h11._util.LocalProtocolError: can't handle event type Response when role=SERVER"


@pytest.fixture(scope="module", params=PARSERS)
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """Return the documented application, served by uvicorn with one of its two parsers."""
    directory = tmp_path_factory.mktemp("garbage")
    command = ("uvicorn", "examples.fastapi_app:app", "--port", "0", "--http", request.param)
    with worker(*command, directory=directory, env={"JWT_KEY": "k" * 20 + "-only-of-this-test"}) as started:
        started.port = int(started.origin().rpartition(":")[2])
        yield started


@pytest.fixture
def port(example: Worker) -> Iterator[int]:
    """Return its port; afterwards it still walks the main road, and its log tells of no fault."""
    yield example.port
    visitor = Visitor(f"http://127.0.0.1:{example.port}", f"ada{threading.get_ident()}{len(example.lines)}")
    walk(visitor)
    visitor.close()
    assert example.process.poll() is None
    assert [line for line in RAISED.findall(example.output) if not line.startswith(OF_UVICORN)] == []


def told(port: int, octets: bytes, *, broken: bool = False) -> list[int]:
    """Send octets, perhaps break off there; return the statuses of what comes back."""
    with contextlib.closing(raw.connect(port)) as connection:
        with contextlib.suppress(OSError):  # the server may have had enough before the end
            connection.sendall(octets)
            if broken:
                connection.shutdown(1)
        return raw.statuses(raw.heard(connection))


BROKEN = (400, 401, 403, 404, 405, 408, 409, 411, 413, 414, 415, 421, 422, 426, 429, 431, 501, 505)


@pytest.mark.fault(
    "F-31", "whole requests of strange bodies, headers, methods and paths", ended=2, refusals=BROKEN
)
@pytest.mark.slow
def test_whole_requests_that_make_no_sense(port, measured):
    """Strange bodies, headers, methods and paths on every route: each is answered, none by a 5xx."""
    # F-31
    for octets in garbage.whole():
        statuses = told(port, octets)
        assert statuses, octets[:200]
        measured.raw(len(statuses), statuses)
        assert max(statuses) < 500, octets[:200]


@pytest.mark.slow
def test_requests_that_break_off(port):
    """Truncated anywhere, or no HTTP at all: refused or dropped, never a 5xx."""
    # F-31
    for method, path in garbage.ROUTES:
        octets = raw.request(
            method, path, garbage.as_json(garbage.CREDENTIALS), {"Content-Type": garbage.JSON}
        )
        for end in range(1, len(octets), 23):
            assert max(told(port, octets[:end], broken=True), default=0) < 500, octets[:end]
    for octets in garbage.BROKEN:
        assert max(told(port, octets, broken=True), default=0) < 500, octets[:200]


STORES = ["embedded", pytest.param("servers", marks=pytest.mark.servers)]


@pytest.fixture(params=STORES)
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """Return a site on embedded stores, and on real ones, which are particular about other texts."""
    variables = {}
    if request.param == "servers":
        variables["DATABASE_URL"] = request.getfixturevalue("migrated_url")
        variables["REDIS_URL"] = request.getfixturevalue("redis_url")
    with serving(settings(**variables)) as running:
        yield running


def test_strange_values_in_every_field(site):
    """Lone surrogates, NULs, numbers and objects where texts belong: clear refusals or plain users."""
    visitor, seen = site.visitor(), set()
    headers = {"content-type": "application/json"}
    for path, fields in garbage.strange_fields():
        answer = visitor.http.post(path, content=garbage.as_json(fields), headers=headers)
        assert answer.status_code < 500, (path, fields)
        seen.add(answer.status_code)
    assert {200, 201, 401, 409, 422} <= seen
    site.settle()


def quick(site: Site, octets: bytes) -> list[int]:
    """Send octets to a site and wait for it to close."""
    return told(site.server.port, octets)


REFUSED: dict[str, tuple[Callable[[], bytes], int]] = {
    "too long": (
        lambda: raw.request("POST", "/auth/login", b"x" * 20_000, {"Content-Type": garbage.JSON}),
        413,
    ),
    "claims to be too long": (
        lambda: raw.request(
            "POST", "/auth/login", b"{}", {"Content-Type": garbage.JSON, "Content-Length": "99999"}
        ),
        413,
    ),
    "a hundred thousand fields": (
        lambda: raw.request("POST", "/auth/login", b"a=1&" * 100_000, {"Content-Type": garbage.FORM}),
        413,
    ),
    "many short fields": (
        lambda: raw.request("POST", "/auth/login", b"&a" * 8_000, {"Content-Type": garbage.FORM}),
        400,
    ),
    "deep": (lambda: raw.request("POST", "/auth/login", b"[" * 16_000, {"Content-Type": garbage.JSON}), 400),
    "no UTF-8": (lambda: raw.request("POST", "/auth/login", b'"\xff"', {"Content-Type": garbage.JSON}), 400),
    "no type of ours": (
        lambda: raw.request("POST", "/auth/login", b"{}", {"Content-Type": "text/html"}),
        415,
    ),
}


@pytest.mark.fault("F-31", "bodies that are too long, too deep, no text, or of another type", refusals=BROKEN)
@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_read_is_refused_before_any_hash(kind, measured):
    """413, 400 or 415 at once; no thread for hashes was even started."""
    # F-31, PW-06
    octets, status = REFUSED[kind][0](), REFUSED[kind][1]
    before = set(threading.enumerate())
    with serving() as site:
        assert quick(site, octets) == [status]
        measured.raw(1, [status])
        site.settle()
        new = set(threading.enumerate()) - before
        assert not [one for one in new if one.name.startswith("jwt-auth-hash")]


@pytest.mark.fault("F-31", "a hundred bodies that never end, and somebody else meanwhile", refusals=BROKEN)
def test_slow_bodies_are_given_up_and_hold_nobody_up(monkeypatch, measured):
    """Many bodies that never end: others are served meanwhile, and each is answered 408 in the end."""
    # F-31
    monkeypatch.setattr("jwt_auth_asgi.http.bodies.TIMEOUT_SECONDS", 1.0)
    octets = raw.post_json("/auth/login", garbage.CREDENTIALS)
    with serving() as site, contextlib.ExitStack() as stack:
        slow = [stack.enter_context(contextlib.closing(raw.connect(site.server.port))) for _ in range(100)]
        for connection in slow:
            connection.sendall(octets[:-5])
        site.member().topics().raise_for_status()
        found = [raw.statuses(raw.heard(connection)) for connection in slow]
        assert found == [[408]] * len(slow)
        measured.raw(len(slow), (status for one in found for status in one))
        site.settle()
