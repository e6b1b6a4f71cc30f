"""A letter is made when it is sent: where it goes, its token, its words; what the mailer says goes on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from jwt_auth_core.flows.mail.deliver_letter import UNKNOWN, DeliverLetter, Stationery
from jwt_auth_core.mail.address import Mailbox
from jwt_auth_core.mail.letters import letters
from jwt_auth_core.mail.mailer import Letter, Undelivered
from jwt_auth_core.mail.memory import MemoryMailer
from jwt_auth_core.mail.mint import Lasting, LetterTokens, TokenOrder
from jwt_auth_core.outbox import NEEDLESS, Failure, Message
from jwt_auth_core.users.memory import MemoryUsers
from jwt_auth_core.users.user import NewUser
from jwt_auth_core.vocabulary import Secret

START = 1_800_000_000
STATIONERY = Stationery(
    sender=Mailbox("no-reply@example.com", "Shop"),
    service="Shop",
    account_url="https://example.com/auth/account",
)


@dataclass
class Desk:
    """Delivers to memory, with a mint that notes what it is asked for."""

    users: MemoryUsers = field(default_factory=MemoryUsers)
    mailer: MemoryMailer = field(default_factory=MemoryMailer)
    orders: list = field(default_factory=list)
    is_wanted: bool = True

    def __post_init__(self):
        self.ada = self.users.add(NewUser("Ada@example.com", "ada@example.com", "!", "Ada", "L"))
        self.deliver = DeliverLetter(
            mailer=self.mailer,
            letters=letters(),
            stationery=STATIONERY,
            users=self.users,
            mints=dict.fromkeys(("reset", "login", "email_undo"), self.mint),
            clock=lambda: START + 9,
        )

    def mint(self, order):
        """Make tokens that are numbered."""
        self.orders.append(order)
        number = len(self.orders)
        tokens = LetterTokens(Lasting(Secret(f"token-{number}"), 1800), Lasting(Secret("WDJB-MJHT"), 900))
        return tokens if self.is_wanted else None

    def message(self, letter="reset", **facts):
        """Return a letter to Ada as it is kept."""
        facts = {"type": letter, "language": "en", "user_id": self.ada.user_id, "address": None, **facts}
        return Message("msg_1", "letter", "to", facts, START, 1)


@pytest.fixture
def desk():
    """Return one."""
    return Desk()


def test_letter_is_made_of_what_is_known_now(desk):
    """It goes to the user's address with a token that was made for this very attempt."""
    # F-25
    assert desk.deliver(desk.message()) is None
    (mail,) = desk.mailer.sent
    assert (mail.recipient, mail.sender, mail.at) == ("Ada@example.com", STATIONERY.sender, START + 9)
    assert "\nhttps://example.com/auth/account/reset#token=token-1\n" in mail.letter.text
    assert "30 minutes" in mail.letter.text


def test_mint_is_told_what_for(desk):
    """One purpose, one user, one address, the letter's id, and what else was kept."""
    desk.deliver(desk.message("login", more={"device": "d1"}))
    assert desk.orders == [
        TokenOrder(
            purpose="login",
            user_id=desk.ada.user_id,
            address="Ada@example.com",
            letter_id="msg_1",
            asked_at=START,
            facts={"device": "d1"},
        )
    ]
    assert "\nWDJB-MJHT\n" in desk.mailer.sent[0].letter.text


def test_repetition_has_another_token_and_the_same_id(desk):
    """Whoever got both sees one letter: the last."""
    for attempt in (1, 2):
        desk.deliver(replace(desk.message(), attempts=attempt))
    (mail,) = desk.mailer.sent
    assert mail.message_id == "msg_1@example.com"
    assert "token-2" in mail.letter.text
    assert {order.letter_id for order in desk.orders} == {"msg_1"}


def test_old_address_gets_what_is_about_it(desk):
    """An address that was kept with the letter is where it goes."""
    desk.deliver(desk.message("email_changed", address="old@bücher.example", more={"at": START - 60}))
    (mail,) = desk.mailer.sent
    assert mail.recipient == desk.orders[0].address == "old@xn--bcher-kva.example"
    assert "since 2027-01-15 07:59 UTC" in mail.letter.text
    assert "/email-undo#token=token-1" in mail.letter.text


def test_news_have_no_token(desk):
    """A notice asks no mint, and says when it happened."""
    desk.deliver(desk.message("deletion_scheduled", language="de", more={"until": START + 30 * 86_400}))
    (mail,) = desk.mailer.sent
    assert (mail.language, desk.orders) == ("de", [])
    assert "am 2027-02-14 gelöscht, wie am 2027-01-15 08:00 UTC gewünscht" in mail.letter.text


@pytest.mark.parametrize(("email", "count"), [("ada@example.com", 1), ("nobody@example.com", 0)])
def test_whoever_has_the_address_is_found_now(desk, email, count):
    """Nobody was looked up before; where there is nobody, nothing is sent and nothing is tried again."""
    message = Message("msg_1", "letter", email, {"type": "reset", "language": "en", "email": email}, START, 1)
    assert desk.deliver(message) is (None if count else NEEDLESS)
    assert (len(desk.mailer.sent), len(desk.orders)) == (count, count)


def test_user_who_is_gone_gets_nothing(desk):
    """A deleted account has no address."""
    assert desk.deliver(desk.message(user_id="6f1c8a52-0000-4000-8000-000000000009")) is NEEDLESS
    assert desk.mailer.sent == []


def test_letter_that_is_not_wanted_any_more_is_not_sent(desk):
    """A mint that makes none has seen a later letter, or an address that is verified by now."""
    desk.is_wanted = False
    assert desk.deliver(desk.message()) is NEEDLESS
    assert desk.mailer.sent == []


@pytest.mark.parametrize("letter", ["of_tomorrow", "verify"])
def test_letter_that_this_process_cannot_make_waits_for_another(desk, letter):
    """One of a newer release, or whose tokens nobody here makes, is tried again."""
    assert desk.deliver(desk.message(letter)) == UNKNOWN
    assert desk.mailer.sent == []


def test_address_that_is_none_is_dead(desk):
    """An address of an older application that would be read as two is never written to."""
    failure = desk.deliver(desk.message(address="ada@example.com, eve@example.com"))
    assert failure == Failure("address_invalid", is_final=True)


def test_language_that_is_no_more_becomes_english(desk):
    """A row outlives what made it."""
    desk.deliver(desk.message("password_changed", language="xx"))
    assert desk.mailer.sent[0].language == "en"


@pytest.mark.parametrize(
    ("said", "failure"),
    [
        (Undelivered("rcpt_550", is_final=True), Failure("rcpt_550", is_final=True)),
        (Undelivered("timeout", is_down=True), Failure("timeout", is_down=True)),
        (Undelivered("rcpt_450"), Failure("rcpt_450")),
    ],
)
def test_what_the_mailer_says_is_passed_on(desk, said, failure):
    """Final, down or later: the outbox decides what comes of it."""
    desk.mailer.send = lambda _mail: said
    assert desk.deliver(desk.message()) == failure


def test_templates_know_the_name(desk):
    """An operator's letter may greet the user."""
    own = {("reset", "en"): lambda contents: Letter(f"for {contents.first_name}", "", "")}
    replace(desk.deliver, letters=own)(desk.message())
    assert desk.mailer.sent[0].letter.subject == "for Ada"
