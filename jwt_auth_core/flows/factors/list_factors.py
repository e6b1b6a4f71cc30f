"""List a user's second factors, and the devices at which none is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from jwt_auth_core.devices import Devices, RememberedDevice
from jwt_auth_core.factors.recovery import RecoveryStore
from jwt_auth_core.factors.totp import FactorNotFoundError, TotpApp, TotpStore
from jwt_auth_core.flows.account.current_user import CurrentUser
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Clock, UserId


@dataclass(frozen=True, slots=True)
class FactorList:
    """What a user has."""

    apps: Sequence[TotpApp]
    recovery_codes_left: int
    remembered_devices: Sequence[RememberedDevice]


@dataclass(frozen=True, slots=True)
class ListFactors:
    """Reads what a login would ask for; no secret is in it."""

    executor: ClassVar = Executor.STORE

    current_user: CurrentUser
    apps: TotpStore
    recovery: RecoveryStore
    devices: Devices
    clock: Clock

    def __call__(self, user_id: str) -> FactorList:
        """Return them, no secret among it.

        Raises:
            UserNotFoundError: the user is gone or disabled.
            UnavailableError: the database does not answer.
        """
        user, now = self.current_user(user_id), self.clock()
        return FactorList(
            self.apps.of_user(user.user_id),
            self.recovery.count(user.user_id),
            self.devices.remembered(user.user_id, version=user.session_version, now=now),
        )


@dataclass(frozen=True, slots=True)
class ForgetDevice:
    """Takes back that no second factor is asked for at a device."""

    executor: ClassVar = Executor.STORE

    devices: Devices

    def __call__(self, user_id: UserId, device_id: str) -> None:
        """Ask for a second factor again at one device of the user.

        Raises:
            FactorNotFoundError: there is no such device.
            UnavailableError: the database does not answer.
        """
        if not self.devices.forget_remembered(user_id, device_id):
            raise FactorNotFoundError
