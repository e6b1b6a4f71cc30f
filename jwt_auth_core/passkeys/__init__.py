"""Passkeys: key pairs on users' devices, of which we keep the public half (WebAuthn level 3)."""
