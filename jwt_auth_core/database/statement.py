"""One SQL text, checked and translated before it may run.

A value is written ``%s``, a percent sign ``%%`` (inside quotes too), on both databases. One
statement a text; what steers transactions or changes a shared connection is refused (SQL-2), and so
is a value whose neighbours would change how it is read: ``E%s``, ``1%s``, ``%s%s``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final, Literal

from jwt_auth_core.database.lasting import lasting
from jwt_auth_core.errors import UnsafeQueryError
from jwt_auth_core.records import dataclass

Dialect = Literal["sqlite", "postgres"]
Manner = Literal["reads", "asks", "changes", "both"]
"""What a statement does: only reads, gives rows and perhaps calls what changes something, changes
and gives no rows, or perhaps changes and gives rows."""

_ENDS_TRANSACTION: Final = frozenset(
    ["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PREPARE"]
)
_CHANGES_CONNECTION: Final = frozenset(
    ["SET", "RESET", "DISCARD", "LISTEN", "UNLISTEN", "LOAD", "COPY", "PRAGMA", "ATTACH", "DETACH"]
)
_GIVES_ROWS: Final = frozenset(["SELECT", "VALUES", "TABLE", "SHOW"])
_MAY_GIVE_ROWS: Final = frozenset(["WITH", "EXPLAIN", "CALL", "EXECUTE", "FETCH"])
_CHANGES: Final = frozenset(["INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE"])

_PARTS_OF_NUMBERS: Final = frozenset("0123456789.$\\")
_GLUED: Final = "a %s touches a word, a number, a quote or another %s; put a space or a comma between"

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
    """A text in the driver's own placeholder style, how many values it takes, and what it does."""

    text: str
    placeholders: int
    manner: Manner = field(default="both", compare=False)


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
        kind, start, at = found.lastgroup or "", at, found.end()
        if kind == "block":
            kind, at = "space", _block_end(sql, at, dialect)
        if kind == "space" and "%s" in sql[start:at].replace("%%", ""):
            raise UnsafeQueryError("a %s stands in a comment, where no value can be bound")
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
    words = [token.text.upper() for token in tokens if token.kind == "word"]
    _refuse_by_keyword(words[0] if words else "")
    _refuse_glued(tokens)
    if problem := lasting([_name(token) for token in tokens if token.kind != "space"]):
        raise UnsafeQueryError(problem)
    text = "".join(_translated(t, dialect) for t in tokens).rstrip(" ")
    calls = any(token.text == "(" for token in tokens)
    return Statement(text, sum(t.kind == "value" for t in tokens), _manner(words, dialect, calls=calls))


def _name(token: _Token) -> str:
    if token.kind == "word":
        return token.text.upper()
    return token.text[1:-1] if token.text.startswith('"') else token.text


def _manner(words: list[str], dialect: Dialect, *, calls: bool) -> Manner:
    keyword, others = (words[0], set(words)) if words else ("", set[str]())
    gives_rows = keyword in _GIVES_ROWS or (keyword == "WITH" and not others & _CHANGES)
    if gives_rows and "INTO" not in others:
        # SQLite has no function that writes; in PostgreSQL any call may.
        return "asks" if calls and dialect == "postgres" else "reads"
    return "both" if gives_rows or keyword in _MAY_GIVE_ROWS or "RETURNING" in others else "changes"


def _refuse_glued(tokens: list[_Token]) -> None:
    """Refuse a value that touches what the database would read together with it."""
    for before, after in pairwise(tokens):
        if "value" in {before.kind, after.kind} and _clings(before) and _clings(after):
            raise UnsafeQueryError(_GLUED)
    for prefix, ampersand, value in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if value.kind == "value" and ampersand.text == "&" and prefix.text in {"u", "U"}:
            raise UnsafeQueryError(_GLUED)


def _clings(token: _Token) -> bool:
    return token.kind in {"word", "quoted", "value"} or token.text in _PARTS_OF_NUMBERS


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
