"""One botocore session for an audit: its clients differ in their service alone, so what they share is prepared once.

botocore makes every client ready for all that any service may need: a copy of each service's hooks, a table of its old
names to translate each event with, another look at the environment for proxies, and a user agent built again for each
request. For thirty clients and a hundred calls that costs a fifth of the whole audit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.request import getproxies

import botocore
import botocore.session
from botocore.config import Config
from botocore.handlers import BUILTIN_HANDLERS, REGISTER_FIRST, REGISTER_LAST
from botocore.hooks import EventAliaser, HierarchicalEmitter
from botocore.utils import EVENT_ALIASES

from launchbook.collect.models import cut_loader
from launchbook.collect.patience import ATTEMPTS


def make_session(profile: str | None, calls: Iterable[tuple[str, str]]) -> Any:
    """A session that has botocore's own hooks of these operations (service, operation), and of no others."""
    wanted = set(calls)
    emitter = HierarchicalEmitter()
    session = botocore.session.Session(profile=profile, event_hooks=emitter, include_builtin_handlers=False)
    by_any_name = EventAliaser(emitter)
    registers = {REGISTER_FIRST: by_any_name.register_first, REGISTER_LAST: by_any_name.register_last}
    for name, hook, *order in BUILTIN_HANDLERS:
        if _may_happen(name, wanted):
            registers.get(order[0] if order else None, by_any_name.register)(name, hook)
    # Hooks go by any name of their service; a client tells of what happens by the present one alone.
    session.register_component("event_emitter", EventAliaser(emitter, event_aliases={}))
    loader = cut_loader(wanted)
    if loader is not None:
        session.register_component("data_loader", loader)
    return session


def client_config(attempts: int = ATTEMPTS, connecting: int = 15) -> Config:
    """Patience without harm: pauses that grow with each refusal, ``connecting`` seconds for a connection, twice as many
    for an answer. The rate is our own (see pace), and not botocore's "adaptive" one: docs/decisions/0016-retries.md.
    """
    return Config(
        retries={"mode": "standard", "total_max_attempts": attempts},
        connect_timeout=connecting,
        read_timeout=2 * connecting,
        max_pool_connections=16,
        user_agent=f"launchbook-audit Botocore/{botocore.__version__}",
        # None has each client look for itself: a proxy may be for some of the addresses only.
        proxies=None if getproxies() else {},
    )


def _may_happen(event: str, calls: set[tuple[str, str]]) -> bool:
    """Whether what a hook is for can happen while these operations are read: ``before-call.s3.PutObject`` cannot."""
    kind, service, operation, *_ = [*event.split("."), "*", "*"]
    if kind == "docs":
        return False
    known = [(name, one) for name, one in calls if service in ("*", name, EVENT_ALIASES.get(name, name))]
    return bool(known) and (operation == "*" or operation in {one for _, one in known})
