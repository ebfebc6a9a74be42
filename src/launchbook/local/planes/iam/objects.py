"""The root user's second factor: the virtual device that AWS names after it."""

from __future__ import annotations

from moto.iam import models

#: The name that the console gives the root user's own device.
ROOT_DEVICE = "root-account-mfa-device"


class AccountSummary(models.AccountSummary):
    """A summary that knows whether root has a second factor."""

    @property
    def _account_mfa_enabled(self) -> int:
        return int(any(name.endswith(f"/{ROOT_DEVICE}") for name in self._iam_backend.virtual_mfa_devices))

    @_account_mfa_enabled.setter
    def _account_mfa_enabled(self, value: int) -> None:
        """moto sets it to nought; the device decides."""


def install() -> None:
    """Put this in moto's place."""
    models.AccountSummary = AccountSummary  # type: ignore[misc]
