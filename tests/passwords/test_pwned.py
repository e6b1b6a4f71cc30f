"""A breach service: what it is told, what its answer means, and that its silence keeps nobody out."""

from __future__ import annotations

import logging
import socket
import threading
import unicodedata

import pytest

from jwt_auth_core.passwords import pwned
from jwt_auth_core.passwords.pwned import MOST_AT_ONCE, PwnedPasswords
from jwt_auth_core.vocabulary import Secret
from tests.passwords.range_server import serving, sha1

LEAKED = "an unremarkable phrase of twelve thousand accounts"
PATIENT = 30.0


@pytest.fixture
def service():
    """Return a running service that knows one password."""
    with serving() as service:
        service.counts[LEAKED] = 12_000
        yield service


@pytest.fixture
def asking(service):
    """Return who asks it, and waits as long as a busy machine needs."""
    return PwnedPasswords(service.url, seconds=PATIENT)


@pytest.fixture
def logged(caplog):
    """Return what records the room's log."""
    caplog.set_level(logging.WARNING, "jwt_auth.passwords")
    return caplog


def test_a_leaked_password_is_known(asking):
    """Its digits are among the answer's, and nobody else's are taken for them."""  # PW-03
    assert asking.knows(Secret(LEAKED))
    assert not asking.knows(Secret("correct tidal lantern"))


def test_the_service_is_told_five_digits(asking, service):
    """Not the password, not the hash: five digits in the path, and the wish for padding."""  # PW-03
    asking.knows(Secret(LEAKED))
    ((path, headers),) = service.asked
    assert path == f"/range/{sha1(LEAKED)[:5]}"
    assert headers["Add-Padding"] == "true"
    assert headers["User-Agent"]
    assert not {"Cookie", "Authorization", "Referer"} & set(headers)


def test_padding_is_no_breach(asking, service):
    """A digest that comes with a count of nought is there for the size alone."""
    service.counts[LEAKED] = 0
    assert not asking.knows(Secret(LEAKED))


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_the_digits_may_be_small_and_the_lines_of_either_kind(asking, service, end):
    """Mirrors of the service write as they like."""
    service.body = f"{sha1('other')[5:].lower()}:1{end}{sha1(LEAKED)[5:].lower()}:3{end}".encode()
    assert asking.knows(Secret(LEAKED))


def test_it_is_asked_in_nfc(asking, service):
    """As the password is hashed, so it is looked for: however it was typed."""  # PW-04
    service.counts["lantern de café"] = 1
    assert asking.knows(Secret(unicodedata.normalize("NFD", "lantern de café")))


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 503])
def test_another_answer_keeps_nobody_out(asking, service, logged, status):
    """The password is accepted, and the log says why it was not asked about; it does not say the digits."""
    service.status = status
    assert not asking.knows(Secret(LEAKED))
    (line,) = logged.messages
    assert f"{service.url} answers {status}" in line
    assert sha1(LEAKED)[:5] not in line


@pytest.mark.parametrize("body", [b"<html>log in to this network</html>", b"\xff\xfe", b"a:1", b"[]"])
def test_something_else_keeps_nobody_out(asking, service, logged, body):
    """Who answers with a page does not know, and is not believed to."""
    service.body = body
    assert not asking.knows(Secret(LEAKED))
    assert "answers with something else than digests" in logged.messages[0]


def test_an_empty_answer_lists_nothing(asking, service, logged):
    """A range may have no entry, where nobody pads it."""
    service.body = b""
    assert not asking.knows(Secret(LEAKED))
    assert logged.messages == []


def test_a_slow_service_is_not_waited_for(service, logged):
    """When the time is over the password is accepted; what is answered later changes nothing."""  # PW-03
    service.gate.clear()
    assert not PwnedPasswords(service.url, seconds=0.05).knows(Secret(LEAKED))
    assert "comes too slowly" in logged.messages[0]


def test_a_name_that_is_looked_up_for_ever_is_not_waited_for(monkeypatch, logged):
    """The time is that of the whole question, the name server's share included."""
    hanging = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: hanging.wait(PATIENT) and [])
    asking = PwnedPasswords("https://breaches.example/range", seconds=0.05)
    assert not asking.knows(Secret(LEAKED))
    hanging.set()
    assert "comes too slowly" in logged.messages[0]


def test_a_service_that_is_not_there_keeps_nobody_out(logged):
    """Nobody listens: accepted, and said."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert not PwnedPasswords(f"http://127.0.0.1:{port}", seconds=PATIENT).knows(Secret(LEAKED))
    assert "does not answer" in logged.messages[0]


def test_only_so_many_questions_are_under_way(service, logged):
    """While as many as may be asked at once wait for a name server, further ones are not even put."""
    service.gate.clear()
    asking = PwnedPasswords(service.url, seconds=0.05)
    for _ in range(MOST_AT_ONCE + 1):
        asking._free.acquire(blocking=False)
    assert not asking.knows(Secret(LEAKED))
    assert service.asked == []
    assert "as many questions" in logged.messages[0]
    asking.after_fork()  # the child has none under way
    assert asking._free.acquire(blocking=False)


def test_every_question_gives_its_place_back(asking, service):
    """However it ended."""
    for status in (200, 500) * MOST_AT_ONCE:
        service.status = status
        asking.knows(Secret(LEAKED))
    service.status = 200
    assert asking.knows(Secret(LEAKED))


def test_without_a_thread_nobody_is_kept_out(asking, monkeypatch, logged):
    """Where the system gives no more threads, the place is given back, too."""
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", lambda _: (_ for _ in ()).throw(RuntimeError("no thread")))
        for _ in range(MOST_AT_ONCE + 1):
            assert not asking.knows(Secret(LEAKED))
    assert "there is no thread for it" in logged.messages[0]
    assert asking.knows(Secret(LEAKED))


def test_the_log_has_one_line_a_minute(service, logged):
    """An outage does not drown it; the next line says how many there were."""  # LOG-1
    service.status, now = 503, [1000.0]
    asking = PwnedPasswords(service.url, seconds=PATIENT, monotonic=lambda: now[0])
    for later in (0, 10, 59.9, 60):
        now[0] = 1000.0 + later
        asking.knows(Secret(LEAKED))
    assert len(logged.messages) == 2
    assert logged.messages[1].endswith("and 2 more since the last line")


@pytest.mark.parametrize("url", ["http://breaches.example/range", "https://a:b@breaches.example", "ftp://x"])
def test_a_url_that_would_tell_is_refused(url):
    """What is not encrypted stays on this machine, and credentials are not for URLs."""
    with pytest.raises(ValueError, match="key set"):
        PwnedPasswords(url)


def test_it_takes_a_second_unless_told_otherwise():
    """That is the most that a hash thread waits."""
    assert PwnedPasswords("https://breaches.example")._seconds == pwned.SECONDS == 1.0
