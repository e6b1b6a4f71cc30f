"""Browser sessions: who calls by cookie, the exchange of a login that is over, and what the answer brings."""
