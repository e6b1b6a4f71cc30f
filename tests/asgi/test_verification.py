"""Verification: what it remembers, and that every hit asks the tokens again."""

import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest

from jwt_auth_asgi import verification
from jwt_auth_asgi.verification import Verification
from jwt_auth_core.errors import TokenExpiredError, TokenInvalidError


class Strict:
    """Verifies as the real tokens do, counts, and can lose its keys."""

    def __init__(self, tokens):
        self.tokens = tokens
        self.asked = []
        self.keyless = False

    def verify(self, token):
        """Verify unless the keys are gone."""
        self.asked.append(token)
        if self.keyless:
            raise TokenInvalidError("unknown key")
        return self.tokens.verify(token)


@pytest.fixture
def strict(tokens):
    """Return the counting tokens."""
    return Strict(tokens)


def header(token):
    """Return the header's value."""
    return f"Bearer {token}".encode()


def test_a_known_header_has_its_caller_ready(strict, token):
    """The second time the same object comes back, verified again."""
    verify = Verification(strict)
    first = verify.of_header(header(token))
    assert verify.of_header(header(token)) is first
    assert strict.asked == [token, token]


def test_a_known_header_expires(strict, token, clock):
    """Time passes for remembered tokens, too."""
    verify = Verification(strict)
    verify.of_header(header(token))
    clock.now += 900
    for _ in range(2):
        with pytest.raises(TokenExpiredError):
            verify.of_header(header(token))


def test_a_known_header_ends_with_its_key(strict, token):
    """A key that is taken out takes its tokens along; a key that comes back brings them back."""
    verify = Verification(strict)
    verify.of_header(header(token))
    strict.keyless = True
    with pytest.raises(TokenInvalidError):
        verify.of_header(header(token))
    strict.keyless = False
    assert verify.of_header(header(token)).identity == "42"


def test_new_claims_make_a_new_caller(strict, token, tokens):
    """What the verifier says now is what counts, not what it said then."""
    verify = Verification(strict)
    verify.of_header(header(token))
    changed = replace(tokens.verify(token), scopes=frozenset())
    strict.tokens = SimpleNamespace(verify=lambda _: changed)
    assert verify.of_header(header(token)).claims is changed


def test_refused_headers_are_not_remembered(strict):
    """Only what verified takes up memory."""
    verify = Verification(strict)
    for number in range(10):
        with pytest.raises(TokenInvalidError):
            verify.of_header(header(f"a.b.{number}"))
    assert verify._known == {}


def test_the_memory_is_bounded(strict, tokens, monkeypatch):
    """When it is full it begins anew; what fell out is verified again."""
    monkeypatch.setattr(verification, "REMEMBERED", 3)
    verify = Verification(strict)
    headers = [header(tokens.issue(subject=str(number))) for number in range(5)]
    for one in headers:
        verify.of_header(one)
    assert list(verify._known) == headers[3:]
    assert verify.of_header(headers[0]).identity == "0"


def test_threads_may_share_it(strict, tokens, monkeypatch):
    """Servers with several loops in one process call it from all of them."""
    monkeypatch.setattr(verification, "REMEMBERED", 2)
    verify = Verification(strict)
    headers = {str(number): header(tokens.issue(subject=str(number))) for number in range(8)}
    wrong = []

    def work():
        for subject, value in list(headers.items()) * 50:
            if verify.of_header(value).identity != subject:
                wrong.append(subject)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_every_way_is_checked(strict, token):
    """A check that refuses is heard the first time, the second time, and for a bare token."""
    said = []

    def check(claims):
        said.append(claims.session_id)
        if len(said) > 2:
            raise TokenInvalidError("revoked")

    verify = Verification(strict, check)
    verify.of_header(header(token))
    verify.of_header(header(token))
    for way in (lambda: verify.of_header(header(token)), lambda: verify.of_token(token)):
        with pytest.raises(TokenInvalidError, match="revoked"):
            way()
    assert said == ["5e55"] * 4
    assert verify._known == {}
