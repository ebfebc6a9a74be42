"""The container's health check: one request to the management port, standard library only to start fast."""

from __future__ import annotations

import http.client

TIMEOUT = 3.0
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - asked here, not listened on


def ask(host: str, port: int) -> str | None:
    """None if the process on `host`:`port` says it is up, else what is wrong with its answer."""
    connection = http.client.HTTPConnection(LOOPBACK.get(host, host), port, TIMEOUT)
    try:
        connection.request("GET", "/actuator/health")
        response = connection.getresponse()
        return None if response.status == 200 else f"status {response.status}"
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()
