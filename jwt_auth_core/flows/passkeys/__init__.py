"""Passkeys: registering, listing, naming and removing them, and logging in by one."""
