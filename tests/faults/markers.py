"""Octets by which a proxy knows the requests of the flows from those of the threads behind them."""

SESSION_SCRIPT = b"refresh:{"  # any script on a session; the feed of revocations has another key
FIND_BY_EMAIL = b"auth_accounts a JOIN"
FIND_USER = b"FROM users u LEFT JOIN"
READ_STANDINGS = b"JOIN auth_revoked_sessions"
RECORD_THE_END = b"INTO auth_revoked_sessions"
