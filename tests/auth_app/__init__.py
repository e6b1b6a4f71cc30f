"""The auth app: its parts, and the one suite of its HTTP behaviour."""
