"""What is remembered: verified tokens only, as long as they are good and their keys are there."""

from __future__ import annotations

import threading

import pytest

from jwt_auth_core.errors import TokenError, TokenExpiredError, TokenInvalidError
from jwt_auth_core.keys import Hs256Key, KeyRing
from jwt_auth_core.tokens import AccessTokens, Limits, verifier_cache
from jwt_auth_core.tokens.profiles import PROFILES
from tests.tokens.forge import HEADER, KEY, NOW, RING, claims, forged


@pytest.fixture
def tokens():
    """Return access tokens that remember nothing yet."""
    return AccessTokens(RING)


def numbered(count):
    """Return different valid tokens."""
    return [forged(claims(jti=str(number))) for number in range(count)]


def test_the_same_claims_come_back(tokens):
    """The second look at a token gives the very object of the first."""
    token = forged()
    first = tokens.verify(token, now=NOW)
    assert tokens.verify(token, now=NOW + 1) is first
    assert tokens.verify(token.encode(), now=NOW + 2) is first


def test_a_remembered_token_expires(tokens):
    """Expiry is checked at every look, to the second."""
    token = forged()
    tokens.verify(token, now=NOW)
    assert tokens.verify(token, now=NOW + 899).subject == "42"
    with pytest.raises(TokenExpiredError):
        tokens.verify(token, now=NOW + 900)


@pytest.mark.parametrize("beginning", [{}, {"nbf": NOW + 30}])
def test_a_remembered_token_was_not_always_good(tokens, beginning):
    """If the clock goes back behind the beginning, a remembered token is refused as a new one."""
    token = forged(claims(**beginning))
    starts_at = beginning.get("nbf", NOW) - 60
    tokens.verify(token, now=NOW)
    assert tokens.verify(token, now=starts_at).subject == "42"
    with pytest.raises(TokenInvalidError, match="from the future"):
        tokens.verify(token, now=starts_at - 1)


def test_a_token_is_known_in_its_first_second(tokens):
    """To the very one in which it begins, at whichever second it was looked at first."""
    token = forged()
    first = tokens.verify(token, now=NOW + 100)
    assert tokens.verify(token, now=NOW - 60) is first


def test_a_token_does_not_outlive_its_key(tokens):
    """When a key is taken away, its remembered tokens stop at once; those of others stay good."""  # JWT-18
    new = Hs256Key("the key of the tests that comes next")
    token = forged()
    tokens.verify(token, now=NOW)
    tokens.replace_keys(KeyRing([new, KEY]))
    assert tokens.verify(token, now=NOW).subject == "42"
    tokens.replace_keys(KeyRing([new]))
    with pytest.raises(TokenInvalidError, match="no known key"):
        tokens.verify(token, now=NOW)


def test_refused_tokens_are_not_remembered(tokens):
    """Forged, expired and misdirected tokens leave no trace."""
    wrong = Hs256Key("another secret, not the one of the ring")
    refused = [forged(key=wrong), forged(claims(exp=NOW)), forged(claims(aud="x")), "a.b.c", forged(b"[]")]
    for token in refused:
        with pytest.raises(TokenError):
            tokens.verify(token, now=NOW)
    assert not tokens.stats().tokens


def test_memory_is_bounded_and_the_oldest_goes():
    """Of more tokens than fit, the first to come is the first to go."""
    tokens = AccessTokens(RING, limits=Limits(remembered=1024))
    all_of_them = numbered(1030)
    for token in all_of_them:
        tokens.verify(token, now=NOW)
    assert list(tokens.stats().tokens) == all_of_them[6:]


def test_memory_can_be_turned_off():
    """With none remembered every look is a verification."""
    tokens = AccessTokens(RING, limits=Limits(remembered=0))
    token = forged()
    assert tokens.verify(token, now=NOW) is not tokens.verify(token, now=NOW)
    assert not tokens.stats().tokens


def test_long_tokens_are_not_remembered(tokens):
    """A token of more than 2048 characters is verified each time: memory is for the usual ones."""
    token = forged(claims(x="a" * 2000))
    assert tokens.verify(token, now=NOW) == tokens.verify(token, now=NOW)
    assert not tokens.stats().tokens


@pytest.mark.parametrize(("spare", "is_known"), [(0, True), (-1, False)])
def test_a_token_is_remembered_up_to_the_limit(spare, is_known):
    """One that is longer is verified each time."""
    token = forged()
    tokens = AccessTokens(RING, limits=Limits(remembered_characters=len(token) + spare))
    assert (tokens.verify(token, now=NOW) is tokens.verify(token, now=NOW)) is is_known


def test_a_known_header_is_not_read_again(tokens, monkeypatch):
    """The second token behind it costs a look at what is known."""
    tokens.verify(forged(), now=NOW)
    monkeypatch.setattr(verifier_cache, "read_header", None)
    assert tokens.verify(forged(claims(jti="another")), now=NOW).token_id == "another"


def test_headers_are_remembered_only_with_a_right_signature(tokens):
    """Strangers cannot fill the memory of headers; our own can, up to 64."""
    for number in range(verifier_cache.MOST_HEADERS + 10):
        header = HEADER | {"x": number}
        with pytest.raises(TokenInvalidError):
            tokens.verify(forged(header=header)[:-1] + "=", now=NOW)
        assert tokens.stats().headers == min(number, verifier_cache.MOST_HEADERS)
        assert tokens.verify(forged(header=header), now=NOW).subject == "42"
    assert tokens.stats().headers == verifier_cache.MOST_HEADERS


def test_the_known_header_of_another_key_does_not_help(tokens):
    """A remembered header with a wrong signature is refused."""
    tokens.verify(forged(), now=NOW)
    with pytest.raises(TokenInvalidError, match="signature"):
        tokens.verify(forged(key=Hs256Key("another secret, not the one of the ring")), now=NOW)


def test_threads_share_it():
    """Eight threads verify, overflow the memory and see keys replaced, without an error or a mix-up."""
    tokens = AccessTokens(RING, limits=Limits(remembered=1024))
    work, wrong = numbered(1500), []

    def run(offset):
        for number in range(len(work)):
            place = (number + offset) % len(work)
            try:
                if tokens.verify(work[place], now=NOW).token_id != str(place):
                    wrong.append(place)
            except Exception as error:  # noqa: BLE001 - whatever it is, the test shall see it
                wrong.append(error)
            if number % 400 == offset % 400:
                tokens.replace_keys(RING)

    threads = [threading.Thread(target=run, args=(offset,)) for offset in range(0, 1500, 190)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(tokens.stats().tokens) <= 1024


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"characters": 255}, "at least 256"),
        ({"lifetime_seconds": 0}, "at least 1"),
        ({"leeway_seconds": 61}, "0 to 60"),
        ({"leeway_seconds": -1}, "0 to 60"),
        ({"remembered": 1023}, "0 or at least 1024"),
        ({"remembered": -1}, "0 or at least 1024"),
    ],
)
def test_limits_have_limits(limits, message):
    """A limit outside its range is refused by name."""
    with pytest.raises(ValueError, match=f"{next(iter(limits))} is {message}"):
        Limits(**limits)


def test_a_key_that_is_nobody_s_has_no_owner():
    """Where keys are for one issuer each, a shared secret says nothing of it."""
    cache = verifier_cache.VerifierCache(RING, profile=PROFILES["entra"], capacity=0)
    assert not cache.has_owners
