"""Auth: the frozen bundle of use cases and token verification that every edge receives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from jwt_auth_core import assemble
from jwt_auth_core.audit import AuditSink, log_event, telling
from jwt_auth_core.database.query import Database
from jwt_auth_core.events import Event, Subscribers
from jwt_auth_core.events.subscribers import F
from jwt_auth_core.flows.account.current_user import CurrentUser
from jwt_auth_core.flows.account.end_user import EndUser
from jwt_auth_core.flows.account.register import Register
from jwt_auth_core.flows.oauth.introspect import Introspect
from jwt_auth_core.flows.oauth.oauth_clients import OAuthClients
from jwt_auth_core.flows.oauth.revoke_token import RevokeToken
from jwt_auth_core.flows.password.change_password import ChangePassword
from jwt_auth_core.flows.sessions.end_session import Ending
from jwt_auth_core.flows.sessions.list_sessions import ListSessions
from jwt_auth_core.flows.sessions.login import Login
from jwt_auth_core.flows.sessions.logout import Logout
from jwt_auth_core.flows.sessions.open_session import Opening
from jwt_auth_core.flows.sessions.recheck import Recheck
from jwt_auth_core.flows.sessions.refresh import Refresh
from jwt_auth_core.flows.sessions.revoke_session import RevokeSession
from jwt_auth_core.flows.sessions.show_session import ShowSession
from jwt_auth_core.flows.tickets import IssueWsTicket, RedeemWsTickets
from jwt_auth_core.passwords.hasher import Passwords
from jwt_auth_core.revocations.revocations import Revocations
from jwt_auth_core.settings import Settings
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.vocabulary import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """One configured authentication: made once, shared by threads.

    Attributes:
        settings: what it was made from.
        tokens: issues and verifies access tokens; needs no store.
        revocations: which of them are revoked, looked up in memory.
        recheck: asks the stores the same.
        register, login, refresh, logout, current_user, list_sessions, revoke_session, end_user,
            change_password, show_session, introspect, revoke_token, issue_ws_ticket,
            redeem_ws_tickets: the use cases.
        oauth_clients: who may introspect and revoke tokens over HTTP.
        subscribers: who is told of events; `on` adds to them.
        database: for safe queries of your own.
        migrate: creates what the database lacks and adopts the users that were there.
        check: raises one clear error when a store is out of reach or its schema is not there.
        close: gives back every connection and the memory of hashing; the bundle is of no use afterwards.
    """

    settings: Settings
    tokens: AccessTokens
    revocations: Revocations
    recheck: Recheck
    register: Register
    login: Login
    refresh: Refresh
    logout: Logout
    current_user: CurrentUser
    list_sessions: ListSessions
    revoke_session: RevokeSession
    end_user: EndUser
    change_password: ChangePassword
    show_session: ShowSession
    introspect: Introspect
    revoke_token: RevokeToken
    issue_ws_ticket: IssueWsTicket
    redeem_ws_tickets: RedeemWsTickets
    oauth_clients: OAuthClients
    subscribers: Subscribers
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
    def from_settings(
        cls,
        settings: Settings,
        *,
        audit: AuditSink = log_event,
        passwords: Passwords | None = None,
        stores: assemble.Stores | None = None,
        clock: Clock = assemble.system_clock,
    ) -> Auth:
        """Make it from settings; parts that are given replace the ones that the settings name."""
        subscribers = Subscribers()
        audit = telling(audit, subscribers, clock)
        tokens = assemble.access_tokens(settings, clock=clock)
        passwords = passwords or assemble.passwords(settings)
        stores = stores or assemble.stores(settings)
        refresh_tokens = assemble.refresh_tokens(settings)
        longest = settings.session_max_age_seconds
        users, sessions = stores.users, stores.sessions
        revocations = assemble.revocations(settings, stores, clock=clock)
        ending = Ending(sessions, stores.roster, users, clock, longest, revocations)
        listing = ListSessions(sessions, stores.roster, users, clock)
        opening = Opening(
            sessions=sessions,
            listing=listing,
            ending=ending,
            refresh_tokens=refresh_tokens,
            tokens=tokens,
            audit=audit,
            clock=clock,
            session_max_age_seconds=longest,
            sessions_per_user=settings.sessions_per_user,
            together=stores.together,
        )
        current_user = CurrentUser(users)
        recheck = Recheck(sessions, users)
        end_user = EndUser(users, users, users, listing, ending, audit, clock)
        return cls(
            settings=settings,
            tokens=tokens,
            revocations=revocations,
            recheck=recheck,
            register=Register(passwords, users, audit, settings.service_name),
            login=Login(passwords, users, opening, audit),
            refresh=Refresh(sessions, users, refresh_tokens, tokens, ending, audit, clock),
            logout=Logout(ending, refresh_tokens, audit),
            current_user=current_user,
            list_sessions=listing,
            revoke_session=RevokeSession(listing, ending, audit),
            end_user=end_user,
            change_password=ChangePassword(
                passwords, current_user, users, opening, end_user, audit, settings.service_name
            ),
            show_session=ShowSession(sessions, refresh_tokens),
            introspect=Introspect(
                tokens=tokens,
                refresh_tokens=refresh_tokens,
                sessions=sessions,
                standings=users,
                recheck=recheck,
                revocations=revocations if settings.revocation_check == "feed" else None,
                issuer=settings.jwt_issuer,
                audience=settings.jwt_audience,
            ),
            revoke_token=RevokeToken(tokens, refresh_tokens, ending, audit),
            issue_ws_ticket=IssueWsTicket(stores.one_time, clock),
            redeem_ws_tickets=RedeemWsTickets(stores.one_time, clock),
            oauth_clients=OAuthClients(settings.oauth_clients),
            subscribers=subscribers,
            database=stores.database,
            migrate=stores.migrate,
            check=stores.check,
            close=partial(_close, tokens, revocations, stores, passwords),
        )

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

    def health(self) -> dict[str, object]:
        """Return what an operator wants to see, without asking a store; JSON can hold it."""
        return {"revocations": {"check": self.settings.revocation_check, **self.revocations.health()}}


def _close(
    tokens: AccessTokens, revocations: Revocations, stores: assemble.Stores, passwords: Passwords
) -> None:
    tokens.close()
    revocations.close()
    stores.close()
    passwords.close()
