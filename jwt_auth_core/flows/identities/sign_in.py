"""Sign in by a provider: the person who was met has a session, or a code for the application that asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final, NoReturn

from jwt_auth_core.audit.sink import session_mark
from jwt_auth_core.devices import Devices, device_digest
from jwt_auth_core.errors import InvalidCredentialsError, UserNotFoundError
from jwt_auth_core.events import LoggedIn, LoginFailed
from jwt_auth_core.flows.address_limits import AddressLimits
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.identities.admit import Admit, Newcomer, used
from jwt_auth_core.flows.identities.login_code import LoginCodes
from jwt_auth_core.flows.identities.meet import Met
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.open_session import OpenSession
from jwt_auth_core.identities.identity import Identity
from jwt_auth_core.identities.provider import ProviderRefusedError
from jwt_auth_core.one_time.proof import InvalidCodeError
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.user import User
from jwt_auth_core.users.verified import EmailUnverifiedError
from jwt_auth_core.vocabulary import Client, Secret

METHODS: Final = ("fed",)


@dataclass(frozen=True, slots=True)
class CodeAttempt:
    """Checked input: a login code, the verifier of its challenge, and the token of a known device."""

    code: Secret
    verifier: Secret
    device: Secret | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """Opens a session for a person whom a provider vouches for."""

    executor: ClassVar = Executor.STORE

    admit: Admit
    codes: LoginCodes
    open_session: OpenSession
    address_limits: AddressLimits
    devices: Devices

    def newcomer(self, met: Met) -> Newcomer | None:
        """Return who would have a new account by this sign-in; None where nobody would.

        Raises:
            UnavailableError: a store does not answer.
        """
        return self.admit.newcomer(met.person)

    def __call__(
        self, met: Met, client: Client, device: Secret | None = None, replaces: str | None = None
    ) -> Grant | Challenge:
        """Open a session and return its first tokens, or what else the user has to show.

        ``replaces`` is the refresh token that the client has so far: its session ends (RF-13). What else is
        to be shown is shown in the browser that was met: its address is no secret of anybody's.

        Raises:
            EmailUnverifiedError: the identity is right, and the address has to be verified first.
            ProviderRefusedError: the user is disabled, or the identity was just taken off.
            UnavailableError: a store does not answer; no session was handed out.
            (and what `Admit` raises)
        """
        identity = self._admitted(met, client)
        person, now = met.person, self.admit.parts.clock()
        known = used(identity, person, now=now)
        return self._opened(known, client, device, replaces, browser=met.trip.browser)

    def code(self, met: Met, client: Client) -> Secret:
        """Return a code, by which the application that asked opens a session.

        Raises:
            UnavailableError: a store does not answer, or the system gives no random bytes.
            (and what `Admit` raises)
        """
        identity = self._admitted(met, client)
        now = self.admit.parts.clock()
        self.admit.parts.store.note_use(used(identity, met.person, now=now))
        return self.codes.new((identity.issuer, identity.subject), met.trip.challenge or "")

    def parse(self, values: Mapping[str, object]) -> CodeAttempt:
        """Check ``code``, ``verifier`` and, where it is there, ``device``.

        Raises:
            InvalidInputError: names every offending field at once.
        """
        fields = Fields(values)
        attempt = CodeAttempt(
            fields.secret("code"), fields.secret("verifier"), fields.secret_if_given("device")
        )
        fields.raise_problems()
        return attempt

    def by_code(self, attempt: CodeAttempt, client: Client) -> Grant | Challenge:
        """Open a session for whoever brings a code and the verifier of its challenge.

        Raises:
            EmailUnverifiedError: the identity is right, and the address has to be verified first.
            InvalidCodeError: the code is unknown, spent, too old or another's, or opens nothing any more.
            RateLimitedError: too many from this client were not good; nothing was looked at.
            UnavailableError: a store does not answer; no session was handed out.
        """
        with self.address_limits.guess(client) as guess:
            try:
                return self._opened(self._stood_for(attempt), client, attempt.device, None)
            except (InvalidCodeError, ProviderRefusedError):
                guess.is_wrong = True
                raise InvalidCodeError from None

    def _stood_for(self, attempt: CodeAttempt) -> Identity:
        issuer, subject = self.codes.spend(attempt.code, attempt.verifier)
        identity = self.admit.parts.store.find(issuer, subject)
        if identity is None:
            raise InvalidCodeError
        return identity

    def _admitted(self, met: Met, client: Client) -> Identity:
        try:
            return self.admit(met.person, client)
        except UserNotFoundError:  # deleted or disabled at this moment
            raise ProviderRefusedError("disabled") from None

    def _opened(
        self,
        identity: Identity,
        client: Client,
        device: Secret | None,
        replaces: str | None,
        *,
        browser: str | None = None,
    ) -> Grant | Challenge:
        try:
            user = self.admit.parts.user(identity.user_id)
            with self.open_session.as_one():
                opened = self.open_session(
                    user,
                    client,
                    is_still_right=lambda _user: self._is_linked(identity),
                    methods=METHODS,
                    device=self._known(user, device),
                    replaces=replaces,
                    browser=browser,
                )
                is_linked = self._note(identity, device, client, opened)
            if not is_linked:
                self._take_back(opened)
        except (InvalidCredentialsError, UserNotFoundError):
            self._note_failure(identity, client, "disabled")
            raise ProviderRefusedError("disabled") from None
        except EmailUnverifiedError as error:
            self._note_failure(identity, client, error.code)
            raise
        return opened

    def _is_linked(self, identity: Identity) -> bool:
        found = self.admit.parts.store.find(identity.issuer, identity.subject)
        return found is not None and found.user_id == identity.user_id

    def _known(self, user: User, device: Secret | None) -> str | None:
        """Return the digest of a device where the user has signed in before."""
        digest = device_digest(device)
        if digest is None or not self.devices.is_known(digest, user.user_id, now=self.admit.parts.clock()):
            return None
        return digest

    def _take_back(self, opened: Grant | Challenge) -> NoReturn:
        """End what an identity opened that was taken off, where no transaction is open that would undo it."""
        if isinstance(opened, Grant):
            self.open_session.take_back(opened)
        raise InvalidCredentialsError

    def _note(
        self, identity: Identity, device: Secret | None, client: Client, opened: Grant | Challenge
    ) -> bool:
        """Write down a login by an identity; tell whether that is its user's still."""
        parts = self.admit.parts
        with parts.journal.together():
            if not parts.store.note_use(identity):
                return False
            if isinstance(opened, Grant):
                user_id, now = identity.user_id, parts.clock()
                digest = device_digest(device)
                is_kept = digest is not None and self.devices.keep(digest, user_id, now=now)
                opened.device = device if is_kept else self.devices.add(user_id, now=now, before=digest)
                mark = session_mark(opened.session_id)
                parts.journal(LoggedIn(at=now, user_id=user_id, session=mark, client=client, reason="fed"))
        return True

    def _note_failure(self, identity: Identity, client: Client, reason: str) -> None:
        parts = self.admit.parts
        now, user_id = parts.clock(), identity.user_id
        parts.journal(LoginFailed(at=now, user_id=user_id, client=client, reason=reason))
