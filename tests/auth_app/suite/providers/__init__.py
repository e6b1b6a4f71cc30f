"""Signing in with a provider over HTTP."""
