"""Roles in tokens: issued as a list of names, and read back as a set."""

from __future__ import annotations

import pytest

from jwt_auth_core.tokens import AccessTokens
from tests.tokens.forge import NOW, RING, claims, forged

TOKENS = AccessTokens(RING)


def claims_of(**facts):
    """Return what the verified claims say, at the first look."""
    return TOKENS.verify(TOKENS.issue(subject="42", **facts))


@pytest.mark.parametrize("roles", [(), {"editor"}, ["editor", "author"]], ids=repr)
def test_roles_are_read_as_they_were_issued(roles):
    """Names alone, in no order, beside the scopes."""
    claims = claims_of(scopes={"posts:*"}, roles=roles)
    assert (claims.roles, claims.scopes, claims.extra) == (frozenset(roles), {"posts:*"}, {})


def test_roles_beside_a_claim_that_we_do_not_know_are_roles():
    """They are no extra claim, whoever wrote the token, and whichever way it has to be read."""
    said = TOKENS.verify(forged(claims(roles=["editor", "author"], x=1)), now=NOW)
    assert (said.roles, said.extra) == ({"editor", "author"}, {"x": 1})


def test_roles_have_the_letters_of_scopes():
    """So that a list of them needs no escapes."""
    for roles in ({"two words"}, {'"'}, {""}):
        with pytest.raises(ValueError, match="scope"):
            claims_of(roles=roles)
    with pytest.raises(TypeError, match="not one text"):
        claims_of(roles="editor")


def test_roles_that_an_application_added_are_roles():
    """A list of names under that claim is one, by whichever argument it came."""
    assert claims_of(extra={"roles": ["editor"]}).roles == {"editor"}
    with pytest.raises(ValueError, match="not both"):
        claims_of(roles={"editor"}, extra={"roles": ["author"]})


@pytest.mark.parametrize("odd", ["editor", 7, None, [""], ["a", 1], [{"value": "editor"}]], ids=repr)
def test_roles_of_another_form_are_an_extra_claim(odd):
    """They grant nothing, and the token is as good as before."""
    claims = claims_of(extra={"roles": odd})
    assert claims.roles == frozenset()
    assert set(claims.extra) == {"roles"}


def test_the_version_of_a_token_is_kept():
    """As the user has it, and none where nobody gave one."""
    assert claims_of(token_version=3).token_version == 3
    assert claims_of().token_version is None
    with pytest.raises(ValueError, match="token_version is not negative"):
        claims_of(token_version=-1)
    with pytest.raises(TypeError, match="token_version is an int"):
        claims_of(token_version=True)
