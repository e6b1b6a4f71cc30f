"""Browser sessions: the middleware by cookie, and exchanges before the application runs."""
