"""RESP: commands as the driver writes them, and replies in pieces of any size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.connection import Connection

from jwt_auth_core.database.resp import Frame, OddReplyError, Replies, packed

WORDS = st.lists(st.one_of(st.binary(), st.text(alphabet="aé☃"), st.integers()), min_size=1)


def driver(words):
    """Return the command as redis-py packs it."""
    return b"".join(Connection().pack_command(*words))


@given(WORDS)
def test_a_command_is_packed_as_by_the_driver(words):
    """Octets, texts and integers, each with its length in octets."""
    if isinstance(words[0], str | int):
        words = [str(words[0]).replace(" ", "").encode(), *words[1:]]  # the driver takes commands apart
    if b" " not in words[0]:
        assert packed(words) == driver(words)


@given(WORDS, WORDS, WORDS)
def test_a_frame_is_what_its_commands_share(opening, middle, closing):
    """Packed in parts or at once, a command is the same."""
    assert Frame(opening, closing).packed(middle) == packed([*opening, *middle, *closing])


def bulk(text):
    return b"$%d\r\n%b\r\n" % (len(text), text)


@given(st.lists(st.binary(), min_size=1), st.data())
def test_replies_arrive_in_pieces(texts, data):
    """Wherever the octets are cut, the same replies come out, the last with the last octet."""
    octets = b"".join(map(bulk, texts))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(octets) - 1))))
    replies = Replies(len(texts))
    pieces = [octets[start:end] for start, end in zip([0, *cuts], [*cuts, len(octets)], strict=True)]
    assert [replies.feed(piece) for piece in pieces] == [False] * len(cuts) + [True]
    assert replies.found == texts


@pytest.mark.parametrize(
    "octets",
    [
        b"-NOSCRIPT No matching script.\r\n",
        b"-MOVED 1 127.0.0.1:7001\r\n",
        b":1\r\n",
        b"$-1\r\n",
        b"$\r\n",
        b"$x\r\n",
        b"*0\r\n",
        b"_\r\n",
        b"\r\n",
        bulk(b"ok") + b"$",
        bulk(b"ok") + bulk(b"late"),
    ],
)
def test_any_other_reply_is_odd(octets):
    """Errors, redirections, nothing, numbers, or one reply too many are left to the driver."""
    with pytest.raises(OddReplyError):
        Replies(1).feed(octets)
