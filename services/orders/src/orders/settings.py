"""Settings: the environment, read and checked once, before anything starts.

Every setting is declared once, as a field of `Settings`: its variable, its default, its meaning and how it
is read. The table in the README and the error message both come from these declarations. A secret's value
never appears in an error.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from orders.readers import (
    credentials_address,
    flag,
    listening_address,
    number,
    one_of,
    postgres_url,
    text,
    web_address,
    whole,
)

SSL_MODES = ("disable", "prefer", "require", "verify-ca", "verify-full")
LOG_LEVELS = ("debug", "info", "warning", "error")


class BadSettings(Exception):
    """The environment is not usable; `mistakes` has one line for each, `NAME: what is wrong`."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        lines = "\n".join(f"  {mistake}" for mistake in mistakes)
        super().__init__(
            f"the configuration has {count}:\n{lines}\n\n"
            "hint: services/orders/README.md lists every variable with its default"
        )


def env(
    name: str, default: str, read: Callable[[str], Any], meaning: str, *, secret: bool = False, also: str = ""
) -> Any:
    """Declare a setting: the variable (and a second name), its default, its reader and its meaning."""
    facts = {
        "env": name,
        "default": default,
        "read": read,
        "meaning": meaning,
        "secret": secret,
        "also": also,
    }
    return dataclasses.field(metadata=facts)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Settings:
    """Everything the platform may be told. An empty string means: not set."""

    host: str = env(
        "HOST",
        "0.0.0.0",  # noqa: S104 - a container's own
        listening_address,
        "IP address to listen on, or localhost; both ports",
    )
    port: int = env("PORT", "8080", whole(0, 65535), "main port; 0 takes any free one and logs it")
    management_port: int = env(
        "MANAGEMENT_PORT", "8081", whole(0, 65535), "metrics, info and health; never behind the load balancer"
    )
    processes: int = env("PROCESSES", "1", whole(1, 64), "API processes that share the main port")
    admin_token: str = env("ADMIN_TOKEN", "", text, "bearer token of /dlq; unset closes it", secret=True)
    max_waiting: int = env(
        "MAX_WAITING", "2000", whole(1, 100_000), "orders that may wait for the database before 503"
    )

    database_url: str = env(
        "DATABASE_URL", "", postgres_url, "PostgreSQL address; wins over the DB_ variables", secret=True
    )
    db_host: str = env("DB_HOST", "", text, "PostgreSQL host, or the directory of its socket")
    db_port: int = env("DB_PORT", "5432", whole(1, 65535), "PostgreSQL port")
    db_name: str = env("DB_NAME", "orders", text, "database")
    db_user: str = env("DB_USER", "orders", text, "database user")
    db_password: str = env("DB_PASSWORD", "", text, "database password", secret=True)
    db_sslmode: str = env("DB_SSLMODE", "prefer", one_of(*SSL_MODES), "TLS towards the database")
    db_timeout: float = env(
        "DB_TIMEOUT", "1.5", number(0.1, 30), "seconds a request waits for the database before 503"
    )

    queue_url: str = env("QUEUE_URL", "", web_address, "SQS queue of the order events")
    queue_timeout: float = env(
        "QUEUE_TIMEOUT", "5", number(0.1, 60), "seconds before a call to SQS is given up"
    )
    aws_region: str = env("AWS_REGION", "", text, "region of the queue", also="AWS_DEFAULT_REGION")
    sqs_endpoint: str = env(
        "AWS_ENDPOINT_URL_SQS", "", web_address, "other endpoint than the region's", also="AWS_ENDPOINT_URL"
    )
    access_key_id: str = env("AWS_ACCESS_KEY_ID", "", text, "static credentials", secret=True)
    secret_access_key: str = env("AWS_SECRET_ACCESS_KEY", "", text, "static credentials", secret=True)
    session_token: str = env("AWS_SESSION_TOKEN", "", text, "static credentials", secret=True)
    credentials_relative_uri: str = env(
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "", text, "credentials of the ECS task role (set by ECS)"
    )
    credentials_full_uri: str = env(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "",
        credentials_address,
        "credentials of the container (set by ECS or EKS)",
    )
    credentials_token: str = env(
        "AWS_CONTAINER_AUTHORIZATION_TOKEN", "", text, "sent to the credentials address", secret=True
    )
    credentials_token_file: str = env(
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "", text, "file with that token, read at every refresh"
    )

    relay_enabled: bool = env("RELAY_ENABLED", "true", flag, "run the relay beside the API")
    relay_poll: float = env("RELAY_POLL", "1", number(0.05, 60), "seconds between looks at the outbox")
    relay_batch: int = env("RELAY_BATCH", "100", whole(1, 1000), "outbox rows read at a time")

    visibility_timeout: int = env(
        "VISIBILITY_TIMEOUT",
        "30",
        whole(1, 43200),
        "seconds a received message stays hidden; kept alive in work",
    )
    max_receives: int = env(
        "MAX_RECEIVES",
        "5",
        whole(1, 1000),
        "receives after which the queue gives a message up (maxReceiveCount)",
    )
    remind_after: float = env(
        "REMIND_AFTER",
        "3600",
        number(1, 1209600),
        "seconds an order may be PENDING before it gets a new event",
    )
    lease_seconds: float = env(
        "LEASE_SECONDS", "", number(0.5, 43200), "lease on PROCESSING; default 0.8 of VISIBILITY_TIMEOUT"
    )
    worker_concurrency: int = env("WORKER_CONCURRENCY", "20", whole(1, 1000), "orders in work at a time")
    max_retries: int = env("MAX_RETRIES", "3", whole(0, 100), "retries of an order before FAILED")
    retry_delay: float = env(
        "RETRY_DELAY", "2", number(0, 900), "seconds before the first retry; doubles each time"
    )
    retry_delay_max: float = env("RETRY_DELAY_MAX", "900", number(0, 900), "longest delay; SQS allows 900")
    processor_latency: float = env(
        "PROCESSOR_LATENCY", "0", number(0, 3600), "simulated seconds of work for each order"
    )
    processor_failure_rate: float = env(
        "PROCESSOR_FAILURE_RATE", "0", number(0, 1), "simulated share of retryable failures"
    )
    processor_reject_rate: float = env(
        "PROCESSOR_REJECT_RATE", "0", number(0, 1), "simulated share of failures for good"
    )

    drain_seconds: float = env("DRAIN_SECONDS", "20", number(0, 23), "time to finish work after SIGTERM")
    log_level: str = env("LOG_LEVEL", "info", one_of(*LOG_LEVELS), "least level that is logged")
    commit: str = env("GIT_COMMIT", "unknown", text, "commit of this build, shown by /actuator/info")
    otlp_endpoint: str = env(
        "OTEL_EXPORTER_OTLP_ENDPOINT", "", web_address, "where traces go; unset switches tracing off"
    )

    def __repr__(self) -> str:
        """Names only: a settings object in a log must not carry a secret."""
        return "Settings(…)"


VARIABLES = tuple(field.metadata for field in dataclasses.fields(Settings))


def load(environ: Mapping[str, str], *, database: bool = True, queue: bool = True) -> Settings:
    """Read and check the environment; `database` and `queue` say what the command needs.

    Raises BadSettings with every mistake at once.
    """
    values: dict[str, Any] = {}
    mistakes: list[str] = []
    for field in dataclasses.fields(Settings):
        facts = field.metadata
        name = facts["env"]
        if not environ.get(name) and facts["also"] and environ.get(facts["also"]):
            name = facts["also"]
        raw = environ.get(name) or facts["default"]
        try:
            values[field.name] = facts["read"](raw) if raw else ""
        except ValueError as wrong:
            shown = "" if facts["secret"] else f", not {raw[:80]!r}"
            mistakes.append(f"{name}: {wrong}{shown}")
    mistakes += _missing(values, database=database, queue=queue)
    mistakes += _contradictions(values)
    if mistakes:
        raise BadSettings(mistakes)
    values["lease_seconds"] = values["lease_seconds"] or values["visibility_timeout"] * 0.8
    return Settings(**values)


def _missing(values: Mapping[str, Any], *, database: bool, queue: bool) -> list[str]:
    """What the command can't do without. A value that was given but wrong has its own line already."""
    found = []
    if database and not values.get("database_url", "-") and not values["db_host"]:
        found.append("DATABASE_URL: is not set, nor is DB_HOST")
    if not queue:
        return found
    if not values.get("queue_url", "-"):
        found.append("QUEUE_URL: is not set")
    if not values["aws_region"]:
        found.append("AWS_REGION: is not set")
    container = values["credentials_relative_uri"] or values.get("credentials_full_uri", "-")
    if not values["access_key_id"] and not container:
        found.append("AWS_ACCESS_KEY_ID: is not set, nor are container credentials")
    if values["access_key_id"] and not values["secret_access_key"]:
        found.append("AWS_SECRET_ACCESS_KEY: is not set, but AWS_ACCESS_KEY_ID is")
    return found


def _contradictions(values: Mapping[str, Any]) -> list[str]:
    """Pairs of settings that can't both hold."""
    found = []
    lease, visibility = values.get("lease_seconds") or 0, values.get("visibility_timeout", math.inf)
    if lease > visibility:
        found.append(
            f"LEASE_SECONDS: {lease:g} is longer than VISIBILITY_TIMEOUT ({visibility}): "
            "a message would come back while its order is still held"
        )
    first, longest = values.get("retry_delay", 0), values.get("retry_delay_max", math.inf)
    if first > longest:
        found.append(f"RETRY_DELAY_MAX: {longest:g} is shorter than RETRY_DELAY ({first:g})")
    if values.get("remind_after", math.inf) < longest < math.inf:
        found.append(
            f"REMIND_AFTER: {values['remind_after']:g} is shorter than RETRY_DELAY_MAX ({longest:g}): "
            "a retry would come before its time"
        )
    if values.get("port") and values["port"] == values.get("management_port"):
        found.append(f"MANAGEMENT_PORT: {values['port']} is PORT already")
    rates = (values.get("processor_failure_rate") or 0) + (values.get("processor_reject_rate") or 0)
    if rates > 1:
        found.append(f"PROCESSOR_REJECT_RATE: is over 1 together with PROCESSOR_FAILURE_RATE ({rates:g})")
    return found
