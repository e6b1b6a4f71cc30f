"""Second factors: what enrols and removes them, and how a login goes on with one."""

from __future__ import annotations

from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.flows.factors.complete_login import CompleteLogin
from jwt_auth_core.flows.factors.enrol_at_login import EnrolAtLogin
from jwt_auth_core.flows.factors.enrol_totp import ConfirmTotp, EnrolTotp
from jwt_auth_core.flows.factors.factor_flows import FactorFlows
from jwt_auth_core.flows.factors.factor_guesses import FactorGuesses
from jwt_auth_core.flows.factors.list_factors import ForgetDevice, ListFactors
from jwt_auth_core.flows.factors.recovery_codes import RenewRecoveryCodes
from jwt_auth_core.flows.factors.remove_factors import RemoveTotp
from jwt_auth_core.flows.user_limits import UserLimits


def factor_flows(parts: Parts) -> FactorFlows:
    """Return the use cases of this group."""
    factors, devices = parts.factors, parts.account_limits.limits.devices
    changes = parts.factor_changes
    renew = RenewRecoveryCodes(changes, factors.recovery)
    enrol = EnrolTotp(changes, parts.stores.users, factors.apps, factors.vault, parts.settings.service_name)
    confirm = ConfirmTotp(changes, factors.apps, factors.codes, renew, UserLimits(parts.rate_limits))
    return FactorFlows(
        complete_login=CompleteLogin(
            factors=factors.kinds,
            challenges=parts.stores.challenges,
            open_session=parts.open_session,
            guesses=FactorGuesses(parts.account_limits.limits),
            confirm=confirm,
        ),
        list=ListFactors(parts.current_user, factors.apps, factors.recovery, devices, parts.clock),
        enrol_totp=enrol,
        enrol_at_login=EnrolAtLogin(parts.stores.challenges, parts.stores.users, enrol),
        confirm_totp=confirm,
        remove_totp=RemoveTotp(changes, factors.apps, factors.recovery),
        renew_recovery_codes=renew,
        forget_device=ForgetDevice(devices),
        reset=parts.reset_factors,
        reencrypt=factors.reencrypt,
    )
