"""The middleware's tests: alone, around every framework, under every server."""
