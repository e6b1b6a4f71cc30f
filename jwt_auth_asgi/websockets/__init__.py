"""The life of a websocket: its handshake, its ticket, and its end when the token or the session ends."""
