"""API keys: making, listing, verifying and revoking them."""
