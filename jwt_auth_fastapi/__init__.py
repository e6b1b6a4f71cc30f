"""The auth routes and dependencies for FastAPI."""
