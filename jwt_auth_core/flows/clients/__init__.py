"""Service clients: adding, rotating, removing and authenticating them, and their tokens."""
