"""Verification: whoever reads the mailbox of an address shows it."""
