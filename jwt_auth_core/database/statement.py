"""One SQL text, checked and translated before it may run.

A value is written ``%s``, a percent sign ``%%`` (inside quotes too), on both databases. One
statement a text; what steers transactions or changes a shared connection is refused (SQL-2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, Literal

from jwt_auth_core.errors import UnsafeQueryError

Dialect = Literal["sqlite", "postgres"]

_ENDS_TRANSACTION: Final = frozenset(
    ["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PREPARE"]
)
_CHANGES_CONNECTION: Final = frozenset(
    ["SET", "RESET", "DISCARD", "LISTEN", "UNLISTEN", "LOAD", "COPY", "PRAGMA", "ATTACH", "DETACH"]
)

_LETTERS: Final = r"A-Za-z_\x80-\U0010ffff"
_TOKEN_OF_BOTH: Final = r"""
    (?P<space> [ \t\r\n\f\v]++ | --[^\r\n]*+ )
  | (?P<block> /\* )
  | (?P<quoted> '(?:[^']|'')*+' | "(?:[^"]|"")*+" {quotes} )
  | (?P<wrong> \x00 | ['"] {refused} )
  | (?P<word> [{letters}] [{letters}0-9$]*+ )
  | (?P<value> %s )
  | (?P<percent> %% )
  | (?P<end> ; )
  | (?P<other> . )
"""


_OF_ONE: Final[Mapping[Dialect, Mapping[str, str]]] = {
    # `...` and [...] are names; ? : @ # $ would be placeholders of another style.
    "sqlite": {"quotes": r"| `(?:[^`]|``)*+` | \[[^\]]*+\]", "refused": r"| [`\[?:@\#$]"},
    # $tag$...$tag$ is a string; E'...' has quoting rules of its own; $1 is a placeholder.
    "postgres": {
        "quotes": r"| \$(?P<tag>(?:[{letters}][{letters}0-9]*+)?)\$.*?\$(?P=tag)\$",
        "refused": r"| [eE]' | \$",
    },
}
_BLOCK_EDGE: Final = re.compile(r"/\*|\*/")


@dataclass(frozen=True, slots=True)
class Statement:
    """A text in the driver's own placeholder style, and how many values it takes."""

    text: str
    placeholders: int


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


@lru_cache(maxsize=512)
def scan(sql: str, dialect: Dialect) -> Statement:
    """Return the one statement that ``sql`` holds; raises UnsafeQueryError for anything else."""
    found = split(sql, dialect)
    if len(found) != 1:
        msg = f"one statement a call, {len(found)} were given"
        raise UnsafeQueryError(msg)
    return found[0]


def split(sql: str, dialect: Dialect) -> list[Statement]:
    """Return every statement of a text, in order; empty ones (``;;``) are left out."""
    parts: list[list[_Token]] = [[]]
    for token in _tokens(sql, dialect):
        if token.kind == "end":
            parts.append([])
        elif token.kind != "space" or parts[-1]:
            parts[-1].append(token)
    return [_statement(part, dialect) for part in parts if part]


@cache
def _token_pattern(dialect: Dialect) -> re.Pattern[str]:
    # Compiled for the first statement: a tenth of the time that importing everything takes.
    its_own = {name: text.format(letters=_LETTERS) for name, text in _OF_ONE[dialect].items()}
    return re.compile(_TOKEN_OF_BOTH.format(letters=_LETTERS, **its_own), re.VERBOSE | re.DOTALL)


def _tokens(sql: str, dialect: Dialect) -> Iterator[_Token]:
    pattern, at = _token_pattern(dialect), 0
    while found := pattern.match(sql, at):
        kind, at = found.lastgroup or "", found.end()
        if kind == "block":
            kind, at = "space", _block_end(sql, at, dialect)
        # A comment becomes one space: nothing in it can reach the driver's formatting.
        yield _Token("space", " ") if kind == "space" else _checked(_Token(kind, found.group()))


def _block_end(sql: str, start: int, dialect: Dialect) -> int:
    depth = 1
    for edge in _BLOCK_EDGE.finditer(sql, start):
        if edge.group() == "*/":
            depth -= 1
        elif dialect == "postgres":  # only there do comments nest
            depth += 1
        if depth == 0:
            return edge.end()
    raise UnsafeQueryError("a comment is not closed")


def _checked(token: _Token) -> _Token:
    if token.kind == "wrong":
        msg = f"unexpected {token.text!r}: close every quote, pass values as %s, no E'...' strings"
        raise UnsafeQueryError(msg)
    text = token.text.replace("%%", "")
    if "%" in text and (token.kind == "quoted" or text == "%"):
        raise UnsafeQueryError("a percent sign is written %%; %s is a value and stands outside quotes")
    return token


def _statement(tokens: list[_Token], dialect: Dialect) -> Statement:
    _refuse_by_keyword(next((t.text.upper() for t in tokens if t.kind == "word"), ""))
    text = "".join(_translated(t, dialect) for t in tokens).rstrip(" ")
    return Statement(text, sum(t.kind == "value" for t in tokens))


def _translated(token: _Token, dialect: Dialect) -> str:
    if dialect == "postgres":  # psycopg2 takes %s, and %% for a percent sign
        return token.text
    return "?" if token.kind == "value" else token.text.replace("%%", "%")


def _refuse_by_keyword(keyword: str) -> None:
    if keyword in _ENDS_TRANSACTION:
        msg = f"{keyword} is not a query: use `with db.transaction():`"
        raise UnsafeQueryError(msg)
    if keyword in _CHANGES_CONNECTION:
        msg = f"{keyword} would change a connection that others share"
        raise UnsafeQueryError(msg)
