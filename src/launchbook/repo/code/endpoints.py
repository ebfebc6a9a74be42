"""What kind of endpoint a route is, told from its path and from what its handler does."""

from __future__ import annotations

import re

_WORDS_OF_LIFE = {"health", "healthz", "livez", "live", "liveness", "alive", "up", "heartbeat"}
_DIAGNOSTIC = {
    "ping",
    "info",
    "version",
    "debug",
    "diagnostic",
    "diagnostics",
    "status",
    "env",
    "health-check",
}
_METRICS = {"metrics", "prometheus", "golden-signals"}
#: Words that also are a product's own: they tell something alone, not below something nor of one thing of many.
_DEBUGGING = {"debug", "diagnostic", "diagnostics"}
_PARAMETER = re.compile(r"[{:\[<*]")
_PREFIXES = {"api", "actuator", "internal", "management", "system", "_", "public", "rest"}


def kind_of(path: str, handler: str = "") -> str:
    """``liveness``, ``dependency``, ``diagnostic``, ``metrics``, ``cron`` or ``other``.

    ``handler`` is the handler's source: a route that reads a cron secret is a cron's, wherever it lies.
    """
    parts = [part for part in path.strip("/").lower().split("/") if part]
    own = [part for part in parts if part not in _PREFIXES and not re.fullmatch(r"v\d+", part)]
    if "cron" in parts or "scheduled" in parts:
        return "cron"
    of_one = any(_PARAMETER.match(part) for part in own)
    if (_METRICS & set(own) and not of_one) or own == ["stats"]:
        return "metrics"
    if own and own[-1] in _WORDS_OF_LIFE and (len(own) == 1 or own[:-1] == ["health"]):
        return "liveness"
    if own and (_WORDS_OF_LIFE & {own[0], own[-1]} or own[-1] in ("ready", "readyz", "readiness")):
        return "dependency"
    if re.search(r"CRON_?(SECRET|TOKEN|KEY)\b", handler):
        return "cron"
    words = _DEBUGGING if of_one else _DIAGNOSTIC
    if own and (own[-1] in words or own[0] in words or own[-1].startswith(("test-", "debug-"))):
        return "diagnostic"
    return "other"


#: What a handler touches, by a word in the module or constructor that it uses.
_TOUCHES = {
    "database": r"prisma|\bpg\b|postgres|mysql|knex|typeorm|sequelize|drizzle|mongo|database|\bdb\b"
    r"|sqlalchemy|asyncpg|psycopg|jdbc",
    "cache": r"redis|memcache|valkey",
    "queue": r"client-sqs|\bsqs\b|amqp|rabbit|kafka|bullmq",
    "http": r"\bfetch\b|axios|\bgot\b|httpx|requests|aiohttp|urllib|undici|resttemplate|webclient",
    "mail": r"\bses\b|sesv2|nodemailer|smtp",
}


def touches(words: str) -> list[str]:
    """The kinds of dependency that a text of module and function names speaks of."""
    return [kind for kind, pattern in _TOUCHES.items() if re.search(pattern, words, re.I)]
