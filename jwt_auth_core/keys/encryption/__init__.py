"""Encryption at rest, of what has to be read again: under ``ENCRYPTION_KEYS``, the one named in the row."""
