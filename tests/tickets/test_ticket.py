"""A ticket's form: random, unlike any access token, and fit for a subprotocol."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.errors import TokenInvalidError, UnavailableError
from jwt_auth_core.tickets import PREFIX, digest_of, new_ticket

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2


@given(st.binary(min_size=32, max_size=32))
def test_every_ticket_fits_a_subprotocol(random):
    """Whatever its bytes; and its digest is not the ticket."""
    ticket = new_ticket(lambda _size: random).reveal()
    assert TOKEN.fullmatch(ticket)
    assert ticket.count(".") == 1  # an access token has two
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", digest_of(ticket))
    assert digest_of(ticket) not in ticket


def test_no_two_are_alike():
    """They are random, and say nothing in a log."""
    assert len({new_ticket().reveal() for _ in range(100)}) == 100
    assert "ticket" not in repr(new_ticket()) + str(new_ticket())


@pytest.mark.parametrize("after", ["", "A" * 42, "A" * 44, "A" * 42 + "é", "A" * 42 + "=", "A" * 43 + "\n"])
def test_another_form_is_no_ticket(after):
    """It is refused before any store is asked."""
    with pytest.raises(TokenInvalidError, match="it is no ticket"):
        digest_of(PREFIX + after)


def test_without_entropy_there_is_no_ticket():
    """A 503, never a guessable one."""

    def dry(_size):
        raise OSError

    with pytest.raises(UnavailableError):
        new_ticket(dry)
