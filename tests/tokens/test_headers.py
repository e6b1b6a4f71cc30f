"""Values of Authorization headers: verified as their tokens are, and recognised as they came."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from jwt_auth_core.errors import TokenError, TokenExpiredError, TokenInvalidError
from jwt_auth_core.keys import Hs256Key, KeyRing
from jwt_auth_core.tokens import AccessTokens, Limits
from tests.tokens.forge import KEY, NOW, RING, claims, forged
from tests.tokens.test_silence import frames


class Reader:
    """Takes the scheme off, and counts."""

    def __init__(self):
        self.read = []

    def __call__(self, value):
        self.read.append(value)
        return value.removeprefix(b"Bearer ") if value.startswith(b"Bearer ") else None


def caller(claims):
    """Make a caller of claims."""
    return SimpleNamespace(claims=claims)


def other_caller(claims):
    """Make something else of them."""
    return [claims]


class Clock:
    """A clock that stands still."""

    now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    """Return the time."""
    return Clock()


@pytest.fixture
def read():
    """Return what takes a value apart."""
    return Reader()


@pytest.fixture
def tokens(clock):
    """Return access tokens that remember nothing yet."""
    return AccessTokens(RING, clock=clock)


def value(token):
    """Return a new value of a header."""
    return f"Bearer {token}".encode()


def test_a_header_says_what_its_token_says(tokens, read):
    """The claims are those of `verify`; the second time nothing is taken apart, and made, anew."""
    token = forged()
    first = tokens.verify_header(value(token), read, caller)
    assert first.claims == tokens.verify(token)
    assert tokens.verify_header(value(token), read, caller) is first
    assert read.read == [value(token)]


def test_each_gets_the_callers_that_it_makes(tokens, read):
    """What one made of a header is not given to another, though the header is known."""
    token = forged()
    for maker, kind in ((caller, SimpleNamespace), (other_caller, list), (caller, SimpleNamespace)):
        assert type(tokens.verify_header(value(token), read, maker)) is kind


def test_a_header_without_a_token(tokens, read):
    """Another scheme's credentials are no claims, and are not remembered."""
    assert tokens.verify_header(b"Basic YTpi", read, caller) is None
    assert not tokens.stats().tokens


def test_a_malformed_header(tokens):
    """What takes the value apart may refuse it."""

    def refuse(_value):
        raise TokenInvalidError("malformed")

    with pytest.raises(TokenInvalidError, match="malformed"):
        tokens.verify_header(value(forged()), refuse, caller)


def test_a_known_header_expires(tokens, read, clock):
    """Its time is looked at each time, to the second, and backwards."""
    tokens.verify_header(value(forged()), read, caller)
    for clock.now, refusal in (
        (NOW + 900, TokenExpiredError),
        (NOW + 901, TokenExpiredError),
        (NOW - 61, TokenInvalidError),
    ):
        with pytest.raises(refusal):
            tokens.verify_header(value(forged()), read, caller)
    clock.now = NOW + 899
    assert tokens.verify_header(value(forged()), read, caller).claims.subject == "42"


def test_a_known_header_does_not_outlive_its_key(tokens, read):
    """When the key is taken away, the header is refused."""  # JWT-18
    tokens.verify_header(value(forged()), read, caller)
    tokens.replace_keys(KeyRing([Hs256Key("the key of the tests that comes next")]))
    with pytest.raises(TokenInvalidError, match="no known key"):
        tokens.verify_header(value(forged()), read, caller)
    tokens.replace_keys(KeyRing([KEY]))
    assert tokens.verify_header(value(forged()), read, caller).claims.subject == "42"


def test_refused_headers_are_not_remembered(tokens, read):
    """Only what verified takes up memory."""
    wrong = Hs256Key("another secret, not the one of the ring")
    for token in (forged(key=wrong), forged(claims(exp=NOW)), "a.b.c", "", "x" * 9000):
        with pytest.raises(TokenError):
            tokens.verify_header(value(token), read, caller)
    assert not tokens.stats().tokens


def test_headers_and_tokens_share_one_memory(read):
    """However tokens come, the bound holds, and the oldest goes."""
    tokens = AccessTokens(RING, limits=Limits(remembered=1024), clock=Clock())
    many = [forged(claims(jti=str(number))) for number in range(600)]
    for token in many:
        tokens.verify(token)
        tokens.verify_header(value(token), read, caller)
    assert len(tokens.stats().tokens) == 1024
    assert list(tokens.stats().tokens)[-2:] == [many[-1], value(many[-1])]


def test_long_tokens_are_not_remembered(tokens, read):
    """The bound on a remembered token's length is the same."""
    token = forged(claims(x="a" * 2000))
    once, twice = (tokens.verify_header(value(token), read, caller) for _ in range(2))
    assert once == twice
    assert once is not twice
    assert not tokens.stats().tokens


def test_errors_are_silent(tokens, read):
    """Neither a frame nor a chained error shows the header or what it said."""  # JWT-16
    private = "f0e1d2c3-private"
    token = forged(claims(sub=private, scope="a  b"))
    with pytest.raises(TokenInvalidError) as caught:
        tokens.verify_header(value(token), read, caller)
    found = frames(caught.value)
    assert not any(part in found for part in (private, *token.split(".")))


def test_a_header_is_known_in_its_first_second(tokens, read, clock):
    """To the very one in which its token begins, and not before."""
    token = forged()
    first = tokens.verify_header(value(token), read, caller)
    clock.now = NOW - 60
    assert tokens.verify_header(value(token), read, caller) is first
    clock.now -= 1
    with pytest.raises(TokenInvalidError, match="from the future"):
        tokens.verify_header(value(token), read, caller)


@pytest.mark.parametrize(("spare", "is_taken"), [(0, True), (-1, False)])
def test_a_token_in_a_header_may_be_as_long_as_the_limit(clock, read, spare, is_taken):
    """And not a character more; the limit is told."""
    token = forged(claims(x="a" * 2000))
    longest = len(token) + spare
    tokens = AccessTokens(RING, clock=clock, limits=Limits(characters=longest))
    if is_taken:
        assert tokens.verify_header(value(token), read, caller).claims.subject == "42"
        return
    with pytest.raises(TokenInvalidError, match=f"longer than {longest} characters"):
        tokens.verify_header(value(token), read, caller)


@pytest.mark.parametrize(("spare", "is_known"), [(0, True), (-1, False)])
def test_a_token_in_a_header_is_remembered_up_to_the_limit(clock, read, spare, is_known):
    """One that is longer is verified each time."""
    token = forged()
    tokens = AccessTokens(RING, clock=clock, limits=Limits(remembered_characters=len(token) + spare))
    first = tokens.verify_header(value(token), read, caller)
    assert (tokens.verify_header(value(token), read, caller) is first) is is_known
