"""How the value of a setting is read: each reader takes text and raises ValueError saying what it must be."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

# Plain HTTP only to this machine and to the addresses that ECS and EKS reserve.
TRUSTED_HOSTS = ("169.254.170.2", "169.254.170.23", "fd00:ec2::23", "localhost")


def text(value: str) -> str:
    """Any text."""
    return value


def flag(value: str) -> bool:
    """`true` or `false`."""
    if value.lower() not in ("true", "false"):
        raise ValueError("must be true or false")
    return value.lower() == "true"


def listening_address(value: str) -> str:
    """An address of this machine: names are not looked up, since they may mean several."""
    try:
        return value if value == "localhost" else str(ipaddress.ip_address(value))
    except ValueError:
        raise ValueError("must be an IP address or localhost") from None


def web_address(value: str) -> str:
    """An http or https address with a host."""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("must be an http or https address")
    return value


def credentials_address(value: str) -> str:
    """A web address that may be asked for credentials."""
    if not trusted(web_address(value)):
        raise ValueError("must be https, or an address of this machine, ECS or EKS")
    return value


def trusted(address: str) -> bool:
    """Whether credentials may travel from `address`: over TLS, or without leaving this machine."""
    parts = urlsplit(address)
    if parts.scheme == "https" or parts.hostname in TRUSTED_HOSTS:
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def postgres_url(value: str) -> str:
    """A PostgreSQL connection address, of one host or several. No error shows a part of it."""
    try:
        parts = urlsplit(value)
        hosts = parts.netloc.rpartition("@")[2].split(",")
        ports = [urlsplit(f"//{host}").port for host in hosts]
        ports += [int(port) for name, port in parse_qsl(parts.query) if name == "port"]
        # asyncpg ends the password at the first @, and looks for the rest of it as a host.
        ports += [0] * (parts.netloc.count("@") > 1)
    except ValueError:
        ports = [0]
    if 0 in ports:
        raise ValueError("is not a valid address; escape / # ? @ in the password")
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError("must start with postgresql://")
    # A password's unescaped / # ? ends the host; what should be the host comes after it.
    if parts.netloc and "@" not in parts.netloc and "@" in parts.path + parts.query + parts.fragment:
        raise ValueError("is not a valid address; escape / # ? @ in the password")
    return value


def whole(low: int, high: int) -> Callable[[str], int]:
    """A reader of whole numbers from `low` to `high`."""

    def read(value: str) -> int:
        if not (value.isascii() and value.isdigit() and len(value) < 20 and low <= int(value) <= high):
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(value)

    return read


def number(low: float, high: float) -> Callable[[str], float]:
    """A reader of decimal numbers from `low` to `high`."""

    def read(value: str) -> float:
        try:
            found = float(value)
        except ValueError:
            found = math.nan
        if not low <= found <= high:
            raise ValueError(f"must be a number from {low:g} to {high:g}")
        return found

    return read


def one_of(*choices: str) -> Callable[[str], str]:
    """A reader that takes one of the given words."""

    def read(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value

    return read
