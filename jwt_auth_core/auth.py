"""Auth: the frozen bundle of use cases and token verification that every edge receives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import TypeVar

from jwt_auth_core import assemble
from jwt_auth_core.audit.audit import Audit
from jwt_auth_core.audit.sink import AuditSink, log_event
from jwt_auth_core.database.query import Database
from jwt_auth_core.events import Event, Subscribers
from jwt_auth_core.events.subscribers import F
from jwt_auth_core.flows.account.account_admin import AccountAdmin
from jwt_auth_core.flows.account.change_profile import ChangeProfile
from jwt_auth_core.flows.account.current_user import CurrentUser
from jwt_auth_core.flows.account.delete_account import DeleteAccount
from jwt_auth_core.flows.account.erase_users import EraseUsers
from jwt_auth_core.flows.account.export_account import ExportAccount
from jwt_auth_core.flows.account.list_users import ListUsers
from jwt_auth_core.flows.account.register import Register
from jwt_auth_core.flows.admin.admin_flows import AdminFlows
from jwt_auth_core.flows.api_keys.api_key_flows import ApiKeyFlows
from jwt_auth_core.flows.clients.client_flows import ClientFlows
from jwt_auth_core.flows.email.email_flows import EmailFlows
from jwt_auth_core.flows.email_login.login_by_email import LoginByEmail
from jwt_auth_core.flows.email_login.request_login import RequestLogin
from jwt_auth_core.flows.factors.factor_flows import FactorFlows
from jwt_auth_core.flows.health.health import Health
from jwt_auth_core.flows.hooks.hooks import Hooks
from jwt_auth_core.flows.identities.identity_flows import IdentityFlows
from jwt_auth_core.flows.imports.import_flows import ImportFlows
from jwt_auth_core.flows.letters.request_letter import RequestLetter
from jwt_auth_core.flows.mail.mail_flows import MailFlows
from jwt_auth_core.flows.oauth.introspect import Introspect
from jwt_auth_core.flows.oauth.oauth_clients import OAuthClients
from jwt_auth_core.flows.oauth.revoke_token import RevokeToken
from jwt_auth_core.flows.passkeys.passkey_flows import PasskeyFlows
from jwt_auth_core.flows.password.change_password import ChangePassword
from jwt_auth_core.flows.password.reauthenticate import Reauthenticate
from jwt_auth_core.flows.password.reset_password import ResetPassword
from jwt_auth_core.flows.policies.policies import Policies
from jwt_auth_core.flows.policies.policy import Policy
from jwt_auth_core.flows.roles.roles import Roles
from jwt_auth_core.flows.sessions.account_limits import AccountLimits
from jwt_auth_core.flows.sessions.find_places import FindPlaces
from jwt_auth_core.flows.sessions.list_sessions import ListSessions
from jwt_auth_core.flows.sessions.login import Login
from jwt_auth_core.flows.sessions.logout import Logout
from jwt_auth_core.flows.sessions.recheck import Recheck
from jwt_auth_core.flows.sessions.refresh import Refresh
from jwt_auth_core.flows.sessions.revoke_session import RevokeSession
from jwt_auth_core.flows.sessions.show_session import ShowSession
from jwt_auth_core.flows.sessions.take_back import TakeBack
from jwt_auth_core.flows.tickets import IssueWsTicket, RedeemWsTickets
from jwt_auth_core.flows.verification.verify_email import VerifyEmail
from jwt_auth_core.identities.provider import Provider
from jwt_auth_core.mail.contents import Write
from jwt_auth_core.mail.letter import LetterName
from jwt_auth_core.mail.mailer import Mailer
from jwt_auth_core.outbox import Outbox
from jwt_auth_core.passwords.hasher import Passwords
from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.records import dataclass
from jwt_auth_core.revocations.revocations import Revocations
from jwt_auth_core.settings import Settings
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.vocabulary import Clock

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """One configured authentication: made once, shared by threads.

    Attributes:
        settings: what it was made from.
        tokens: issues and verifies access tokens; needs no store.
        revocations: which of them are revoked, looked up in memory.
        recheck: asks the stores the same.
        rate_limits: counts how often something is done, and refuses what is too often.
        account_limits: how an account stands that somebody guesses at, and its new beginning.
        register, login, refresh, logout, reauthenticate, current_user, list_users, list_sessions,
            revoke_session, end_user, change_password, change_profile, export_account,
            delete_account, erase_users, forgot_password, reset_password, send_verification,
            verify_email, request_login, login_by_email, show_session, find_places,
            introspect, revoke_token, issue_ws_ticket, redeem_ws_tickets: the use cases.
        admin: what an admin does over HTTP, each with the claims of its access token.
        api_keys: the use cases of API keys.
        clients: those of service clients.
        email: those of another address.
        factors: those of second factors.
        identities: those of signing in with others.
        oauth_clients: who may introspect and revoke tokens over HTTP.
        passkeys: the use cases of passkeys.
        imports: brings users of other systems along, and writes ours out.
        roles: defines roles, grants them and takes them away.
        policies: makes a policy of a function; see `policy`.
        hooks: functions of the application that have a say in registrations, logins and tokens.
        take_back: ends the session of a login whose tokens were not handed out after all.
        subscribers: who is told of events; `on` adds to them.
        mail: letters: what asks for one, and what shows one.
        outbox: what others have yet to be told; `start` has this process tell them, which a server does.
        audit: the rows that events leave, their seals, and what checks both.
        health: how this process is, without asking a store; and whether it can serve.
        database: for safe queries of your own.
        migrate: creates what the database lacks and adopts the users that were there.
        check: raises one clear error when a store is out of reach or its schema is not there.
        close: gives back every connection and the memory of hashing; the bundle is of no use afterwards.
    """

    settings: Settings
    tokens: AccessTokens
    revocations: Revocations
    recheck: Recheck
    rate_limits: RateLimits
    register: Register
    login: Login
    account_limits: AccountLimits
    refresh: Refresh
    logout: Logout
    current_user: CurrentUser
    list_users: ListUsers
    list_sessions: ListSessions
    revoke_session: RevokeSession
    end_user: AccountAdmin
    change_profile: ChangeProfile
    export_account: ExportAccount
    delete_account: DeleteAccount
    erase_users: EraseUsers
    change_password: ChangePassword
    reauthenticate: Reauthenticate
    send_verification: RequestLetter
    verify_email: VerifyEmail
    request_login: RequestLogin
    login_by_email: LoginByEmail
    forgot_password: RequestLetter
    reset_password: ResetPassword
    show_session: ShowSession
    find_places: FindPlaces
    introspect: Introspect
    revoke_token: RevokeToken
    issue_ws_ticket: IssueWsTicket
    redeem_ws_tickets: RedeemWsTickets
    admin: AdminFlows
    api_keys: ApiKeyFlows
    clients: ClientFlows
    email: EmailFlows
    factors: FactorFlows
    identities: IdentityFlows
    oauth_clients: OAuthClients
    passkeys: PasskeyFlows
    imports: ImportFlows
    roles: Roles
    policies: Policies
    hooks: Hooks
    take_back: TakeBack
    subscribers: Subscribers
    mail: MailFlows
    outbox: Outbox
    audit: Audit
    health: Health
    database: Database
    migrate: Callable[[], assemble.Migration]
    check: Callable[[], None]
    close: Callable[[], None]

    @classmethod
    def from_env(cls, mapping: Mapping[str, str] | None = None, *, dotenv: bool = True) -> Auth:
        """Make it from the environment and a `.env` file; embedded stores where none is named.

        The file is that of the working directory; the environment wins, ``dotenv=False`` turns it
        off, and so does a mapping, which is read instead of both.

        Raises:
            SettingsError: names every offending variable.
            MissingDriverError: a named store needs a package that is not installed.
        """
        return cls.from_settings(Settings.from_env(mapping, dotenv=dotenv))

    @classmethod
    def from_settings(  # noqa: PLR0913 - what can be given in the place of what the settings name
        cls,
        settings: Settings,
        *,
        audit: AuditSink = log_event,
        passwords: Passwords | None = None,
        stores: assemble.Stores | None = None,
        mailer: Mailer | None = None,
        letters: Mapping[LetterName, Write] | None = None,
        providers: Sequence[Provider] = (),
        clock: Clock = assemble.system_clock,
    ) -> Auth:
        """Make it from settings; parts that are given replace the ones that the settings name.

        ``letters`` are functions that write some of the letters in the place of ours; ``providers`` are whom
        users may sign in with besides those that the settings name.
        """
        opened = stores or assemble.stores(settings)
        with ExitStack() as undo:
            if stores is None:  # they are ours, and nobody's where the rest is refused
                undo.callback(opened.close)
            tokens = assemble.access_tokens(settings, clock=clock)
            parts = assemble.Parts.from_settings(
                settings,
                tokens=tokens,
                passwords=passwords or assemble.passwords(settings),
                stores=opened,
                audit=audit,
                post_office=assemble.post_office(settings, clock=clock, mailer=mailer, written=letters),
                clock=clock,
                providers=providers,
            )
            made = cls(
                settings=settings,
                tokens=tokens,
                revocations=parts.revocations,
                rate_limits=parts.rate_limits,
                **assemble.session_flows(parts),
                **assemble.account_flows(parts),
                **assemble.password_flows(parts),
                admin=assemble.admin_flows(parts),
                api_keys=assemble.api_key_flows(parts),
                clients=assemble.client_flows(parts),
                email=assemble.email_flows(parts),
                factors=assemble.factor_flows(parts),
                identities=assemble.identity_flows(parts),
                **assemble.oauth_flows(parts),
                passkeys=assemble.passkey_flows(parts),
                imports=assemble.import_flows(parts),
                **assemble.ticket_flows(parts),
                roles=assemble.role_flows(parts),
                policies=assemble.policies(parts),
                hooks=parts.hooks,
                subscribers=parts.journal.subscribers,
                mail=parts.mail,
                outbox=parts.outbox,
                audit=parts.trail,
                health=assemble.health(parts),
                database=parts.stores.database,
                migrate=parts.stores.migrate,
                check=parts.check,
                close=parts.close,
            )
            undo.pop_all()
        return made

    def claims_of(self, token: str) -> Claims:
        """Return what a valid access token says that was not revoked, as ``REVOCATION_CHECK`` has it.

        Raises:
            TokenExpiredError: it is authentic and too old.
            TokenInvalidError: it is malformed, forged, not meant for us, or revoked.
            UnavailableError: nobody can tell whether it was revoked, and the settings want to know.
        """
        claims = self.tokens.verify(token)
        if self.settings.revocation_check == "feed":
            self.revocations.check(claims)
        elif self.settings.revocation_check == "always":
            (refusal,) = self.recheck([claims])
            if refusal is not None:
                raise refusal
        return claims

    def on(self, *kinds: type[Event]) -> Callable[[F], F]:
        """Return a decorator that subscribes a function to events of these types, `Event` for all.

        It is called in the thread where the event happened, before the answer goes out; what it raises is
        logged and changes no answer.

        Raises:
            TypeError: no type of event is named, or the function must be awaited.
        """
        return self.subscribers.on(*kinds)

    def policy(self, name: str | None = None) -> Callable[[Callable[[Claims, R], object]], Policy[R]]:
        """Return a decorator that makes a policy of a function: may this caller do that with this resource?

        The function takes the claims of the caller's access token and a resource, and returns True or False;
        one that must be awaited is asked by `jwt_auth_asgi.authorize` alone. Without a ``name`` the policy is
        called as the function. What it refuses is 403 ``policy_refused`` with that name, and audited.

        Raises:
            TypeError: the function itself in place of a name.
            ValueError: another policy has the name, or it is none.
        """
        return self.policies(name)
