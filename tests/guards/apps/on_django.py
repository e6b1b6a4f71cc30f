"""Django under ASGI: views of both kinds and a view class; it has no websockets of its own."""

from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views import View

from jwt_auth_asgi import authorize, authorize_sync, rate_limit, require
from tests.guards.apps.caller import told
from tests.guards.apps.django_site import serving
from tests.guards.apps.policies import owns, owns_awaited


def open_to_all(_request):
    return HttpResponse("open")


@require()
async def me(_request):
    return HttpResponse("me")


@require("reports:read")
async def reports(_request):
    return HttpResponse("reports")


@require("reports:read")
def sync(_request):
    return HttpResponse("sync")


@require("reports:read", max_age=300, amr={"otp"})
async def fresh(_request):
    return HttpResponse("fresh")


@require("reports:read")
class Reports(View):
    def get(self, _request):
        return HttpResponse("class")


@require()
async def own(request):
    await authorize(request, owns_awaited, "ada")
    return HttpResponse("own")


@require()
def own_sync(request):
    authorize_sync(request, owns, "ada")
    return HttpResponse("own")


async def own_open(request):
    await authorize(request, owns, "ada")
    return HttpResponse("own")


@require()
def who(request):
    return JsonResponse(told(request.scope["user"]))


@rate_limit("2/minute")
async def limited(_request):
    return HttpResponse("limited")


@rate_limit("2/minute")
def limited_sync(_request):
    return HttpResponse("limited")


urlpatterns = [
    path("limited", limited),
    path("limited-sync", limited_sync),
    path("open", open_to_all),
    path("me", me),
    path("reports", reports),
    path("sync", sync),
    path("fresh", fresh),
    path("class", Reports.as_view()),
    path("own", own),
    path("own-sync", own_sync),
    path("own-open", own_open),
    path("who", who),
]
app = serving(__name__)
