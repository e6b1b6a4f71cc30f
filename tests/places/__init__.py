"""Tests of passkeys: the ceremonies, a software authenticator, the settings, the page."""
