"""OAuth: what a token is worth, revoking one, and the clients who may ask."""
