"""The account pages over HTTP: what every page says, and what it says of the settings."""

import re

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from jwt_auth_asgi import Theme, account_well_known, create_app
from jwt_auth_asgi.app import create_standalone
from jwt_auth_asgi.pages.assets import assets
from jwt_auth_asgi.pages.markup import Markup, tag, together
from jwt_auth_asgi.pages.page_app import POLICY
from jwt_auth_asgi.pages.paths import FILES, OPEN, PAGE_PATHS, SIGNED_IN, page_paths
from jwt_auth_asgi.pages.words import words
from jwt_auth_core import Auth, Secret, Settings
from jwt_auth_core.identities.settings import IdentitySettings, ProviderSettings
from jwt_auth_core.mail.letter import KINDS, LANGUAGES
from jwt_auth_core.mail.settings import MailSettings
from jwt_auth_fastapi import auth_router

PAGES = (*OPEN, *SIGNED_IN)
KEY = Secret("b7Qm-2xW9-kT4v-pL8s-nZ6y-cR3f-hJ1d")


@pytest.fixture
def made():
    """Return what makes an Auth on a database in memory, and closes it afterwards."""
    all_of_them = []

    def make(**more):
        auth = Auth.from_settings(Settings(jwt_key=KEY, database_url=Secret("sqlite://"), **more))
        all_of_them.append(auth)
        return auth

    yield make
    for auth in all_of_them:
        auth.close()


def mounted(auth, *, pages=True):
    """Return a client of an application that has the auth app under /auth."""
    return TestClient(Starlette(routes=[Mount("/auth", create_app(auth, pages=pages))]))


def routed(auth):
    """Return a client of a FastAPI application with the router."""
    app = FastAPI()
    app.include_router(auth_router(auth, pages=True))
    return TestClient(app)


@pytest.mark.parametrize(
    "client_of", [mounted, routed, lambda a: TestClient(create_standalone(a, pages=True))]
)
def test_every_path_answers(made, client_of):
    """Mounted, as a router and alone: all pages and files, and nothing else is read there."""
    client = client_of(made())
    paths = [path for path in PAGE_PATHS if path.startswith("/auth/account")]
    answers = {path: client.get(path, follow_redirects=False).status_code for path in paths}
    onward = ("/auth/account", "/auth/account/")
    assert answers == {path: 303 if path in onward else 200 for path in paths}
    assert {str(client.get(path).url.path) for path in onward} == {"/auth/account/profile"}
    assert client.head("/auth/account/login").status_code == 200
    assert client.post("/auth/account/login").status_code == 405


def test_without_being_asked_for_there_are_none(made):
    """The auth app alone has no pages, and its document names none."""
    client = mounted(made(), pages=False)
    assert client.get("/auth/account/login").status_code == 404
    assert "account" not in str(list(client.get("/auth/openapi.json").json()["paths"]))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_the_headers_that_are_promised(made, page):
    """The policy without exception, no store, and no referrer where a token may stand in the URL."""
    headers = mounted(made()).get(f"/auth/account/{page}").headers
    assert headers["content-security-policy"] == POLICY.decode()
    assert headers["cache-control"] == "no-store"
    by_link = page in {kind.page for kind in KINDS.values()}
    assert headers["referrer-policy"] == ("no-referrer" if by_link else "same-origin")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_has_no_inline_script_and_labels_each_field(made, page, language):
    """Nothing that the policy would refuse; each input has a label; the language is the browser's."""
    text = mounted(made()).get(f"/auth/account/{page}", headers={"accept-language": language}).text
    assert f'<html lang="{language}" dir="ltr">' in text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*src=)", text)
    fields = set(re.findall(r'<input id="([^"]+)"', text))
    assert fields <= set(re.findall(r'<label for="([^"]+)"', text))


@pytest.mark.parametrize(
    ("page", "tokens"),
    [
        ("login", ["username webauthn", "current-password", *["one-time-code"] * 2, "off", "one-time-code"]),
        ("register", ["given-name", "family-name", "username", "new-password"]),
        ("forgot", ["username"]),
        ("reset", ["new-password"]),
        ("password", ["username", "current-password", "new-password", "current-password", "one-time-code"]),
    ],
)
def test_fields_say_what_a_browser_may_fill_in(made, page, tokens):
    """Password managers, passkeys and codes of letters go by it (HTML, "autofill")."""
    text = mounted(made()).get(f"/auth/account/{page}").text
    assert re.findall(r'<input [^>]*autocomplete="([^"]+)"', text) == tokens


def test_every_letter_finds_its_page():
    """What the links of letters lead to is there."""
    assert {kind.page for kind in KINDS.values()} - {""} <= set(OPEN)


def test_the_languages_say_the_same():
    """Each has every text, with the same places to fill."""
    places = [{key: set(re.findall(r"{\w+}", text)) for key, text in words(one).items()} for one in LANGUAGES]
    assert places[0] == places[1] == places[2]


@pytest.mark.parametrize(("asked", "onward"), [("/notes?a=%26", "/notes?a=&amp;"), ("//evil", "profile")])
def test_a_login_leads_to_a_path_of_this_site(made, asked, onward):
    """What `next` says, and the account where it leads elsewhere."""
    text = mounted(made()).get(f"/auth/account/login?next={asked}").text
    assert f'data-onward="{onward}"' in text


def test_a_doubled_way_back_is_none(made):
    """Nobody can tell which is meant."""
    assert 'data-onward="profile"' in mounted(made()).get("/auth/account/login?next=/a&next=/b").text


def test_the_way_back_goes_along_to_the_registration(made):
    """Encoded, so that it is one value there, too."""
    text = mounted(made()).get("/auth/account/login?next=/a%3Fb%26c%2523").text
    assert 'href="register?next=/a?b%26c%2523"' in text


def test_pages_offer_what_is_configured(made):
    """No letters without a mailer, no passkeys without a name, no registration where it is closed."""
    plain = mounted(made(registration="closed")).get("/auth/account/login").text
    assert not re.search('href="forgot"|id="by-mail"|id="by-passkey"|href="register', plain)
    mail = MailSettings(url=Secret("memory:"), sender="a@example.com")
    full = mounted(made(mail=mail, public_url="https://shop.example.com")).get("/auth/account/login").text
    assert all(
        part in full for part in ('href="forgot"', 'id="by-mail"', 'id="by-passkey"', 'href="register"')
    )


def test_where_registration_is_closed_the_page_says_so(made):
    """There is no form."""
    assert "<form" not in mounted(made(registration="closed")).get("/auth/account/register").text


def test_the_service_has_its_name_escaped(made):
    """Nothing of the settings is markup."""
    text = mounted(made(service_name="<b>&")).get("/auth/account/login").text
    assert "&lt;b&gt;&amp;" in text
    assert "<b>" not in text


def test_a_theme_has_logo_stylesheet_home_and_templates(made):
    """An application's own, in the place of ours."""
    theme = Theme(
        logo="/l.svg",
        stylesheet="/s.css",
        home="/home",
        templates={"forgot": lambda view: tag("p", view.page)},
    )
    client = mounted(made(), pages=theme)
    login = client.get("/auth/account/login").text
    assert all(one in login for one in ('src="/l.svg"', 'href="/s.css"', 'data-onward="/home"'))
    assert '<main id="main" tabindex="-1"><p>forgot</p></main>' in client.get("/auth/account/forgot").text


@pytest.mark.parametrize("more", [{"logo": "//evil/l.svg"}, {"stylesheet": "https://evil"}, {"home": "home"}])
def test_a_theme_that_leads_elsewhere_is_refused(more):
    """The policy would not let it in, either."""
    with pytest.raises(ValueError, match="is a path of this site"):
        Theme(**more)


def test_a_template_of_no_page_is_refused(made):
    """A slip of the pen."""
    with pytest.raises(ValueError, match="there is no page 'sign-in'"):
        create_app(made(), pages=Theme(templates={"sign-in": lambda _: Markup()}))


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_kept_by_its_digest(made, name):
    """For good under the digest, else asked for again; known, it is not sent twice."""
    client, path = mounted(made()), f"/auth/account/static/{name}"
    named, plain = client.get(f"{path}?v={assets().version}"), client.get(path)
    assert "immutable" in named.headers["cache-control"]
    assert plain.headers["cache-control"] == "no-cache"
    known = client.get(path, headers={"if-none-match": plain.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


def test_modules_name_their_neighbours_by_the_digest():
    """Else a browser would mix the modules of two versions."""
    script = assets().files["page-login.js"].content.decode()
    assert set(re.findall(r'from "([^"]+)"', script)) <= {f"./{name}?v={assets().version}" for name in FILES}


def test_markup_escapes_what_is_no_markup():
    """Texts and attributes; nothing is nothing, True is an attribute without a value."""
    made = tag("p", "<", None, [Markup("<b>"), "&"], class_='"', hidden=True, id=None, data_a=False)
    assert made == '<p class="&quot;" hidden>&lt;<b>&amp;</p>'
    assert together(None) == ""


def test_the_paths_are_below_the_prefix():
    """For a middleware with `public=`."""
    assert "/id/account/login" in page_paths("/id")


def test_settings_that_make_no_auth_are_a_problem_document(monkeypatch, tmp_path):
    """Without an Auth it is made of the environment; where that says nothing, 503 and no traceback."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JWT_KEY", raising=False)
    assert mounted(None).get("/auth/account/login").status_code == 503


def hosted(auth):
    """Return a client of a host that mounts the auth app, and tells of it at its root."""
    told = account_well_known(auth)
    well_known = [Route(path, told) for path in PAGE_PATHS if path.startswith("/.well-known")]
    return TestClient(Starlette(routes=[*well_known, Mount("/auth", create_app(auth, pages=True))]))


@pytest.mark.parametrize(
    "client_of", [hosted, routed, lambda a: TestClient(create_standalone(a, pages=True))]
)
def test_password_managers_find_the_pages(made, client_of):
    """Where a password is changed, and where passkeys are: at the root of the host."""
    client = client_of(made(public_url="https://shop.example.com"))
    answer = client.get("/.well-known/change-password", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/auth/account/password")
    page = "https://shop.example.com/auth/account/passkeys"
    assert client.get("/.well-known/passkey-endpoints").json() == {"enroll": page, "manage": page}
    assert client.post("/.well-known/change-password").status_code == 405


def test_where_nobody_has_passkeys_no_page_is_told(made):
    """404, as for anything that is not there; so is what else somebody routes to it."""
    told = account_well_known(made())
    client = TestClient(Starlette(routes=[Mount("/", told)]))
    answers = [client.get(path).status_code for path in ("/.well-known/passkey-endpoints", "/other")]
    assert answers == [404, 404]


def test_providers_are_links_on_the_page_of_the_login(made):
    """Where there are some: by what people call them, back to where somebody wanted to go."""
    known = [
        ProviderSettings(name="github", client_id="web"),
        ProviderSettings(name="our-own", client_id="web", issuer="https://id.example.com"),
    ]
    more = {"public_url": "https://app.example", "identities": IdentitySettings(providers=tuple(known))}
    page = mounted(made(**more)).get("/auth/account/signin?next=/questions%3Fa=b").text
    links = re.findall(r'<a href="([^"]+)" class="button">([^<]+)</a>', page)
    query = "transport=cookies&amp;next=%2Fquestions%3Fa%3Db"
    assert links == [
        (f"../oauth/github?{query}", "Continue with GitHub"),
        (f"../oauth/our-own?{query}", "Continue with Our Own"),
    ]
    assert "../oauth/" not in mounted(made()).get("/auth/account/login").text
