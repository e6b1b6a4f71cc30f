"""Identities: signing in with a provider, linking it to an account, and taking it off."""
