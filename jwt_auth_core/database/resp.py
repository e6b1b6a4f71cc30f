"""RESP, the protocol of Redis: commands as octets, and the one kind of reply that our scripts give.

Knows no socket and no driver. What is no bulk string (an error, a redirection) is left to the driver.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jwt_auth_core.records import dataclass

Word = str | bytes | int
Words = tuple[Word, ...]
"""A command."""

KEY: Final = 3
"""Where the key stands in the words of a script's run."""

_END: Final = b"\r\n"
_BULK: Final = ord("$")


@dataclass(slots=True)  # made for each command: filling a frozen one takes three times as long
class Call:
    """One run of a script: its key, the arguments that are its own, and further keys of the same slot."""

    key: str
    arguments: Words
    further: tuple[str, ...] = ()

    def words(self, verb: str, script: str, shared: Sequence[Word] = ()) -> Words:
        """Return the command; ``shared`` are the arguments that all runs of a batch end with."""
        return (verb, script, 1 + len(self.further), self.key, *self.further, *self.arguments, *shared)


def packed(words: Sequence[Word]) -> bytes:
    """Return a command: the array of its words, each with its length before it."""
    return _count(len(words)) + packed_words(words)


def packed_words(words: Sequence[Word]) -> bytes:
    """Return a part of a command; `Frame` puts parts together."""
    # The driver's general packer does the same and was what a batch spent most of its time on.
    encoded = [word if type(word) is bytes else str(word).encode() for word in words]
    return b"".join([b"$%d\r\n%b\r\n" % (len(word), word) for word in encoded])


def _count(words: int) -> bytes:
    return b"*%d\r\n" % words


class Frame:
    """What a batch of commands has in common: the words that all begin with, and those they end with.

    A class because these are packed once, for as many commands as there are.
    """

    __slots__ = ("_closing", "_fixed", "_opening")

    def __init__(self, opening: Sequence[Word], closing: Sequence[Word]) -> None:
        self._fixed = len(opening) + len(closing)
        self._opening, self._closing = packed_words(opening), packed_words(closing)

    def packed(self, words: Sequence[Word]) -> bytes:
        """Return the command with ``words`` in the middle."""
        return _count(self._fixed + len(words)) + self._opening + packed_words(words) + self._closing


class OddReplyError(Exception):
    """Raised for a reply that is no bulk string."""


class Replies:
    """Takes replies out of what a socket gives; a class because they arrive in pieces of any size."""

    __slots__ = ("_data", "_place", "_wanted", "found")

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._data = b""
        self._place = 0
        self.found: list[bytes] = []

    def feed(self, data: bytes) -> bool:
        """Add what was read; tell whether all replies are there.

        Raises:
            OddReplyError: a reply is no bulk string, or something follows the last one.
        """
        self._data += data
        while len(self.found) < self._wanted and self._take():
            pass
        if len(self.found) < self._wanted:
            return False
        if self._place != len(self._data):
            raise OddReplyError
        return True

    def _take(self) -> bool:
        data, place = self._data, self._place
        if place < len(data) and data[place] != _BULK:
            raise OddReplyError
        head = data.find(_END, place)
        if head < 0:
            return False
        size = data[place + 1 : head]
        if not size.isdigit():  # -1 is no string either
            raise OddReplyError
        start = head + len(_END)
        end = start + int(size)
        if len(data) < end + len(_END):
            return False
        self.found.append(data[start:end])
        self._place = end + len(_END)
        return True
