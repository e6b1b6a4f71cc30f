r"""A text that somebody typed into a search field, as the value of a LIKE (SQL-4).

db.query(r"SELECT * FROM users WHERE email LIKE %s ESCAPE '\'", (containing(typed),), fetch="all")
"""

from __future__ import annotations

from typing import Final

_ESCAPED: Final = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


def containing(text: str) -> str:
    r"""Return the pattern that any text with ``text`` in it matches; ``% _ \`` stand for themselves.

    The statement says ``ESCAPE '\'``, which PostgreSQL assumes and SQLite does not.
    """
    return f"%{text.translate(_ESCAPED)}%"
