"""Verification: whoever verifies is asked each time, in its own way, and so is the check."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from jwt_auth_asgi.errors import InvalidBearerError
from jwt_auth_asgi.identity.verification import Verification
from jwt_auth_core.errors import TokenExpiredError, TokenInvalidError
from jwt_auth_core.tokens import AccessTokens


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


def test_a_foreign_verifier_is_asked_each_time(strict, token):
    """What is not ours remembers for itself, if it wants to."""
    verify = Verification(strict)
    assert verify.of_header(header(token)) == verify.of_header(header(token))
    assert strict.asked == [token, token]


def test_our_own_tokens_know_the_header_again(tokens, token):
    """The second time the very caller of the first comes back."""
    verify = Verification(tokens)
    assert verify.of_header(header(token)) is verify.of_header(header(token))


def test_a_subclass_verifies_in_its_own_way(tokens, token):
    """Whoever overrides ``verify`` is not passed by."""

    class Picky(AccessTokens):
        def verify(self, *_token, **_named):
            raise TokenInvalidError("not today")

    with pytest.raises(TokenInvalidError, match="not today"):
        Verification(Picky(tokens.keys)).of_header(header(token))


@pytest.mark.parametrize(
    ("value", "refusal"),
    [
        ("Bearer {0}, Bearer {0}", InvalidBearerError),
        ("Bearer {0},Bearer {0}", InvalidBearerError),
        ("Bearer  {0}", TokenInvalidError),
        ("Bearer {0}\n", TokenInvalidError),
        ("Bearer {0}\u00e9", TokenInvalidError),
        ("Bearer {0}=", TokenInvalidError),
    ],
)
def test_a_good_token_in_a_wrong_form_is_refused(strict, tokens, token, value, refusal):
    """Whoever verifies, and though the token is known; several credentials are told as such."""
    # ASGI-04, ASGI-05
    for verify in (Verification(tokens), Verification(strict)):
        verify.of_header(header(token))
        for _ in range(2):
            with pytest.raises(refusal):
                verify.of_header(value.format(token).encode("latin-1"))


def test_another_scheme_is_nobody(strict, tokens):
    """Whoever verifies is not asked about another scheme's credentials."""
    assert Verification(strict).of_header(b"Basic YTpi") is None
    assert Verification(tokens).of_header(b"Basic YTpi") is None
    assert strict.asked == []


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
