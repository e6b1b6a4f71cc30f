"""A mail server that is down, silent, and back: the same answers all along, and every letter comes."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.end_to_end.serving import until
from tests.end_to_end.site import Site
from tests.end_to_end.visitor import PASSWORD, Visitor
from tests.servers.authority import Authority
from tests.servers.smtp import nobody_listens, scripted, smtp_server

pytestmark = pytest.mark.servers

PEOPLE = 5


@pytest.fixture
def tls(tmp_path, monkeypatch):
    """Return the TLS side of a mail server that we trust."""
    monkeypatch.setattr(logging.getLogger("mail.log"), "disabled", True)  # the server's: it shows letters
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    return authority.server("localhost")


@pytest.fixture
def site_with_mail(site_on, redis_url, migrated_url):
    """Return what starts a site on real stores whose mail server is at a port."""

    def start(port: int) -> Site:
        mail = {"MAIL_URL": f"smtp://u:p@localhost:{port}", "MAIL_FROM": "no-reply@example.com"}
        stores = {"REDIS_URL": redis_url, "DATABASE_URL": migrated_url}
        return site_on(**stores, **mail, PUBLIC_URL="https://app.example")

    return start


def asked(site: Site, *names: str) -> set[tuple[int, str]]:
    """Ask for a link for each, who may be nobody; return the answers, which are one."""
    visitors: list[Visitor] = [site.visitor(name) for name in names]
    found = [one.http.post("/auth/password/forgot", json={"email": one.email}) for one in visitors]
    return {(answer.status_code, answer.text) for answer in found}


def sent(site: Site) -> bool:
    """Have all that waits tried now, whatever its turn would be; tell whether nothing does any more."""
    outbox: Any = site.auth.outbox
    for entry in outbox.store.entries():
        outbox.store.retry(entry.message.id)
    outbox.run()
    return outbox.store.counts().waiting == 0


@pytest.mark.fault("F-25", "nobody listens at the mail server's port, then somebody does")
def test_letters_wait_for_a_mail_server_that_is_down(site_with_mail, tls, measured):
    """Known or not, the answer is the same; logins go on, and each letter comes once."""
    # F-25, ENUM-2
    with nobody_listens() as (held, port):
        site = site_with_mail(port)
        names = [f"guest{number}" for number in range(PEOPLE)]
        people = [site.member(name) for name in names]
        assert len(asked(site, *names, "nobody")) == 1
        for person in people:
            assert person.refresh().status_code == 200
        assert not sent(site)
        with smtp_server(starttls=tls, at=held) as inbox:
            measured.healed()
            until(lambda: sent(site))
            letters = [one for one in inbox.taken if b"token=" in one.content]
            assert sorted(one.rcpt_tos[0] for one in letters) == [person.email for person in people]
    assert people[0].login().status_code == 200
    site.settle()


@pytest.mark.fault("F-25", "a mail server that takes connections and says nothing")
def test_a_silent_mail_server_holds_up_no_answer(site_with_mail):
    """Everybody is answered while a letter waits for it."""
    # F-25
    with scripted(b"220 localhost\r\n", is_patient=True) as port:
        site = site_with_mail(port)
        ada = site.member()
        assert len(asked(site, "ada", "nobody")) == 1
        for use in (Visitor.refresh, Visitor.login, Visitor.me):
            assert use(ada).status_code == 200
        assert ada.credentials["password"] == PASSWORD
