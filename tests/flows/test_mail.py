"""Mail as an `Auth` has it: kept with the change, sent afterwards by whoever can, in both storage worlds."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest

from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import InvalidCredentialsError, SettingsError, StoreUnavailableError
from jwt_auth_core.flows.mail.queue_letter import QueueLetter
from jwt_auth_core.flows.password.change_password import PasswordChange
from jwt_auth_core.mail.console import ConsoleMailer
from jwt_auth_core.mail.folder import FolderMailer
from jwt_auth_core.mail.letter import MailNotConfiguredError
from jwt_auth_core.mail.mailer import Letter
from jwt_auth_core.mail.memory import MemoryMailer
from jwt_auth_core.mail.settings import MailSettings
from jwt_auth_core.mail.smtplib import SmtpMailer
from jwt_auth_core.rate_limits.rule import RateLimitedError
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Client, Email, Secret
from tests.flows.conftest import KEY, PASSWORD
from tests.flows.parts import process
from tests.servers.authority import Authority
from tests.servers.smtp import nobody_listens, smtp_server

NEW = "another long enough pass phrase"
ADA = Email("ada@example.com")
CLIENT = Client("203.0.113.9", None, limit_key="203.0.113.9")
PUBLIC = "https://example.com"


def settings(url="memory:", **more):
    """Return settings of mail."""
    return MailSettings(url=Secret(url), sender="Shop <no-reply@example.com>", **more)


@pytest.fixture
def auth(world):
    """Return an `Auth` that sends into memory, when it is told to, on the stores of the world."""
    with process(world, mail=settings(language="de"), public_url=PUBLIC) as made:
        yield made


def change(auth, user, current=PASSWORD, client=CLIENT):
    """Change a password."""
    asked = PasswordChange.parse({"current_password": current, "new_password": NEW})
    return auth.change_password(user.user_id, asked, client)


def test_changed_password_is_told(world, auth):
    """The user hears of it in the service's language, at the address that the account has."""
    change(auth, world.register())
    assert auth.outbox.run() == (1, 0)
    (mail,) = auth.mail.mailer.sent
    assert (mail.recipient, mail.language) == ("ada@example.com", "de")
    assert mail.letter.subject == "Ihr Passwort für jwt-auth wurde geändert"


@pytest.mark.parametrize(("asked_for", "language"), [("es-MX,en;q=0.5", "es"), ("fr", "de"), ("\0;q=", "de")])
def test_a_notice_speaks_the_language_of_the_request(world, auth, asked_for, language):
    """As far as it is one of ours; else the service's."""
    change(auth, world.register(), client=Client("203.0.113.9", accept_language=asked_for))
    auth.outbox.run()
    assert [mail.language for mail in auth.mail.mailer.sent] == [language]


def test_nothing_is_told_of_what_did_not_happen(world, auth):
    """A wrong password leaves no letter."""
    user = world.register()
    with pytest.raises(InvalidCredentialsError):
        change(auth, user, "not the pass phrase")
    assert auth.outbox.store.counts().waiting == 0


def test_letter_that_cannot_be_kept_undoes_the_change(world, auth, monkeypatch):
    """Nobody's password changes without a word."""
    user = world.register()

    def down(*_, **__):
        raise StoreUnavailableError("database")

    monkeypatch.setattr(type(auth.outbox.store), "add", down)
    with pytest.raises(StoreUnavailableError):
        change(auth, user)
    monkeypatch.undo()
    assert world.login().user.user_id == user.user_id


def test_killed_between_change_and_letter_another_process_sends_it(world, auth):
    """What one process kept, and had in hand when it died, another sends when the lease is over."""
    change(auth, world.register())
    (message,) = auth.outbox.store.claim("letter", owner="dead", lease_seconds=0, most=1)
    with process(world, mail=settings(), public_url=PUBLIC) as other:
        assert other.outbox.run() == (1, 0)
        assert [mail.message_id for mail in other.mail.mailer.sent] == [f"{message.id}@example.com"]
    assert auth.outbox.store.counts().waiting == 0


def test_several_workers_send_each_letter_once(world, auth):
    """Whoever claims a letter has it alone."""
    user = world.register()
    for _ in range(30):
        auth.mail.queue("password_changed", user.user_id, language="en")
    with ExitStack() as stack:
        workers = [stack.enter_context(process(world, mail=settings(), public_url=PUBLIC)) for _ in range(3)]
        threads = [threading.Thread(target=one.outbox.run) for one in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sent = [mail.message_id for one in workers for mail in one.mail.mailer.sent]
    assert len(sent) == len(set(sent)) == 30


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
def test_asking_looks_nobody_up(world, auth, email, monkeypatch):
    """Whether there is an account changes neither the answer nor what is asked of the database (ENUM-2)."""
    world.register()
    asked = []
    query = type(auth.database).query
    monkeypatch.setattr(type(auth.database), "query", lambda *a, **k: asked.append(a[1]) or query(*a, **k))
    assert auth.mail.ask("reset", Email(email), CLIENT, language="en")
    assert not any("users" in statement for statement in asked)
    assert len(auth.outbox.store.entries()) == 1


@pytest.mark.limited
def test_an_address_gets_so_many_letters_and_no_one_is_told(auth):
    """The fourth within an hour is not sent; the answer is the same, known or not."""
    asked = [auth.mail.ask("reset", ADA, Client(), language="en") for _ in range(5)]
    assert asked == [True, True, True, False, False]
    assert auth.mail.ask("reset", Email("bob@example.com"), Client(), language="en")
    assert auth.outbox.store.counts().waiting == 4


@pytest.mark.limited
def test_a_stranger_uses_up_letters_of_one_kind_alone(auth):
    """Whoever has logins sent to an address, known or not, leaves the link by which its password is set."""
    for email in (ADA, Email("nobody@example.com")):
        while auth.mail.ask("login", email, Client(), language="en"):
            pass
        for letter in ("reset", "verify"):
            asked = [auth.mail.ask(letter, email, Client(), language="en") for _ in range(4)]
            assert asked == [True, True, True, False]


@pytest.mark.limited
def test_a_client_asks_for_so_many_letters(auth):
    """Beyond twenty an hour, for whatever addresses, it is refused, and nothing is kept."""
    for number in range(20):
        auth.mail.ask("reset", Email(f"user{number}@example.com"), CLIENT, language="en")
    with pytest.raises(RateLimitedError):
        auth.mail.ask("reset", Email("user20@example.com"), CLIENT, language="en")
    assert auth.outbox.store.counts().waiting == 20


@pytest.mark.limited
def test_notices_of_security_are_not_limited(world, auth):
    """Whoever asked for too many letters cannot hold back the one that says what was done."""
    user = world.register()
    while auth.mail.ask("reset", ADA, Client(), language="en"):
        pass
    change(auth, user)
    kinds = [entry.message.facts["type"] for entry in auth.outbox.store.entries()]
    assert kinds == ["reset", "reset", "reset", "password_changed"]


def test_server_that_comes_back_gets_what_waited(world, tmp_path, monkeypatch):
    """Down: everything waits, in the order that it came. One address refused: that letter alone is dead."""
    user, authority = world.register(), Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    tls = authority.server("localhost")
    with (
        nobody_listens() as (held, port),
        process(world, mail=settings(f"smtp://u:p@localhost:{port}"), public_url=PUBLIC) as auth,
    ):
        for address in ("gone@example.com", None):
            auth.mail.queue("password_changed", user.user_id, language="en", address=address)
        assert auth.outbox.run() == (0, 1)
        assert auth.outbox.store.counts().dead == 0
        auth.outbox.store.retry(auth.outbox.store.entries()[0].message.id)
        with smtp_server(starttls=tls, at=held) as inbox:
            inbox.answers["gone@example.com"] = "550 nobody"
            assert auth.outbox.run() == (1, 1)
        (dead,) = auth.outbox.store.entries()
    assert (dead.state, dead.error, [one.rcpt_tos for one in inbox.taken]) == (
        "dead",
        "rcpt_550",
        [["ada@example.com"]],
    )


def test_without_mail_url_nothing_is_kept(world):
    """Passwords change as ever, and whoever asks for a letter is told what is missing."""
    user = world.register()
    change(world.auth, user)
    assert (world.auth.mail.mailer, world.auth.outbox.kinds) == (None, ())
    with pytest.raises(MailNotConfiguredError):
        world.auth.mail.ask("reset", ADA, CLIENT, language="en")
    assert world.auth.outbox.store.counts().waiting == 0


def made(tmp_path, **values):
    """Return an `Auth` of settings alone."""
    url = Secret(f"sqlite:///{tmp_path}/mail.sqlite3")
    parts = {name: values.pop(name) for name in ("mailer", "letters") if name in values}
    return Auth.from_settings(Settings(jwt_key=Secret(KEY), database_url=url, **values), **parts)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("smtp://u:p@mail.example.com", SmtpMailer),
        ("smtps://mail.example.com", SmtpMailer),
        ("console:", ConsoleMailer),
        ("file:///letters", FolderMailer),
        ("memory:", MemoryMailer),
    ],
)
def test_url_chooses_the_mailer(tmp_path, url, kind):
    """Nothing is connected to by that."""
    auth = made(tmp_path, mail=settings(url), public_url=PUBLIC)
    assert isinstance(auth.mail.mailer, kind)
    auth.close()


def test_mailer_and_letters_of_ones_own(tmp_path):
    """A service with an API of its own sends them, and a function writes them."""
    mailer = MemoryMailer()
    written = {"password_changed": lambda contents: Letter("mine", contents.service, "")}
    auth = made(
        tmp_path,
        mail=MailSettings(sender="a@example.com"),
        public_url=PUBLIC,
        mailer=mailer,
        letters=written,
    )
    user = auth.register(
        auth.register.parse(
            {"email": "ada@example.com", "password": PASSWORD, "first_name": "A", "last_name": "L"}
        ),
        Client(),
    )
    QueueLetter(auth.outbox)("password_changed", user.user_id, language="es")
    assert auth.outbox.run() == (1, 0)
    assert mailer.sent[0].letter == Letter("mine", "jwt-auth", "")
    auth.close()


@pytest.mark.parametrize("values", [{}, {"public_url": PUBLIC}, {"mail": MailSettings(sender="a@b.example")}])
def test_mailer_of_ones_own_needs_a_sender_and_a_place(tmp_path, values):
    """Letters come from somebody, and their links lead somewhere."""
    with pytest.raises(SettingsError, match="MAIL_FROM and PUBLIC_URL are required with a mailer"):
        made(tmp_path, mailer=MemoryMailer(), **values)


def test_preview_needs_no_mailer(tmp_path):
    """An operator sees a letter before anything is configured, with a link that opens nothing."""
    auth = made(tmp_path)
    letter = auth.mail.preview("verify", "en")
    assert "\nhttps://example.com/auth/account/verify#token=only-a-sample\n" in letter.text
    assert "\nWDJB-MJHT\n" in letter.text
    assert "2" in auth.mail.preview("deletion_scheduled", "es").text
    auth.close()


def test_account_url_is_where_links_lead(tmp_path):
    """Pages of one's own take the place of ours."""
    auth = made(tmp_path, mail=settings(account_url="https://shop.example/konto/"), public_url=PUBLIC)
    assert "https://shop.example/konto/reset#token=" in auth.mail.preview("reset", "de").text
    auth.close()


def test_slow_mailer_keeps_nobody_waiting(world, monkeypatch):
    """A change has its answer while the letter about it, or any before, is still on its way."""
    # F-25
    began, go = threading.Event(), threading.Event()
    with process(world, mail=settings(), public_url=PUBLIC) as auth:
        send = auth.mail.mailer.send
        monkeypatch.setattr(auth.mail.mailer, "send", lambda mail: began.set() or (go.wait() and send(mail)))
        auth.outbox.start()
        change(auth, world.register())
        assert began.wait(60)
        assert world.login(password=NEW).user
        go.set()
