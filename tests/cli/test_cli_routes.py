"""`jwt-auth routes module:app`: the same examination for continuous integration."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from jwt_auth_asgi import cli
from tests.examples.serving import environment

APP = """
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core import AccessTokens, KeyRing

called = []

async def plain(request):
    called.append(request.method)
    return PlainTextResponse("plain")

tokens = AccessTokens(KeyRing.from_secret("a secret that only these tests use, forty-odd bytes"))
def app_of(public, *routes):
    middleware = [Middleware(BearerMiddleware, auth=tokens, public=public)]
    made = [Route(path, plain, methods=[method]) for method, path in routes]
    return Starlette(routes=made, middleware=middleware)

whole = app_of((), ("GET", "/notes/{note}"), ("DELETE", "/notes/{note}"))
holed = app_of({"/notes"}, ("GET", "/notes"), ("DELETE", "/secret"))
async def note(request):
    answers = {"public": 200, "secret": 401}
    return PlainTextResponse("note", answers.get(request.path_params["note"], 404))

picky = Starlette(
    routes=[Route("/notes/{note}", note)],
    middleware=[Middleware(BearerMiddleware, auth=tokens)],
)

def made():
    return whole

vague = app_of({"/notes"}, ("DELETE", "/notes"))
"""


@pytest.fixture
def routes(tmp_path, monkeypatch, capsys):
    """Return what runs the command on an application; it returns status, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "notes_app", raising=False)
    Path("notes_app.py").write_text(APP)

    def run(name, *more):
        status = cli.main(["routes", f"notes_app:{name}", *more])
        return status, *capsys.readouterr()

    yield run
    sys.modules.pop("notes_app", None)


def cells(out):
    """Return the cells of the first line below the head of a table."""
    return re.split(r" {2,}", out.splitlines()[1])


def test_a_guarded_application_passes(routes):
    """Each path with its methods and what guards it; nothing on stderr."""
    status, out, err = routes("whole")
    assert (status, err) == (0, "")
    assert cells(out)[:4] == ["/notes/{note}", "GET, HEAD, DELETE", "guarded", "BearerMiddleware"]


def test_an_open_route_fails(routes):
    """With how it answered, and the sentence that says what to do."""
    status, out, err = routes("holed")
    assert status == 1
    assert cells(out) == ["/notes", "GET, HEAD", "open", "-", "200", "401", "401", "200"]
    assert err.startswith("jwt-auth: of 3 routes 2 let strangers in; --except PATH names")


def test_what_is_open_on_purpose_passes(routes):
    """As it is named."""
    status, out, err = routes("holed", "--except", "/notes")
    assert (status, err) == (0, "")
    assert "excepted" in out


def test_an_exception_that_no_route_has_is_told(routes):
    """And fails: it would let a route in that comes later."""
    status, _, err = routes("whole", "--except", "/gone")
    assert (status, err) == (1, "jwt-auth: no route has what --except names: /gone\n")


def test_a_factory_makes_the_application(routes):
    """As it is called in Python."""
    status, out, _ = routes("made()")
    assert (status, cells(out)[0]) == (0, "/notes/{note}")
    assert routes("nothing()")[0] == 1


def test_values_are_tried(routes):
    """Each of them; one that lets strangers in is one too many."""
    status, out, _ = routes("picky", "--value", "note=none", "--value", "note=public")
    assert (status, cells(out)[2:]) == (1, ["open", "-", "200", "401", "401", "200", "as /notes/public"])
    assert routes("picky", "--value", "/notes/{note}=/notes/secret")[0] == 0
    assert json.loads(routes("picky", "--json")[1])["routes"][0]["state"] == "unknown"


def test_a_value_of_no_parameter_is_told(routes):
    """And fails, as does what is no value."""
    status, _, err = routes("whole", "--value", "id=1")
    assert (status, err) == (1, "jwt-auth: no path has a parameter that --value names: id\n")
    for text in ("id", "=1"):
        with pytest.raises(SystemExit):
            routes("whole", "--value", text)


def test_what_nobody_knows_fails_and_is_not_called(routes):
    """A forgotten DELETE is told, and deletes nothing."""
    status, out, err = routes("vague")
    assert status == 1
    assert cells(out) == ["/notes", "DELETE", "unknown", "-", "-", "-", "-", "-", "not called"]
    assert "of 1 nobody knows: --call METHOD" in err
    assert sys.modules["notes_app"].called == []


def test_a_method_may_be_called(routes):
    """Where it does no harm."""
    status, out, _ = routes("vague", "--call", "DELETE")
    assert status == 1
    assert cells(out) == ["/notes", "DELETE", "open", "-", "200", "401", "401", "-"]


def test_programs_read_json(routes):
    """The same, a member a finding."""
    status, out, _ = routes("holed", "--json", "--except", "HEAD /notes")
    told = json.loads(out)
    assert status == 1
    assert [one["state"] for one in told["routes"]] == ["open", "excepted", "guarded"]
    assert told["routes"][0]["answers"] == {
        "without": "200",
        "bad": "401",
        "expired": "401",
        "scopeless": "200",
    }
    assert (told["routes"][2]["guards"], told["unused"]) == (["BearerMiddleware"], [])


def test_a_name_that_leads_nowhere_is_told(routes):
    """In one sentence."""
    status, _, err = routes("nothing")
    assert (status, err) == (
        1,
        "jwt-auth: invalid settings: APP notes_app:nothing: notes_app has no nothing\n",
    )


@pytest.mark.slow
def test_the_process_ends(tmp_path):
    """Whatever threads the calls have started; the status is that of the process."""
    command = [str(Path(sys.executable).with_name("jwt-auth")), "routes", "--development"]
    app = "from jwt_auth_asgi import BearerMiddleware, create_app\napp = BearerMiddleware(create_app())\n"
    (tmp_path / "ours.py").write_text(app)
    done = subprocess.run(
        [*command, "ours:app"],
        cwd=tmp_path,
        env=environment({}),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    assert "/login" in done.stdout
