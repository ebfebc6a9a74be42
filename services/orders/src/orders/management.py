"""The routes of the management port: metrics, info and health, for operators and never for customers."""

from __future__ import annotations

from orders import __version__, metrics
from orders.api import up
from orders.logs import Log
from orders.settings import Settings
from orders.web import Call, Reply, Web, reply


def management(settings: Settings, part: str, log: Log) -> Web:
    """The management application of a process that runs `part` (api, worker or relay)."""

    async def prometheus(_call: Call) -> Reply:
        return Reply(200, metrics.render(), b"text/plain; version=0.0.4; charset=utf-8")

    async def info(_call: Call) -> Reply:
        return reply(200, {"name": "orders", "part": part, "version": __version__, "commit": settings.commit})

    routes = {
        "/actuator/prometheus": {"GET": prometheus},
        "/actuator/info": {"GET": info},
        "/actuator/health": {"GET": up},
    }
    return Web(routes, log, access_log=False)
