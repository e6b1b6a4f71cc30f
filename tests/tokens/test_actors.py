"""Who acts for a subject, and the session with which that ends, as ``act`` nests them."""

import pytest

from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.actors import Actor, acting_in, chain_of

TOKENS = AccessTokens(KeyRing.from_secret("a secret that only these tests use, forty-odd bytes"))


def test_a_token_says_who_acts_and_until_when():
    """The latest first; a mere name ends with nothing."""
    chain = (Actor("second", "a2"), "between", Actor("first", "a1"))
    claims = TOKENS.verify(TOKENS.issue(subject="42", actors=chain))
    assert chain_of(claims.extra) == (Actor("second", "a2"), Actor("between"), Actor("first", "a1"))
    assert (claims.actor, claims.acting) == ("second", ("a2", "a1"))
    assert TOKENS.verify(TOKENS.issue(subject="42")).acting == ()


@pytest.mark.parametrize(
    ("actor", "kind"),
    [
        (Actor(""), ValueError),
        (Actor("a", ""), ValueError),
        (Actor("\udcff"), ValueError),
        (Actor(7), TypeError),
        (Actor("a", 7), TypeError),
        (None, TypeError),
    ],
)
def test_what_nobody_is_called(actor, kind):
    """A name is a text with something in it, a session as well."""
    with pytest.raises(kind):
        TOKENS.issue(subject="42", actors=[actor])


@pytest.mark.parametrize("act", [7, {"sub": ""}, {"sub": "a", "act": {"sid": "b"}}])
def test_an_act_of_another_form_names_nobody(act):
    """No session either."""
    assert (chain_of({"act": act}), acting_in({"act": act})) == (None, ())


@pytest.mark.parametrize("session_id", [7, None, "", ["a"]])
def test_a_session_of_another_form_is_none(session_id):
    """The actor is one all the same."""
    assert acting_in({"act": {"sub": "a", "sid": session_id}}) == ()
