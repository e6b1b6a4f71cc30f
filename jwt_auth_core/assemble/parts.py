"""Parts: what the groups of use cases are made of, each made once an `Auth`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from jwt_auth_core.admin.impersonations import SqlImpersonations
from jwt_auth_core.api_keys.sql import SqlApiKeys
from jwt_auth_core.api_keys.uses import Uses
from jwt_auth_core.assemble.ceremonies import ceremonies, has_passkeys
from jwt_auth_core.assemble.keys import refresh_tokens
from jwt_auth_core.assemble.mail import PostOffice
from jwt_auth_core.assemble.mints import mints
from jwt_auth_core.assemble.outbox import event_queues, outbox
from jwt_auth_core.assemble.providers import identity_parts
from jwt_auth_core.assemble.rate_limits import rate_limits
from jwt_auth_core.assemble.second_factors import (
    SecondFactors,
    factor_scopes,
    must_have_factor,
    second_factors,
)
from jwt_auth_core.assemble.storage import Stores, revocations
from jwt_auth_core.audit.audit import Audit
from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.audit.refusals import Refusals
from jwt_auth_core.audit.sink import AuditSink
from jwt_auth_core.clients.sql import SqlClients
from jwt_auth_core.devices import Devices
from jwt_auth_core.events import Subscribers
from jwt_auth_core.flows.account.account_admin import AccountAdmin
from jwt_auth_core.flows.account.current_user import CurrentUser
from jwt_auth_core.flows.account.delete_account import undo_deletion
from jwt_auth_core.flows.account.erase_users import Eraser, EraseUsers
from jwt_auth_core.flows.account.void_credentials import (
    VoidApiKeys,
    VoidCredentials,
    VoidDevices,
    VoidIdentities,
    VoidPasskeys,
)
from jwt_auth_core.flows.account.welcome import Welcome
from jwt_auth_core.flows.address_limits import AddressLimits
from jwt_auth_core.flows.admin.impersonate import EndImpersonations
from jwt_auth_core.flows.admin.impersonation_ends import ImpersonationEnds
from jwt_auth_core.flows.api_keys.revoke_api_key import RevokeApiKey
from jwt_auth_core.flows.api_keys.verify_api_keys import VerifyApiKeys
from jwt_auth_core.flows.factors.ask_for_factor import AskForFactor
from jwt_auth_core.flows.factors.factor_changes import FactorChanges
from jwt_auth_core.flows.factors.remove_factors import ResetFactors, VoidFactors
from jwt_auth_core.flows.fresh_login import FreshLogin
from jwt_auth_core.flows.hooks.hooks import Hooks
from jwt_auth_core.flows.identities.manage_identities import RemoveIdentity
from jwt_auth_core.flows.mail.mail_flows import MailFlows
from jwt_auth_core.flows.passkeys.challenges import Challenges
from jwt_auth_core.flows.passkeys.manage_passkeys import RemovePasskey
from jwt_auth_core.flows.passkeys.parts import PasskeyParts
from jwt_auth_core.flows.sessions.account_limits import AccountLimits
from jwt_auth_core.flows.sessions.end_session import EndSession
from jwt_auth_core.flows.sessions.list_sessions import ListSessions
from jwt_auth_core.flows.sessions.login_limits import LoginLimits
from jwt_auth_core.flows.sessions.open_session import OpenSession
from jwt_auth_core.flows.sessions.parts import SessionParts
from jwt_auth_core.flows.sessions.recheck import Recheck
from jwt_auth_core.flows.sessions.revoke_session import RevokeSession
from jwt_auth_core.identities.provider import Provider
from jwt_auth_core.identities.sql import SqlIdentities
from jwt_auth_core.outbox import Outbox
from jwt_auth_core.passkeys.sql import SqlPasskeys
from jwt_auth_core.passwords.hasher import Passwords
from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.records import dataclass
from jwt_auth_core.revocations.revocations import Revocations
from jwt_auth_core.sessions.token import RefreshTokens
from jwt_auth_core.settings import Settings
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.users.deletion import SqlDeletions
from jwt_auth_core.users.failures import PasswordFailures
from jwt_auth_core.vocabulary import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What settings, stores and keys come to, and the use cases that others are made of."""

    settings: Settings
    tokens: AccessTokens
    refresh_tokens: RefreshTokens
    passwords: Passwords
    hooks: Hooks
    stores: Stores
    revocations: Revocations
    rate_limits: RateLimits
    address_limits: AddressLimits
    account_limits: AccountLimits
    outbox: Outbox
    mail: MailFlows
    journal: Journal
    trail: Audit
    refusals: Refusals
    clock: Clock
    sessions: SessionParts
    end_session: EndSession
    list_sessions: ListSessions
    revoke_session: RevokeSession
    open_session: OpenSession
    factors: SecondFactors
    factor_changes: FactorChanges
    reset_factors: ResetFactors
    recheck: Recheck
    current_user: CurrentUser
    fresh_login: FreshLogin
    end_user: AccountAdmin
    void: VoidCredentials
    api_keys: SqlApiKeys
    clients: SqlClients
    api_key_uses: Uses
    verify_api_keys: VerifyApiKeys
    revoke_api_key: RevokeApiKey
    remove_passkey: RemovePasskey
    remove_identity: RemoveIdentity
    deletions: SqlDeletions
    erase_users: EraseUsers
    eraser: Eraser
    end_impersonations: EndImpersonations
    impersonation_ends: ImpersonationEnds

    @classmethod
    def from_settings(  # noqa: PLR0913 - what can be given in the place of what the settings name
        cls,
        settings: Settings,
        *,
        tokens: AccessTokens,
        passwords: Passwords,
        stores: Stores,
        audit: AuditSink,
        post_office: PostOffice,
        clock: Clock,
        providers: Sequence[Provider] = (),
    ) -> Parts:
        """Return the parts; nothing starts by that."""
        hooks = Hooks()
        minted, following = refresh_tokens(settings), revocations(settings, stores, clock=clock)
        senders = post_office.senders(stores, mints(settings, stores, clock=clock))
        waiting = outbox(settings, stores.database, senders, clock=clock)
        trail = Audit(stores.database, settings.encryption_keys, clock=clock)
        keeps = (trail.append, *event_queues(settings, waiting), *post_office.notices(waiting))
        journal = Journal(stores.database, keeps, audit, Subscribers())
        refusals = Refusals(stores.database, journal, clock=clock)
        limits = replace(rate_limits(settings, stores), refusals=refusals)
        by_address, database = AddressLimits(limits), stores.database
        devices = Devices(database)
        guesses = LoginLimits(limits, devices, PasswordFailures(database), clock)
        sessions = SessionParts(
            sessions=stores.sessions,
            session_index=stores.session_index,
            users=stores.users,
            revocations=following,
            journal=journal,
            clock=clock,
            max_age_seconds=settings.session_max_age_seconds,
            factor_scopes=factor_scopes(settings, has_passkeys=has_passkeys(settings)),
        )
        end_session, list_sessions = EndSession(sessions), ListSessions(sessions)
        revoke_session = RevokeSession(sessions, list_sessions, end_session)
        passkeys = PasskeyParts(
            store=SqlPasskeys(database),
            ceremonies=ceremonies(settings),
            challenges=Challenges(stores.one_time),
            identities=SqlIdentities(database),
            users=stores.users,
            journal=journal,
            clock=clock,
            revoke_session=revoke_session,
        )
        factors = second_factors(settings, database, passkeys, clock=clock)
        deletions = SqlDeletions(database)
        open_session = OpenSession(
            parts=sessions,
            list_sessions=list_sessions,
            end_session=end_session,
            refresh_tokens=minted,
            tokens=tokens,
            sessions_per_user=settings.sessions_per_user,
            together=stores.together,
            as_one=stores.as_one,
            second_factor=AskForFactor(
                factors.kinds,
                stores.challenges,
                guesses.devices,
                clock,
                is_required=must_have_factor(settings),
            ),
            undo_deletion=partial(undo_deletion, sessions, deletions),
            must_be_verified=stores.verified if settings.email_verification == "login" else None,
        )
        api_keys, clients = SqlApiKeys(stores.database), SqlClients(stores.database)
        uses = Uses(api_keys, clock)
        revoke_api_key = RevokeApiKey(api_keys, journal, following, clock)
        current_user = CurrentUser(stores.users, sessions.factor_scopes)
        fresh_login = FreshLogin(settings.fresh_login_seconds, clock)
        changes = FactorChanges(
            current_user=current_user,
            enrolled=factors.enrolled,
            devices=guesses.devices,
            journal=journal,
            clock=clock,
            fresh_login=fresh_login,
            revoke_session=revoke_session,
        )
        reset_factors = ResetFactors(changes, factors.stored, factors.recovery)
        remove_passkey = RemovePasskey(passkeys, fresh_login)
        remove_identity = RemoveIdentity(identity_parts(settings, stores, passkeys, providers), fresh_login)
        end_user = AccountAdmin(sessions, list_sessions, end_session, revoke_api_key)
        end_impersonations = EndImpersonations(store=SqlImpersonations(database), parts=sessions)
        erase_users = EraseUsers(sessions, deletions, trail, end_user)
        ways_in = VoidPasskeys(remove_passkey), VoidIdentities(remove_identity)
        voiders = VoidApiKeys(revoke_api_key), VoidDevices(devices), VoidFactors(reset_factors), *ways_in
        return cls(
            settings=settings,
            tokens=tokens,
            refresh_tokens=minted,
            passwords=passwords.reading(hooks.check_of),
            hooks=hooks,
            stores=stores,
            revocations=following,
            rate_limits=limits,
            address_limits=by_address,
            account_limits=AccountLimits(guesses, stores.users, journal, clock),
            outbox=waiting,
            mail=post_office.flows(waiting, by_address, limits),
            journal=journal,
            trail=trail,
            refusals=refusals,
            clock=clock,
            sessions=sessions,
            end_session=end_session,
            list_sessions=list_sessions,
            revoke_session=revoke_session,
            open_session=open_session,
            factors=factors,
            factor_changes=changes,
            reset_factors=reset_factors,
            recheck=Recheck(stores.sessions, stores.users, clients),
            current_user=current_user,
            fresh_login=fresh_login,
            end_user=end_user,
            void=VoidCredentials(stores.users, voiders),
            api_keys=api_keys,
            clients=clients,
            api_key_uses=uses,
            verify_api_keys=VerifyApiKeys(
                api_keys,
                stores.users,
                uses,
                clock,
                settings.jwt_issuer,
                settings.access_token_ttl_seconds,
                sessions.factor_scopes,
            ),
            revoke_api_key=revoke_api_key,
            remove_passkey=remove_passkey,
            remove_identity=remove_identity,
            deletions=deletions,
            erase_users=erase_users,
            eraser=Eraser(erase_users),
            end_impersonations=end_impersonations,
            impersonation_ends=ImpersonationEnds(end_impersonations),
        )

    def welcome(self) -> Welcome:
        """Return what every new user gets, whoever makes it."""
        settings = self.settings
        has_letter = settings.email_verification != "off"
        return Welcome(self.stores.proofs, self.mail.queue, settings.mail.language, has_letter=has_letter)

    def check(self) -> None:
        """Raise one clear error when a store is out of reach or not ready; begin to seal and to erase.

        Raises:
            SettingsError: what is stored names a key that the settings lack.
            UnavailableError: a store does not answer, or its schema is not there.
        """
        self.stores.check()
        self.factors.reencrypt.check()
        self.trail.start()
        self.refusals.start()
        self.eraser.start()
        self.impersonation_ends.start()

    def close(self) -> None:
        """End what goes on in the background; give back every connection and the memory of hashing."""
        following = (self.eraser, self.impersonation_ends, self.tokens, self.revocations, self.rate_limits)
        writing = (self.refusals, self.outbox, self.trail, self.api_key_uses)
        for one in (*following, *writing, self.stores, self.passwords):
            one.close()
