"""The whole life of an account over HTTP, with letters from a real SMTP server, two workers, both worlds."""

from __future__ import annotations

import logging
import re
from contextlib import closing
from email import message_from_bytes, policy

import pytest

from tests.auth_app.suite.client import PASSWORD, Client, problem
from tests.auth_app.suite.letters import MAIL
from tests.auth_app.world import World, settings
from tests.revocations.parts import until
from tests.servers.authority import Authority
from tests.servers.smtp import nobody_listens, scripted, smtp_server

ADA, NEW, OTHER = "ada@example.com", "ada@example.org", "green heron seven walks"


class Site:
    """Two workers on the same stores, each with a browser of its own, and the letters that they send."""

    def __init__(self, app_factory, urls, port):
        mail = {**MAIL, "MAIL_URL": f"smtp://u:p@localhost:{port}", "EMAIL_VERIFICATION": "login"}
        self.workers = [World(settings(**mail, **urls)) for _ in range(2)]
        self.workers[0].auth.migrate()
        self.here, self.elsewhere = (Client(app_factory(one.auth)) for one in self.workers)
        self.outbox = self.workers[0].auth.outbox

    def letters(self, inbox):
        """Return what was taken since, as recipient and text, when nothing waits any more."""
        until(lambda: not self._is_waiting())
        taken, inbox.taken = inbox.taken, []
        texts = [message_from_bytes(one.content, policy=policy.default) for one in taken]
        return [
            (one.rcpt_tos[0], text.get_body(("plain",)).get_content())
            for one, text in zip(taken, texts, strict=True)
        ]

    def _is_waiting(self):
        self.outbox.run()
        return self.outbox.store.counts().waiting

    def brought(self, inbox, recipient=ADA):
        """Return token and code of the one letter to somebody."""
        (text,) = [text for to, text in self.letters(inbox) if to == recipient]
        code = re.search(r"^([A-Z]{4}-[A-Z]{4})\s*$", text, re.MULTILINE)
        return re.search(r"#token=(\S+)", text)[1], code[1] if code else None

    def sign_out_is_heard(self, access_token):
        """Wait until both workers refuse an access token: one ended it, the other is told."""
        headers = {"authorization": f"Bearer {access_token}"}
        for client in (self.here, self.elsewhere):
            until(lambda client=client: client.get("/auth/me", headers=headers).status_code == 401)

    def close(self):
        """Close both."""
        for one in self.workers:
            one.close()


@pytest.fixture(params=["embedded", pytest.param("servers", marks=pytest.mark.servers)])
def urls(request, tmp_path):
    """Return where the stores are."""
    if request.param == "embedded":
        return {"DATABASE_URL": f"sqlite:///{tmp_path}/auth.sqlite3"}
    names = {"DATABASE_URL": "migrated_url", "REDIS_URL": "redis_url"}
    return {name: request.getfixturevalue(fixture) for name, fixture in names.items()}


@pytest.fixture
def tls(tmp_path, monkeypatch):
    """Return the TLS side of a mail server that we trust."""
    monkeypatch.setattr(logging.getLogger("mail.log"), "disabled", True)  # the server's: it shows letters
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    return authority.server("localhost")


@pytest.fixture
def inbox(tls):
    """Return what a mail server takes."""
    with smtp_server(starttls=tls) as inbox:
        yield inbox


@pytest.fixture
def site(app_factory, urls, inbox):
    """Return a site whose letters come."""
    site = Site(app_factory, urls, inbox.port)
    yield site
    site.close()


def test_the_whole_life_of_an_account(site, inbox):
    """Register, verify by link and by code, log in both ways, change the address, undo it, set a password."""
    # RST-1, RST-5, RST-6, RF-11
    here, elsewhere = site.here, site.elsewhere
    assert here.register().status_code == 201
    assert problem(here.login()) == (403, "email_unverified")
    assert here.post("/auth/verify", json={"token": site.brought(inbox)[0]}).json() == {
        "status": "email verified"
    }
    assert elsewhere.register(email="grace@example.com").status_code == 201
    code = {"email": "grace@example.com", "code": site.brought(inbox, "grace@example.com")[1]}
    assert elsewhere.post("/auth/verify", json=code).status_code == 200
    assert elsewhere.login(email="grace@example.com").status_code == 200

    first = here.login().json()["access_token"]
    here.post("/auth/login/email", json={"email": ADA})
    mailed = {"email": ADA, "code": site.brought(inbox)[1]}
    thief = here.post("/auth/login/email/verify", json=mailed).json()["access_token"]
    bearer = {"authorization": f"Bearer {thief}"}
    assert here.post("/auth/email", json={"new_email": NEW}, headers=bearer).status_code == 202
    confirm = {"token": site.brought(inbox, NEW)[0]}
    assert elsewhere.post("/auth/email/confirm", json=confirm).status_code == 200
    site.sign_out_is_heard(first)
    site.sign_out_is_heard(thief)

    since = here.login(email=NEW).json()["access_token"]
    undo = {"token": site.brought(inbox)[0]}
    assert elsewhere.post("/auth/email/undo", json=undo).status_code == 200
    site.sign_out_is_heard(since)
    assert problem(here.login(email=NEW)) == problem(here.login()) == (401, "invalid_credentials")
    new = {"token": site.brought(inbox)[0], "new_password": OTHER}
    assert elsewhere.post("/auth/password/reset", json=new).status_code == 200
    assert here.login(password=OTHER).status_code == 200
    assert [to for to, _ in site.letters(inbox)] == [ADA]  # that the password was changed


def test_a_mail_server_that_is_down_delays_letters_alone(app_factory, urls, tls):
    """Everything is answered as ever; the letter comes once the server is back."""
    # ENUM-2, F-25
    with nobody_listens() as (held, port), closing(Site(app_factory, urls, port)) as site:
        assert site.here.register().status_code == 201
        assert site.here.post("/auth/login/email", json={"email": ADA}).status_code == 202
        site.outbox.run()
        assert site.outbox.store.counts().waiting == 2
        for entry in site.outbox.store.entries():
            site.outbox.store.retry(entry.message.id)
        with smtp_server(starttls=tls, at=held) as inbox:
            recipients = [to for to, _ in site.letters(inbox)]
    assert recipients == [ADA, ADA]


def test_a_mail_server_that_says_nothing_holds_up_no_answer(app_factory, urls):
    """Letters have a thread of their own."""
    # ENUM-2
    with scripted(b"220 localhost\r\n", is_patient=True) as port:
        site = Site(app_factory, urls, port)
        try:
            assert site.here.register().status_code == 201
            asked = site.here.post("/auth/login/email", json={"email": ADA})
            assert (asked.status_code, asked.json()) == (202, {"status": "check your mail"})
        finally:
            site.close()


def test_an_address_that_is_refused_holds_up_no_other(site, inbox):
    """Its letter is dead, the others come."""
    inbox.answers["eve@example.com"] = "550 nobody"
    for email in ("eve@example.com", ADA):
        assert site.here.register(email=email).status_code == 201
    assert [to for to, _ in site.letters(inbox)] == [ADA]
    assert site.outbox.store.counts().dead == 1


def test_nothing_that_was_mailed_is_a_password(site, inbox):
    """What letters bring is no secret of the account's: nobody logs in by typing it."""
    site.here.register()
    token, code = site.brought(inbox)
    for text in (token, code):
        assert problem(site.here.login(password=text)) == (401, "invalid_credentials")
    assert problem(site.here.login(password=PASSWORD)) == (403, "email_unverified")
