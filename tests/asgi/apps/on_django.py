"""Django under ASGI: the scope behind its request; it has no websockets of its own."""

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpResponseForbidden, JsonResponse
from django.urls import path

from tests.asgi.apps.on_quart import told


def whoami(request):
    return JsonResponse(told(request.scope))


async def topics(request):
    if "topics:read" not in request.scope["auth"].scopes:
        return HttpResponseForbidden()
    return JsonResponse(told(request.scope))


urlpatterns = [path("whoami", whoami), path("open", whoami), path("topics", topics)]

if not settings.configured:
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="of no consequence here")
    django.setup()
app = get_asgi_application()
