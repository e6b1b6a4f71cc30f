"""Mail: by whom letters are sent, what they say, and who makes the tokens in them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from jwt_auth_core.assemble.storage import Stores
from jwt_auth_core.audit.journal import Keep
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.flows.address_limits import AddressLimits
from jwt_auth_core.flows.mail.ask_letter import AskLetter
from jwt_auth_core.flows.mail.mail_flows import MailFlows
from jwt_auth_core.flows.mail.preview_letter import PreviewLetter
from jwt_auth_core.flows.mail.queue_letter import KIND, QueueLetter
from jwt_auth_core.flows.mail.queue_notice import QueueNotice
from jwt_auth_core.mail.contents import Write
from jwt_auth_core.mail.letter import LetterName, Purpose
from jwt_auth_core.mail.mailer import Mailer
from jwt_auth_core.mail.mint import Mint
from jwt_auth_core.outbox import Deliver, Outbox
from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.records import dataclass
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Clock

EXAMPLE_URL = "https://example.com"


@dataclass(frozen=True, slots=True)
class PostOffice:
    """What settings come to: a mailer, if there is one, and what an operator writes in the place of ours."""

    settings: Settings
    clock: Clock
    mailer: Mailer | None
    written: Mapping[LetterName, Write] | None

    def senders(self, stores: Stores, mints: Mapping[Purpose, Mint]) -> Mapping[str, Deliver]:
        """Return who delivers letters; nobody where there is no mailer.

        Raises:
            SettingsError: what letters need is not set, or a template is wrong.
        """
        if self.mailer is None:
            return {}
        # What makes letters is loaded where some are sent.
        from jwt_auth_core.flows.mail.deliver_letter import DeliverLetter, Stationery  # noqa: PLC0415
        from jwt_auth_core.mail.address import parse_mailbox  # noqa: PLC0415
        from jwt_auth_core.mail.letters import letters  # noqa: PLC0415

        sender = self.settings.mail.sender
        if sender is None or self.settings.public_url is None:
            raise SettingsError(["MAIL_FROM and PUBLIC_URL are required with a mailer"])
        stationery = Stationery(
            sender=parse_mailbox(sender), service=self.settings.service_name, account_url=self._account_url
        )
        deliver = DeliverLetter(
            mailer=self.mailer,
            letters=letters(self.settings.mail.templates, self.written),
            stationery=stationery,
            users=stores.users,
            mints=mints,
            clock=self.clock,
        )
        return {KIND: deliver}

    def notices(self, into: Outbox) -> tuple[Keep, ...]:
        """Return what keeps a letter for each event that a user should know of."""
        queue = QueueLetter(into)
        return () if self.mailer is None else (QueueNotice(queue, self.settings.mail.language),)

    def flows(self, into: Outbox, address_limits: AddressLimits, rate_limits: RateLimits) -> MailFlows:
        """Return the group."""
        from jwt_auth_core.mail.letters import letters  # noqa: PLC0415

        queue = QueueLetter(into, is_configured=self.mailer is not None)
        read = partial(letters, self.settings.mail.templates, self.written)
        preview = PreviewLetter(read, self.settings.service_name, self._account_url, self.clock)
        return MailFlows(self.mailer, queue, AskLetter(queue, address_limits, rate_limits), preview)

    @property
    def _account_url(self) -> str:
        own = f"{self.settings.public_url or EXAMPLE_URL}".rstrip("/") + "/auth/account"
        return self.settings.mail.account_url or own


def post_office(
    settings: Settings, *, clock: Clock, mailer: Mailer | None, written: Mapping[LetterName, Write] | None
) -> PostOffice:
    """Return it; a mailer that is given takes the place of the one that ``MAIL_URL`` names."""
    return PostOffice(settings, clock, mailer or _mailer(settings), written)


def _mailer(settings: Settings) -> Mailer | None:
    if settings.mail.url is None:
        return None
    from jwt_auth_core.mail.mail_url import parse_mail_url  # noqa: PLC0415

    url = parse_mail_url(settings.mail.url.reveal())
    match url.scheme:
        case "console":
            from jwt_auth_core.mail.console import ConsoleMailer  # noqa: PLC0415

            return ConsoleMailer()
        case "file":
            from jwt_auth_core.mail.folder import FolderMailer  # noqa: PLC0415

            return FolderMailer(url.path)
        case "memory":
            from jwt_auth_core.mail.memory import MemoryMailer  # noqa: PLC0415

            return MemoryMailer()
        case _:
            from jwt_auth_core.mail.smtplib import SmtpMailer  # noqa: PLC0415 - TLS

            return SmtpMailer(url)
