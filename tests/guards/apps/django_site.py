"""A second site in Django's one process: its requests bring their routes along."""

from django.core.handlers.asgi import ASGIRequest

from tests.asgi.apps import on_django


def serving(routes):
    """Return an application of the process's Django, with the routes of a module."""

    class Request(ASGIRequest):
        urlconf = routes

    class Site(type(on_django.app)):
        request_class = Request

    return Site()
