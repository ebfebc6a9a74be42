"""The container's health check: one request to the management port, standard library only to start fast."""

from __future__ import annotations

import http.client

TIMEOUT = 3.0


def ask(host: str, port: int) -> str | None:
    """None if the process on `host`:`port` says it is up, else what is wrong with its answer."""
    connection = http.client.HTTPConnection(
        {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port, TIMEOUT
    )  # noqa: S104
    try:
        connection.request("GET", "/actuator/health")
        response = connection.getresponse()
        return None if response.status == 200 else f"status {response.status}"
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()
