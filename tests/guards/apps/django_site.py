"""A second site in Django's one process: its routes hold while it serves."""

from django.test import override_settings


def serving(app, urlconf):
    """Return the process's Django application with routes of its own."""

    async def served(scope, receive, send):
        with override_settings(ROOT_URLCONF=urlconf):
            await app(scope, receive, send)

    return served
