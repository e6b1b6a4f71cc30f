"""Sessions: logging in, refreshing, logging out, and what else begins, lists or ends a session."""
