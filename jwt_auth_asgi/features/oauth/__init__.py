"""OAuth for clients and other services: the token endpoint, introspection, revocation, keys, metadata."""
