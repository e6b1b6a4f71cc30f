"""The admin's desk over HTTP: who may open its pages, and what every page says."""

import json
import os
import re

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from jwt_auth_asgi import BearerMiddleware, Theme, create_app
from jwt_auth_asgi.pages.assets import assets
from jwt_auth_asgi.pages.desk.registry import TEMPLATES
from jwt_auth_asgi.pages.desk.words import CATALOGUES, desk_words
from jwt_auth_asgi.pages.desk_paths import LINKED, PAGES
from jwt_auth_asgi.pages.markup import tag
from jwt_auth_asgi.pages.page_app import POLICY
from jwt_auth_asgi.pages.words import words
from jwt_auth_asgi.testing import headers_for
from jwt_auth_core import Auth, Secret, Settings
from jwt_auth_core.mail.letter import LANGUAGES
from jwt_auth_core.packaged import packaged_text
from jwt_auth_fastapi import auth_router

KEY = Secret("b7Qm-2xW9-kT4v-pL8s-nZ6y-cR3f-hJ1d")


@pytest.fixture
def auth():
    """Return an Auth on a database in memory."""
    auth = Auth.from_settings(Settings(jwt_key=KEY, database_url=Secret("sqlite://")))
    yield auth
    auth.close()


def mounted(auth, *, pages=True):
    """Return a client of an application that has the auth app under /auth."""
    app = Starlette(routes=[Mount("/auth", create_app(auth, pages=pages))])
    return TestClient(BearerMiddleware(app, auth, cookies=True), follow_redirects=False)


def routed(auth):
    """Return a client of a FastAPI application with the router, which no middleware wraps."""
    app = FastAPI()
    app.include_router(auth_router(auth, pages=True))
    return TestClient(app, follow_redirects=False)


def admin(auth):
    """Return the headers of an admin."""
    return headers_for(auth, subject="7f0c1a52-3d0e-4b8e-9a53-2d1c0b9a8f7e", scopes=["auth:admin"])


@pytest.mark.parametrize("client_of", [mounted, routed])
@pytest.mark.parametrize("page", PAGES)
def test_an_admin_opens_every_page(auth, client_of, page):
    """With the policy, no store, and nothing that the policy would refuse; each field has a label."""
    answer = client_of(auth).get(f"/auth/admin/{page}", headers=admin(auth))
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == POLICY.decode()
    assert answer.headers["cache-control"].endswith("no-store")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*src=)", answer.text)
    fields = set(re.findall(r'<(?:input|select) id="([^"]+)"', answer.text))
    assert fields <= set(re.findall(r'<label for="([^"]+)"', answer.text))


@pytest.mark.parametrize("client_of", [mounted, routed])
def test_who_is_not_signed_in_is_led_to_the_login_and_back(auth, client_of):
    """With the query, as one value."""
    answer = client_of(auth).get("/auth/admin/users?prefix=a%26b&state=disabled")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "../account/login?next=/auth/admin/users%3Fprefix%3Da%2526b%26state%3Ddisabled",
    )


def test_who_is_no_admin_is_refused_by_a_page(auth):
    """In words, and without the links of the desk."""
    headers = headers_for(auth, subject="7f0c1a52-3d0e-4b8e-9a53-2d1c0b9a8f7e", scopes=["reports:read"])
    answer = mounted(auth).get("/auth/admin/users", headers=headers)
    assert answer.status_code == 403
    assert "Not for this account" in answer.text
    assert "<nav" not in answer.text


def test_a_login_that_no_middleware_has_looked_at_opens_the_page(auth):
    """There its script begins the login anew, or goes to the page for that."""
    client = routed(auth)
    client.cookies.set("__Host-refresh_token", "looked-at-by-nobody")
    assert client.get("/auth/admin/users").status_code == 200


def test_the_desk_begins_with_the_users(auth):
    """With a slash and without."""
    client = mounted(auth)
    found = [client.get(path).headers["location"] for path in ("/auth/admin", "/auth/admin/")]
    assert found == ["admin/users", "users"]


def test_without_being_asked_for_there_is_no_desk(auth):
    """The auth app alone has none."""
    assert mounted(auth, pages=False).get("/auth/admin/users", headers=admin(auth)).status_code == 404


def test_each_page_has_template_script_and_title():
    """In every language; what is linked to is there, or comes."""
    assert set(TEMPLATES) == set(PAGES)
    assert {f"desk-{page}.js" for page in PAGES} <= set(assets().files)
    assert all(f"{page}.title" in desk_words(one) for page in PAGES for one in LANGUAGES)
    assert set(PAGES) & set(LINKED)


def test_the_languages_say_the_same():
    """Each has every text, with the same places to fill; none takes the place of one of the account's."""
    places = [
        {key: set(re.findall(r"{\w+}", text)) for key, text in desk_words(one).items()} for one in LANGUAGES
    ]
    assert places[0] == places[1] == places[2]
    assert not set(desk_words("en")) & set(words("en"))


def test_no_text_takes_the_place_of_another():
    """Each key is in one file."""
    texts = [packaged_text("jwt_auth_asgi.pages.desk", f"texts{os.sep}{name}.en.json") for name in CATALOGUES]
    assert len(desk_words("en")) == sum(len(json.loads(text)) for text in texts)


def test_a_theme_has_templates_for_the_desk_too(auth):
    """What surrounds a page is the same for all."""
    theme = Theme(templates={"admin/users": lambda view: tag("p", view.page)})
    text = mounted(auth, pages=theme).get("/auth/admin/users", headers=admin(auth)).text
    assert '<main id="main" tabindex="-1"><p>users</p></main>' in text
    assert "<nav" in text


def test_a_page_speaks_the_language_of_the_browser(auth):
    """And hands its scripts their words in it."""
    answer = mounted(auth).get("/auth/admin/users", headers={**admin(auth), "accept-language": "de"})
    assert '<html lang="de" dir="ltr">' in answer.text
    assert json.dumps(desk_words("de")["said.found"], ensure_ascii=False).strip('"') in answer.text
