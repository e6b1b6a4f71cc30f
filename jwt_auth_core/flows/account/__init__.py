"""Accounts: registering, reading, disabling and deleting users."""
