"""The group of use cases that an `Auth` holds: ``auth.factors.enrol_totp(...)``."""

from __future__ import annotations

from jwt_auth_core.flows.factors.complete_login import CompleteLogin
from jwt_auth_core.flows.factors.enrol_at_login import EnrolAtLogin
from jwt_auth_core.flows.factors.enrol_totp import ConfirmTotp, EnrolTotp
from jwt_auth_core.flows.factors.list_factors import ForgetDevice, ListFactors
from jwt_auth_core.flows.factors.recovery_codes import RenewRecoveryCodes
from jwt_auth_core.flows.factors.reencrypt import Reencrypt
from jwt_auth_core.flows.factors.remove_factors import RemoveTotp, ResetFactors
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorFlows:
    """What can be done with second factors."""

    complete_login: CompleteLogin
    list: ListFactors
    enrol_totp: EnrolTotp
    enrol_at_login: EnrolAtLogin
    confirm_totp: ConfirmTotp
    remove_totp: RemoveTotp
    renew_recovery_codes: RenewRecoveryCodes
    forget_device: ForgetDevice
    reset: ResetFactors
    reencrypt: Reencrypt
