"""What each PostgreSQL session is told: its time limits (SQL-5), and what the URL's ``options`` say.

A server takes that as start-up options. A pooler in transaction mode does not, so there it is said again in
each transaction, for that transaction only: whoever has the session next finds nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from jwt_auth_core.records import dataclass

MARK: Final = "jwt_auth.limits"
"""A parameter of ours that tells whether a session took the options: a pooler may drop them silently."""

PROBE: Final = "SELECT pg_backend_pid(), current_setting('jwt_auth.limits', true)"

REFUSES_OPTIONS: Final = re.compile(r"startup|start-up|\boptions\b|configuration parameter", re.IGNORECASE)
"""What PgBouncer, RDS Proxy, Neon and others say of options that they do not take."""

_QUOTES: Final = "standard_conforming_strings"  # what our scan of quotes relies on
_WORD: Final = re.compile(r"(?:\\.|[^\s\\])+", re.DOTALL)
_SETTING: Final = re.compile(r"(?:-c|--)(?P<name>[\w.-]+)=(?P<value>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long one call may take, in seconds: to connect, for a lock, for a statement.

    ``connect_seconds`` is for each address, where the URL has no ``connect_timeout``. ``grace_seconds``
    is how much later than its own limits the server's answer may arrive.
    """

    connect_seconds: float = 5.0
    lock_seconds: float = 2.0
    statement_seconds: float = 5.0
    idle_transaction_seconds: float = 10.0
    grace_seconds: float = 1.0

    @property
    def answer_seconds(self) -> float:
        """Return when to give up on a server that itself should have given up."""
        return self.statement_seconds + self.grace_seconds

    def milliseconds(self) -> dict[str, int]:
        """Return the server's parameters."""
        return {
            "statement_timeout": int(self.statement_seconds * 1000),
            "lock_timeout": int(self.lock_seconds * 1000),
            "idle_in_transaction_session_timeout": int(self.idle_transaction_seconds * 1000),
        }


DEFAULT_TIMEOUTS: Final = Timeouts()
LONG_STATEMENT_SECONDS: Final = 86_400.0
"""How long a statement of a migration may take: a day, which is none where an index is built."""


class SessionSettings:
    """Both forms of what a session is told; a class because they are written once.

    Attributes:
        options: for the start of a connection.
        rest: what of the URL's options is no setting, such as ``endpoint=...``; all that a pooler is given.
        local: SQL that goes before a statement, or before BEGIN.
    """

    def __init__(self, timeouts: Timeouts, given: str = "") -> None:
        words = list(_words(given))
        settings = [setting for word in words if (setting := _SETTING.fullmatch(word))]
        ours = {
            "standard_conforming_strings": "on",
            **timeouts.milliseconds(),
            MARK: "on",
        }  # our scan of quotes
        self.options = " ".join([*(f"-c {name}={value}" for name, value in ours.items()), given]).strip()
        self.rest = " ".join(re.sub(r"([\s\\])", r"\\\1", w) for w in words if not _SETTING.fullmatch(w))
        limited = [f"SET LOCAL {name} = {value}" for name, value in timeouts.milliseconds().items()]
        self.local = "; ".join([*limited, *map(_set_config, settings), f"SET LOCAL {_QUOTES} = on; "])


def _words(text: str) -> Iterator[str]:
    """Yield the words of options as the server splits them, ``-c`` joined with what follows."""
    words = (re.sub(r"\\(.)", r"\1", word, flags=re.DOTALL) for word in _WORD.findall(text))
    for word in words:
        yield word + next(words, "") if word == "-c" else word


def _set_config(setting: re.Match[str]) -> str:
    # Not SET LOCAL, which reads a list (search_path) otherwise than the options do.
    name, value = setting["name"].replace("-", "_"), setting["value"].replace("'", "''").replace("%", "%%")
    return f"SELECT set_config('{name}', '{value}', true)"
