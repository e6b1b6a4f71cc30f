"""A code's form: random, of one purpose, unlike any access token, and fit for a subprotocol."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.errors import TokenInvalidError, UnavailableError
from jwt_auth_core.one_time import WS_TICKET, Purpose, code

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2
OTHER = Purpose("password_reset", ttl_seconds=900)


@given(st.binary(min_size=32, max_size=32))
def test_every_code_fits_a_subprotocol(random):
    """Whatever its bytes; and its digest is not the code."""
    ticket = WS_TICKET.new(lambda _size: random).reveal()
    assert TOKEN.fullmatch(ticket)
    assert ticket.count(".") == 1  # an access token has two
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", WS_TICKET.digest_of(ticket))
    assert WS_TICKET.digest_of(ticket) not in ticket


def test_no_two_are_alike():
    """They are random, and say nothing in a log."""
    assert len({WS_TICKET.new().reveal() for _ in range(100)}) == 100
    assert "ticket" not in repr(WS_TICKET.new()) + str(WS_TICKET.new())


@pytest.mark.parametrize("after", ["", "A" * 42, "A" * 44, "A" * 42 + "é", "A" * 42 + "=", "A" * 43 + "\n"])
def test_another_form_is_no_code(after):
    """It is refused before any store is asked."""
    with pytest.raises(TokenInvalidError, match="it is no ticket"):
        WS_TICKET.digest_of(WS_TICKET.prefix + after)


def test_a_code_of_another_purpose_is_none():
    """It is refused as it is, and by another name it has another digest."""
    ticket = WS_TICKET.new().reveal()
    with pytest.raises(TokenInvalidError, match="it is no password_reset"):
        OTHER.digest_of(ticket)
    renamed = OTHER.prefix + ticket.removeprefix(WS_TICKET.prefix)
    assert OTHER.digest_of(renamed) != WS_TICKET.digest_of(ticket)
    with pytest.raises(TokenInvalidError, match="it is no ticket"):
        WS_TICKET.digest_of(renamed)


def test_the_digest_of_a_ticket_is_that_of_before():
    """Workers from before purposes had names, and those after, redeem each other's tickets."""
    ticket = "ticket." + "A" * 43
    before = base64.urlsafe_b64encode(hashlib.sha256(ticket.encode()).digest()).rstrip(b"=").decode()
    assert WS_TICKET.digest_of(ticket) == before == "kggn8h0xUezSBa8wW1rAOX97YuXvOBIo0l19b5vgDGw"


def test_no_two_purposes_have_one_name():
    """Their codes would open each other's doors."""
    names = [one.name for one in vars(code).values() if isinstance(one, Purpose)]
    assert len(set(names)) == len(names) >= 1


@pytest.mark.parametrize("name", ["", "Ticket", "ws.ticket", "_x", "x_", "t1", "a b", "ticket\n"])
def test_a_purpose_has_a_plain_name(name):
    """Without the dot that ends it, one cannot be the beginning of another."""
    with pytest.raises(ValueError, match="lower-case words"):
        Purpose(name, ttl_seconds=30)


def test_a_purpose_has_a_lifetime():
    """A code that is over before it is there is of no use."""
    with pytest.raises(ValueError, match="at least one second"):
        Purpose("ticket", ttl_seconds=0)


def test_without_entropy_there_is_no_code():
    """A 503, never a guessable one."""

    def dry(_size):
        raise OSError

    with pytest.raises(UnavailableError):
        WS_TICKET.new(dry)
