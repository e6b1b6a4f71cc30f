"""Service clients: programs that call on their own behalf, each with an id, a secret and scopes."""
