"""Identities: who users are at the providers that they sign in with, OpenID Connect or OAuth 2.0."""
