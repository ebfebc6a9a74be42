"""HTTP requests to the platform itself, as anybody would make them: no proxy, no redirect followed, no patience."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from launchbook.errors import UsageError
from launchbook.redact import shown

_LARGEST = 1024 * 1024
_SHOWN = 200


@dataclass(frozen=True)
class Answer:
    """What came back: the status (0: none came, ``why`` says it), headers in lower case, the body as text and data."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    why: str = ""

    @property
    def said(self) -> str:
        """Status and the beginning of the body in one line fit to be shown; why none came where none did."""
        words = f"{self.status} {self.text}".split() if self.status else self.why.split()
        return shown(" ".join(words)[:_SHOWN])

    @property
    def body(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None


def ask(
    method: str,
    url: str,
    *,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 10.0,
    emulated: bool = False,
) -> Answer:
    """One request; a ``body`` goes as JSON. Raises UsageError for an address that is none.

    ``emulated``: the platform stands on an embedded AWS, under whatever name.
    """
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host = None
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError(
            f"{url} can't be asked", "it is no http or https address", hint="correct launchbook.toml"
        )
    connection = (
        http.client.HTTPSConnection(host, port, timeout=timeout, context=_trust(host, emulated))
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=timeout)
    )
    given = {"Accept": "application/json", "User-Agent": "launchbook", **(headers or {})}
    payload = None
    if body is not None:
        payload, given["Content-Type"] = json.dumps(body).encode(), "application/json"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, target, body=payload, headers=given)
        answer = connection.getresponse()
        text = answer.read(_LARGEST).decode("utf-8", errors="replace")
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)
    except socket.gaierror:
        return Answer(0, why=f"{host} has no address: no DNS record leads to it from here")
    except (OSError, http.client.HTTPException) as error:
        return Answer(0, why=f"{type(error).__name__}: {error}")
    finally:
        connection.close()


@cache  # making one reads every authority of the machine, which would slow a burst down to a trickle
def _trust(host: str, emulated: bool) -> ssl.SSLContext:
    """Certificates are verified, but on loopback: an embedded AWS signs its own, and nobody stands in between.

    On any other target a name that leads to loopback is no reason to believe what stands there.
    """
    context = ssl.create_default_context()
    if _is_loopback(host) or (emulated and all(map(_is_loopback, _addresses(host)))):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _addresses(host: str) -> list[str]:
    """What a name leads to; itself where it leads nowhere."""
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, None)]
    except OSError:
        return [host]


def includes(answer: Any, expected: Any) -> bool:
    """Whether a JSON answer says all that is expected; what it says besides does no harm."""
    if isinstance(expected, Mapping):
        return isinstance(answer, Mapping) and all(
            key in answer and includes(answer[key], value) for key, value in expected.items()
        )
    return bool(answer == expected) and isinstance(answer, bool) == isinstance(expected, bool)
