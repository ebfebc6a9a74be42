"""AWS Signature Version 4 for requests without a query (AWS IAM user guide, "Create a signed AWS API request").

botocore's own signer needs botocore, 5 MB of every process; the tests hold this one against it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, urlsplit

from orders.credentials import Credentials

_ALGORITHM = "AWS4-HMAC-SHA256"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def signed(
    url: str, headers: Mapping[str, str], body: bytes, credentials: Credentials,
    *, service: str, region: str, now: datetime,
) -> dict[str, str]:  # fmt: skip
    """The headers of a POST to `url` with its signature among them; all of them are signed. `now` is in UTC."""
    moment = now.strftime("%Y%m%dT%H%M%SZ")
    sent = {**headers, "X-Amz-Date": moment}
    if credentials.token:
        sent["X-Amz-Security-Token"] = credentials.token
    lines = {name.lower(): " ".join(value.split()) for name, value in sent.items()} | {"host": _host(url)}
    names = ";".join(sorted(lines))
    canonical = "\n".join(
        [
            "POST", quote(urlsplit(url).path, safe="/~") or "/", "",
            *(f"{name}:{lines[name]}" for name in sorted(lines)), "",
            names, hashlib.sha256(body).hexdigest(),
        ]
    )  # fmt: skip
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    text = "\n".join([_ALGORITHM, moment, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{credentials.secret_key}".encode()
    for part in scope.split("/"):
        key = _hmac(key, part)
    signature = _hmac(key, text).hex()
    sent["Authorization"] = (
        f"{_ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return sent


def _host(url: str) -> str:
    """The Host header that an HTTP client sends."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else str(parts.hostname)
    return host if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{parts.port}"


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
