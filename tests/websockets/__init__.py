"""The life of a websocket."""
