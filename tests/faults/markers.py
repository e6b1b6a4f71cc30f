"""Octets by which a proxy knows the requests of the flows from those of the threads behind them."""

from jwt_auth_core.database.connections.plans import name_of
from jwt_auth_core.database.statement import scan
from jwt_auth_core.users import look_ups


def _planned(sql: str) -> bytes:
    """Return the name of a look-up's plan: prepared or executed, a message has it."""
    return name_of(scan(sql, "postgres").text).encode()


SESSION_SCRIPT = b"refresh:{"  # any script on a session; the feed of revocations has another key
FIND_BY_EMAIL = _planned(look_ups.FIND_BY_EMAIL["postgres"])
FIND_USER = _planned(look_ups.FIND["postgres"])
READ_STANDINGS = _planned(look_ups.READ["postgres"])
RECORD_THE_END = b"INTO auth_revoked_sessions"
