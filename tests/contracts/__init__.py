"""One suite a protocol, run on every implementation."""
