"""AWS credentials: from the environment, or from the address that ECS and EKS give to a container.

Source for the container protocol: Amazon ECS developer guide, "Task IAM role".
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import aiohttp

from orders.logs import Log
from orders.readers import trusted
from orders.settings import Settings

ECS_ADDRESS = "http://169.254.170.2"
RENEW_BEFORE = timedelta(minutes=10)
RETRY_AFTER = timedelta(seconds=30)
TIMEOUT = aiohttp.ClientTimeout(total=2)


class CredentialsError(Exception):
    """No usable credentials could be had."""


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What a signature needs."""

    access_key: str
    secret_key: str
    token: str | None


class Provider(Protocol):
    """Where credentials come from."""

    async def get(self) -> Credentials:
        """Credentials that are valid now. Raises CredentialsError."""


class StaticProvider:
    """Credentials that never change."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def get(self) -> Credentials:
        """The same each time."""
        return self._credentials


class ContainerProvider:
    """Credentials of the container's role, fetched again before they end."""

    def __init__(self, settings: Settings, http: aiohttp.ClientSession, log: Log) -> None:
        relative = settings.credentials_relative_uri
        self._address = ECS_ADDRESS + relative if relative else settings.credentials_full_uri
        self._settings = settings
        self._http = http
        self._log = log
        self._lock = asyncio.Lock()
        self._current: Credentials | None = None
        self._ends = self._renew_at = datetime.min.replace(tzinfo=UTC)

    async def get(self) -> Credentials:
        """The current credentials; renewed ten minutes before their end, kept if that fails while they hold."""
        async with self._lock:
            if self._current is None or datetime.now(UTC) >= self._renew_at:
                self._current = await self._renew()
            return self._current

    async def _renew(self) -> Credentials:
        try:
            fetched, self._ends = await self._fetch()
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, KeyError, TypeError) as error:
            now = datetime.now(UTC)
            if self._current is None or now >= self._ends:
                raise CredentialsError(f"no credentials from the container address: {error!r}") from error
            self._renew_at = min(now + RETRY_AFTER, self._ends)
            self._log.warning(
                "credentials not renewed", reason=repr(error), validUntil=self._ends.isoformat()
            )
            return self._current
        self._renew_at = self._ends - RENEW_BEFORE
        return fetched

    async def _fetch(self) -> tuple[Credentials, datetime]:
        if not trusted(self._address):
            raise ValueError("plain HTTP is allowed only to loopback and to the addresses of ECS and EKS")
        headers = {"Accept": "application/json"}
        if token := self._token():
            headers["Authorization"] = token
        async with self._http.get(
            self._address, headers=headers, timeout=TIMEOUT, allow_redirects=False
        ) as answer:
            if answer.status != 200:
                raise ValueError(f"status {answer.status}")
            body = json.loads(await answer.read())
        ends = datetime.fromisoformat(body["Expiration"]).astimezone(UTC)
        return Credentials(body["AccessKeyId"], body["SecretAccessKey"], body.get("Token")), ends

    def _token(self) -> str:
        if path := self._settings.credentials_token_file:
            return Path(path).read_text().strip()
        return self._settings.credentials_token


def provider(settings: Settings, http: aiohttp.ClientSession, log: Log) -> Provider:
    """Static credentials if they are set, else those of the container."""
    if settings.access_key_id:
        return StaticProvider(
            Credentials(settings.access_key_id, settings.secret_access_key, settings.session_token or None)
        )
    return ContainerProvider(settings, http, log)
