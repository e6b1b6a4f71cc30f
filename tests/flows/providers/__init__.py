"""Signing in with a provider as an `Auth` has it, in both storage worlds."""
