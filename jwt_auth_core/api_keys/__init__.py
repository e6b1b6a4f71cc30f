"""API keys: what a user's own programs call with, each with a name, scopes and an end of its own."""
