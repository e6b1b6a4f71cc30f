"""JSON files of any size, one item at a time: an array, an array in the file's object, or lines.

What is held is one item and a piece of the file around it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final, NoReturn, TextIO

from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.imports.imported_user import Remark

PIECE: Final = 64 * 1024
"""How many characters are read at once."""
LONGEST_ITEM: Final = 16 * 1024 * 1024
"""How many characters an item may have, or another member of the object in which the items are."""

_decode: Final = json.JSONDecoder().raw_decode
_SPACES: Final = " \t\r\n"

Item = tuple[int, object]
"""The line on which it begins, and what it is."""


def unreadable(line: int, reason: str) -> InvalidInputError:
    """Return the error of a file that cannot be read from this line on."""
    return InvalidInputError([FieldError("FILE", "unreadable", f"line {line}: {reason}")])


def items(file: TextIO, member: str | None = None) -> Iterator[Item | Remark]:
    """Return each item of the array that the file is, or that its object has by this name; else of its lines.

    Raises:
        InvalidInputError: what is no JSON in an array or an object; of a line that is none a `Remark` tells.
    """
    reader = _Reader(file)
    first = reader.peek()
    if first == "[":
        yield from reader.array()
    elif member is not None:
        yield from reader.member(member)
    elif first:
        yield from _lines(reader)


class _Reader:
    """A JSON text that comes in pieces; a class because it knows how far it is."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._buffer = ""
        self._at = 0
        self._is_over = False
        self.line = 1

    def peek(self) -> str:
        """Return the next character that is no space; the empty text at the end."""
        while True:
            at = self._at
            while at < len(self._buffer) and self._buffer[at] in _SPACES:
                at += 1
            self._advance(at)
            if at < len(self._buffer) or self._is_over:
                return self._buffer[at : at + 1]
            self._fill()

    def array(self) -> Iterator[Item]:
        """Return the items of the array that begins here."""
        self._take("[")
        if self.peek() == "]":
            return self._take("]")
        while True:
            line = self.line
            yield line, self._value()
            if self.peek() != ",":
                return self._take("]")
            self._take(",")
            self.peek()

    def member(self, name: str) -> Iterator[Item]:
        """Return the items of the array that the object here has by this name; the rest is passed over."""
        self._take("{")
        is_found = False
        while self.peek() == '"':
            key = self._value()
            self.peek()
            self._take(":")
            if self.peek() == "[" and key == name:
                is_found = True
                yield from self.array()
            else:
                self._value()
            if self.peek() != ",":
                break
            self._take(",")
        self._take("}")
        if not is_found:
            raise unreadable(self.line, f'its object has no array "{name}"')

    def next_line(self) -> str:
        """Return the rest of the line, with its end; the empty text at the end of the file."""
        while (end := self._buffer.find("\n", self._at)) < 0 and not self._is_over:
            self._fill()
        end = len(self._buffer) if end < 0 else end + 1
        found = self._buffer[self._at : end]
        self._at = end
        return found

    def _value(self) -> object:
        while True:
            try:
                value, end = _decode(self._buffer, self._at)
            except (ValueError, RecursionError):
                if self._is_over:
                    self._fail()
            else:
                if end < len(self._buffer) or self._is_over:  # a number may go on
                    self._advance(end)
                    return value
            self._fill()

    def _take(self, character: str) -> None:
        if self._buffer[self._at : self._at + 1] != character:
            self._fail()
        self._at += 1

    def _fill(self) -> None:
        rest = self._buffer[self._at :]
        if len(rest) > LONGEST_ITEM:
            raise unreadable(self.line, f"an item has more than {LONGEST_ITEM} characters, or no end")
        piece = self._file.read(max(PIECE, len(rest)))  # doubled, so that a long item is not read in squares
        self._buffer, self._at, self._is_over = rest + piece, 0, not piece

    def _advance(self, end: int) -> None:
        self.line += self._buffer.count("\n", self._at, end)
        self._at = end

    def _fail(self) -> NoReturn:
        raise unreadable(self.line, "it is no JSON") from None


def _lines(reader: _Reader) -> Iterator[Item | Remark]:
    while found := reader.next_line():
        if found.strip(_SPACES):
            try:
                yield reader.line, json.loads(found)
            except (ValueError, RecursionError):
                yield Remark(reader.line, "it is no JSON")
        reader.line += 1
