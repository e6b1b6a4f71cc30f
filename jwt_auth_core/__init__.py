"""Passwords, keys, access tokens, refresh sessions, users and safe queries; no web framework."""
