"""Which kinds of second factors there are, and where they are kept: a kind is one more here."""

from __future__ import annotations

from jwt_auth_core.assemble.keys import vault
from jwt_auth_core.database.query import Database
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.factors.enrolled import EnrolledFactors
from jwt_auth_core.factors.factor import TOTP, Factor
from jwt_auth_core.factors.recovery import RecoveryFactor
from jwt_auth_core.factors.recovery_sql import SqlRecoveryCodes
from jwt_auth_core.factors.settings import POLICIES
from jwt_auth_core.factors.totp import TotpCodes, TotpFactor
from jwt_auth_core.factors.totp_sql import SqlTotp
from jwt_auth_core.flows.factor_scopes import FactorScopes
from jwt_auth_core.flows.factors.reencrypt import Reencrypt
from jwt_auth_core.flows.factors.remove_factors import StoredKind
from jwt_auth_core.flows.passkeys.parts import PasskeyParts
from jwt_auth_core.flows.passkeys.verify_passkey import PasskeyFactor, VerifyPasskey
from jwt_auth_core.keys.encryption.vault import Vault
from jwt_auth_core.records import dataclass
from jwt_auth_core.settings import Settings
from jwt_auth_core.variables.words import withheld_in
from jwt_auth_core.vocabulary import Clock


@dataclass(frozen=True, slots=True)
class SecondFactors:
    """Made once; ``stored`` is where the factors of each kind are kept, but for recovery codes.

    ``kinds`` stand in the order in which a challenge names them, also those that the settings leave out:
    whoever has enrolled one is asked for it all the same.
    """

    kinds: tuple[Factor, ...]
    stored: tuple[StoredKind, ...]
    enrolled: EnrolledFactors
    apps: SqlTotp
    codes: TotpCodes
    recovery: SqlRecoveryCodes
    vault: Vault
    reencrypt: Reencrypt


def second_factors(
    settings: Settings, database: Database, passkeys: PasskeyParts, *, clock: Clock
) -> SecondFactors:
    """Return them; nothing starts and no driver loads by that."""
    own = vault(settings)
    apps, codes, recovery = SqlTotp(database), TotpCodes(own, clock), SqlRecoveryCodes(database)
    totp = TotpFactor(apps, codes)
    return SecondFactors(
        (totp, RecoveryFactor(recovery), PasskeyFactor(VerifyPasskey(passkeys))),
        (StoredKind(TOTP, apps.forget, totp.is_enrolled),),
        EnrolledFactors(database),
        apps,
        codes,
        recovery,
        own,
        Reencrypt(apps, own),
    )


def must_have_factor(settings: Settings) -> bool:
    """Tell whether no session opens without a second factor.

    Raises:
        SettingsError: that is so, and nobody could enrol one.
    """
    is_required = settings.factors.policy == "required"
    if is_required and not settings.encryption_keys:
        raise SettingsError(["SECOND_FACTOR=required needs ENCRYPTION_KEYS: secrets are encrypted"])
    return is_required


def factor_scopes(settings: Settings, *, has_passkeys: bool) -> FactorScopes:
    """Return the scopes that a session grants only where a second factor was shown.

    Raises:
        SettingsError: there are some, and nobody could show one.
    """
    scopes = withheld_in(settings.factors.policy, POLICIES)
    if scopes and not settings.encryption_keys and not has_passkeys:
        raise SettingsError(["SECOND_FACTOR needs ENCRYPTION_KEYS or passkeys (RP_ID) for its scopes"])
    return FactorScopes(scopes)
