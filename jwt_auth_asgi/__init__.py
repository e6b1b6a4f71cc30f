"""Authentication for any ASGI application; the Starlette auth app."""
