"""Show a letter as it would be sent, with a link and a code that open nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.mail.contents import Contents, Letters, link
from jwt_auth_core.mail.letter import KINDS, Language, LetterName
from jwt_auth_core.mail.mailer import Letter
from jwt_auth_core.mail.mint import Lasting, LetterTokens
from jwt_auth_core.one_time.proof import CODE_SECONDS, PROOFS
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Clock, Secret

SAMPLE, SAMPLE_CODE = Secret("only-a-sample"), "WDJB-MJHT"
LINK_SECONDS: Final = {purpose.name: purpose.ttl_seconds for purpose in PROOFS}
GRACE_SECONDS: Final = 30 * 86_400


@dataclass(frozen=True, slots=True)
class PreviewLetter:
    """A use case for operators; needs no mailer. ``letters`` reads them, ours and those in their place."""

    executor: ClassVar = Executor.STORE

    letters: Callable[[], Letters]
    service: str
    account_url: str
    clock: Clock

    def __call__(self, name: LetterName, language: Language) -> Letter:
        """Return the letter.

        Raises:
            SettingsError: the folder of templates has one that is wrong.
        """
        kind, now = KINDS[name], self.clock()
        tokens = LetterTokens(Lasting(SAMPLE, LINK_SECONDS.get(kind.purpose or "", 0)))
        contents = Contents(
            name=name,
            language=language,
            service=self.service,
            at=now,
            link=link(self.account_url, name, tokens) if kind.purpose else "",
            link_seconds=tokens.token.seconds,
            code=SAMPLE_CODE if kind.has_code else "",
            code_seconds=CODE_SECONDS,
            until=now + GRACE_SECONDS,
            first_name="Ada",
        )
        return self.letters()[name, language](contents)
