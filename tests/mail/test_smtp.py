"""Letters by SMTP: encrypted or not at all, in time, and what the server says is told apart."""

import socket
from contextlib import closing
from email import message_from_bytes
from email.policy import SMTP

import pytest

from jwt_auth_core.mail.mail_url import MailUrl, parse_mail_url
from jwt_auth_core.mail.mailer import Undelivered
from jwt_auth_core.mail.smtplib import SmtpMailer, _literal
from jwt_auth_core.vocabulary import Secret
from tests.mail.letters import HTML, TEXT, mail
from tests.servers.authority import Authority
from tests.servers.smtp import scripted, smtp_server

DOWN = {"is_down": True}


@pytest.fixture
def authority(tmp_path, monkeypatch):
    """Return an authority that this process trusts."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    return made


@pytest.fixture
def tls(authority):
    """Return the TLS side of this machine."""
    return authority.server("localhost")


def mailer(port, scheme="smtp", user="", password="", **options):
    """Return one that sends by a server on loopback."""
    return SmtpMailer(MailUrl(scheme, "localhost", port, user, Secret(password)), **options)


def sent(inbox, scheme="smtp", letter=None, **options):
    """Send one letter, and return why it was not taken."""
    return mailer(inbox.port, scheme, **options).send(letter or mail())


def test_letter_arrives_whole_with_starttls(tls):
    """Envelope, headers and both bodies are what was given."""
    with smtp_server(starttls=tls) as inbox:
        assert sent(inbox) is None
    (taken,) = inbox.taken
    assert (taken.mail_from, taken.rcpt_tos) == ("no-reply@example.com", ["ada@example.com"])
    read = message_from_bytes(taken.content, policy=SMTP)
    assert (read["From"], read["To"]) == ("Beispiel <no-reply@example.com>", "ada@example.com")
    assert (read["Subject"], read["Message-ID"]) == ("Ihr Passwort", "<msg_1@example.com>")
    assert (read["Date"], read["Auto-Submitted"]) == ("Fri, 15 Jan 2027 08:00:00 +0000", "auto-generated")
    text, html = (part.get_content().replace("\r\n", "\n") for part in read.iter_parts())
    assert (text, html.strip(), read["Content-Language"]) == (TEXT, HTML, "de")


def test_letter_arrives_with_tls_from_the_first_octet(tls):
    """smtps:// encrypts before the greeting."""
    with smtp_server(tls=tls) as inbox:
        assert sent(inbox, "smtps") is None
    assert len(inbox.taken) == 1


@pytest.mark.parametrize("without", [(), ("PLAIN",)])
def test_login_takes_any_characters(tls, without):
    """User and password go as UTF-8, by PLAIN or by LOGIN."""
    with smtp_server(starttls=tls, auth=True, without=without) as inbox:
        assert sent(inbox, user="jürgen", password="pässwörd") is None
    assert inbox.logins == [("jürgen", "pässwörd")]


def test_refused_login_lets_all_letters_wait(tls):
    """A wrong password is no fault of any letter: they wait until it is mended."""
    with smtp_server(starttls=tls, auth=True) as inbox:
        assert sent(inbox, user="u", password="wrong") == Undelivered("auth_535", **DOWN)
        assert sent(inbox) == Undelivered("mail_530", **DOWN)
    assert inbox.taken == []


def test_login_that_is_not_offered_is_said():
    """A server without AUTH, and one whose AUTH we do not speak, get no password."""
    greeting, extensions = b"220 a\r\n", b"250-a\r\n250 AUTH CRAM-MD5\r\n"
    with scripted(greeting, extensions) as port:
        url = MailUrl("smtps", "localhost", port, "u", Secret("p"))
        made = SmtpMailer(url)
        made._encrypted = lambda connected: connected
        assert made.send(mail()) == Undelivered("auth_not_offered", **DOWN)


def test_server_without_starttls_gets_nothing():
    """Neither a password nor a letter goes unencrypted, whatever a server, or somebody before it, offers."""
    with smtp_server() as inbox:
        refusal = sent(inbox, user="u", password="p")
    assert refusal == Undelivered("starttls_not_offered", **DOWN)
    assert (inbox.taken, inbox.logins) == ([], [])


def test_starttls_that_is_refused_ends_the_exchange():
    """A server that offers encryption and then has none gets nothing."""
    with scripted(b"220 a\r\n", b"250-a\r\n250 STARTTLS\r\n", b"454 not now\r\n") as port:
        assert mailer(port).send(mail()) == Undelivered("starttls_454", **DOWN)


def test_reply_before_encryption_is_not_read_after_it(tls):
    """What somebody puts behind the reply to STARTTLS is thrown away (CVE-2011-0411)."""
    begin = (b"220 a\r\n", b"250-a\r\n250 STARTTLS\r\n", b"220 go\r\n250 injected\r\n", b"TLS")
    rest = (b"250 a\r\n", b"250 from\r\n", b"550 nobody\r\n")
    with scripted(*begin, *rest, tls=tls) as port:
        assert mailer(port).send(mail()) == Undelivered("rcpt_550", is_final=True)


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("fault", ["stranger", "other name"])
def test_server_that_is_not_trusted_gets_nothing(authority, monkeypatch, scheme, fault):
    """A certificate of nobody we trust, or for another name, ends the exchange."""
    context = authority.server("localhost" if fault == "stranger" else "mail.example.com")
    if fault == "stranger":
        monkeypatch.delenv("SSL_CERT_FILE")
    way = {"tls": context} if scheme == "smtps" else {"starttls": context}
    with smtp_server(**way) as inbox:
        assert sent(inbox, scheme) == Undelivered("tls_failed", **DOWN)
    assert inbox.taken == []


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        ("250 fine", None),
        ("251 fine, elsewhere", None),
        ("550 nobody here", Undelivered("rcpt_550", is_final=True)),
        ("450 come back later", Undelivered("rcpt_450")),
        ("421 closing", Undelivered("rcpt_421", **DOWN)),
        ("530 log in first", Undelivered("rcpt_530", **DOWN)),
    ],
)
def test_answer_to_a_recipient_is_about_that_one(tls, answer, refusal):
    """5xx is final, 4xx is tried again, and both let other letters go; what is about us does not."""
    with smtp_server(starttls=tls) as inbox:
        inbox.answers["ada@example.com"] = answer
        made = mailer(inbox.port)
        assert made.send(mail()) == refusal or answer.startswith("251")
        assert made.send(mail("bob@example.com")) is None


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        ("554 spam", Undelivered("data_554", is_final=True)),
        ("451 try later", Undelivered("data_451")),
        ("421 closing", Undelivered("data_421", **DOWN)),
    ],
)
def test_answer_to_a_letter_is_about_that_letter(tls, answer, refusal):
    """After the letter 5xx is final, too, and 4xx is tried again."""
    with smtp_server(starttls=tls) as inbox:
        inbox.after_data = answer
        assert sent(inbox) == refusal


TAKEN = (b"250 from\r\n", b"250 to\r\n", b"354 go\r\n")
SECURE = (b"220 a\r\n", b"250-a\r\n250 STARTTLS\r\n", b"220 go\r\n", b"TLS", b"250 a\r\n")


@pytest.mark.parametrize(
    ("replies", "refusal"),
    [
        ((b"554 no\r\n",), Undelivered("greeting_554", **DOWN)),
        ((b"what?\r\n",), Undelivered("greeting_garbled", **DOWN)),
        ((b"220 a\r\n", b"502 no\r\n"), Undelivered("ehlo_502", **DOWN)),
        ((b"",), Undelivered("disconnected", **DOWN)),
        ((*SECURE, *TAKEN[:2], b"452 full\r\n"), Undelivered("data_452")),
        (
            (*SECURE, *TAKEN, b"nonsense\r\n"),
            Undelivered("data_garbled", **DOWN),
        ),
        ((*SECURE, *TAKEN, b""), Undelivered("disconnected", **DOWN)),
        ((*SECURE, *TAKEN, b"250 taken\r\n"), None),
    ],
)
def test_server_that_breaks_off_is_down(tls, replies, refusal):
    """What is no reply, or none at all, lets all wait; what was taken before the end was taken."""
    with scripted(*replies, tls=tls) as port:
        assert mailer(port).send(mail()) == refusal


@pytest.mark.parametrize("replies", [(b"",), (b"220 a\r\n", b""), SECURE[:3], (*SECURE, b"250 a\r\n", b"")])
def test_slow_server_ends_in_time(tls, replies):
    """Wherever a server falls silent, in the handshake of TLS as well, the whole exchange has one end."""
    with scripted(*replies, tls=tls, is_patient=True) as port:
        assert mailer(port, seconds=0.3).send(mail()) == Undelivered("timeout", **DOWN)


def test_nobody_there_is_down():
    """A port where nobody listens, and a name that nobody has."""
    with closing(socket.create_server(("127.0.0.1", 0))) as gone:
        port = gone.getsockname()[1]
    assert mailer(port).send(mail()) == Undelivered("unreachable", **DOWN)
    nowhere = SmtpMailer(parse_mail_url("smtp://nowhere.invalid"))
    assert nowhere.send(mail()) == Undelivered("host_unknown", **DOWN)


def test_next_address_is_tried(tls, monkeypatch):
    """A host with several addresses is reached by the first that answers."""
    with smtp_server(starttls=tls) as inbox:
        made = mailer(inbox.port)
        monkeypatch.setattr(made._resolver, "addresses", lambda *_, **__: ("127.0.0.2", "127.0.0.1"))
        assert made.send(mail()) is None


def test_name_without_an_address_is_nobodys(monkeypatch):
    """A look-up that succeeds and finds nothing, as systems may answer."""
    made = mailer(1)
    monkeypatch.setattr(made._resolver, "addresses", lambda *_, **__: ())
    assert made.send(mail()) == Undelivered("host_unknown", **DOWN)


def test_without_a_thread_nothing_is_sent(monkeypatch):
    """Where nobody can mind the time, the letter waits."""

    def no_thread(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading.Thread.start", no_thread)
    assert mailer(1).send(mail()) == Undelivered("overloaded", **DOWN)


def test_smtputf8_is_asked_for_where_it_is_needed(tls):
    """An address beyond ASCII goes as UTF-8 to a server that offers it; any other letter does without."""
    with smtp_server(starttls=tls) as inbox:
        assert sent(inbox, letter=mail("jürgen@xn--bcher-kva.example")) is None
        assert sent(inbox) is None
    first, second = inbox.taken
    assert first.rcpt_tos == ["jürgen@xn--bcher-kva.example"]
    assert ("SMTPUTF8" in first.mail_options, "SMTPUTF8" in second.mail_options) == (True, False)


def test_server_without_smtputf8_cannot_be_told_such_an_address(tls):
    """That letter is dead, and others go."""
    with smtp_server(starttls=tls, smtputf8=False) as inbox:
        refusal = sent(inbox, letter=mail("jürgen@example.com"))
        assert refusal == Undelivered("smtputf8_not_offered", is_final=True)
        assert sent(inbox) is None


def test_we_call_ourselves_by_our_address():
    """EHLO says the address of our end: no name server is asked what we are called."""

    class Connected:
        def __init__(self, *name):
            self.getsockname = lambda: name

    assert _literal(Connected("192.0.2.1", 1)) == "[192.0.2.1]"
    assert _literal(Connected("fe80::1%eth0", 1, 0, 2)) == "[IPv6:fe80::1]"


@pytest.mark.parametrize(
    ("password", "refusal"), [("right", None), ("wrong", Undelivered("auth_535", **DOWN))]
)
def test_a_look_logs_in_and_sends_nothing(tls, password, refusal):
    """Whoever wants to know whether letters could be sent needs none for that."""
    with smtp_server(starttls=tls, auth=True) as inbox:
        assert mailer(inbox.port, user="u", password=password).check() == refusal
    assert inbox.taken == []
