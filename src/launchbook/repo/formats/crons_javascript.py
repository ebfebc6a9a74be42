"""Jobs that JavaScript runs by the clock.

node-cron, node-schedule, cron, croner, BullMQ, Bull, Agenda, NestJS, and Netlify's functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.code.clock import COMPUTED, cron, every, of_fields, told
from launchbook.repo.code.scopes import FUNCTIONS, Module
from launchbook.repo.code.syntax import arguments, below, field, line, pairs, root, string, text
from launchbook.repo.reader import File, Found, reader, unread

_URL = regex(r"https?://[^\s'\"`$]{1,500}")
_SETTING = regex(r"process\.env\.(\w{1,80})")
_EVERY = regex(r"EVERY_(?:(?P<count>\d+)_)?(?P<unit>SECOND|MINUTE|HOUR|DAY|WEEK)S?")
_AT = regex(r"EVERY_DAY_AT_(?P<hour>\d+)(?P<half>AM|PM)")
_LENGTHS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_HUMAN = regex(r"(?:(?P<count>\d+)\s+)?(?P<unit>second|minute|hour|day|week)s?")


@reader(
    "jobs of JavaScript",
    *(f"*.{suffix}" for suffix in ("js", "mjs", "cjs", "ts", "mts")),
    sniff=rb"['\"](node-cron|node-schedule|agenda|bull|cron|croner|@hokify/agenda|@nestjs/schedule|@netlify/functions)['\"]"
    rb"|\brepeat: *\{|\.upsertJobScheduler\(|\bconfig *= *\{[^}]{0,200}schedule:",
    hides=("code_cron", "netlify_cron"),
)
def javascript_jobs(file: File, found: Found) -> None:
    """Every job that the file gives a time."""
    if re.search(r"\.(test|spec|d)\.[cm]?[jt]s$", file.name):
        return
    module = Module(file, found.tree, root(file))
    for call in below(module.top, "call_expression", "new_expression"):
        maker = text(field(call, "function") or field(call, "constructor"))
        owner, _, verb = maker.rpartition(".")
        library = _library(module, owner or verb)
        job = _job(module, call, library, owner, verb)
        if job is not None:
            name, schedule = job
            told(file, found, library or "bullmq", name, line(call), schedule, **_calls(call))
    for one in below(module.top, "pair"):
        if text(field(one, "key")) == "repeat":
            _repeated(module, one, found)
    _netlify(module, found)


def _library(module: Module, name: str) -> str:
    """The package that a name comes from, by import or by what it was made of; empty for one of this repository."""
    first = name.split(".")[0].split("(")[0]
    made = module.values.get(first)
    maker = text(field(made, "constructor") or field(made, "function")).split(".")[0]
    found = module.imported.get(first) or module.imported.get(maker)
    return found[0] if found else ""


def _job(module: Module, call: Node, library: str, owner: str, verb: str) -> tuple[str, Value] | None:
    """Name and schedule of what a call gives a time; None for any other call."""
    given = arguments(call)
    if not given:
        return None
    if library == "node-cron" and verb == "schedule":
        return _named(given), _when(module, given[0])
    if library == "node-schedule" and verb == "scheduleJob":
        return _schedule_job(module, given)
    if library in ("cron", "croner") and verb in ("CronJob", "Cron"):
        return _named(given), _when(module, given[0])
    if library == "cron" and verb == "from" and "cronTime" in (options := pairs(given[0])):
        return _name_of(options.get("onTick")), _when(module, options["cronTime"])
    if verb == "upsertJobScheduler" and len(given) > 1:
        return module.literal(given[0]) or "", _repeat(module, pairs(module.value(given[1])))
    if verb == "every" and len(given) > 1 and ("agenda" in library or "agenda" in owner.lower()):
        return ", ".join(string(one) or "" for one in _each(given[1])), _human(module, given[0])
    if library == "@nestjs/schedule" and verb in ("Cron", "Interval") and call.parent is not None:
        return _decorated(call.parent), _nest(module, verb, given)
    return None


def _when(module: Module, node: Node) -> Value:
    """A cron expression; where a setting decides, its name says so."""
    setting = _SETTING.search(text(module.value(node)))
    if setting is not None:
        return unread(f"the setting {setting[1]} decides when it runs")
    return cron(module.literal(node), seconds_first=True)


def _schedule_job(module: Module, given: list[Node]) -> tuple[str, Value] | None:
    named = len(given) > 2
    when = module.value(given[1] if named else given[0])
    if when.type == "new_expression" and text(field(when, "constructor")) == "Date":
        return None  # once
    name = (module.literal(given[0]) if named else "") or _named(given)
    if when.type != "object":
        return name, _when(module, when)
    fields = {key: _number(value) for key, value in pairs(when).items() if key not in ("tz", "second")}
    return name, of_fields(fields, zeroes=True)


def _repeated(module: Module, pair: Node, found: Found) -> None:
    """``queue.add("daily", data, { repeat: { pattern: "0 6 * * *" } })``."""
    options = pairs(module.value(field(pair, "value") or pair))
    if not {"pattern", "cron", "every"} & set(options):
        return
    above = pair.parent
    while above is not None and above.type != "call_expression":
        above = above.parent
    given = arguments(above) if above is not None else []
    name = (module.literal(given[0]) if given else None) or ""
    told(module.file, found, "bullmq", name, line(pair), _repeat(module, options))


def _repeat(module: Module, options: dict[str, Node]) -> Value:
    pattern = options.get("pattern") or options.get("cron")
    if pattern is not None:
        return _when(module, pattern)
    milliseconds = _number(options.get("every"))
    return every(milliseconds / 1000) if milliseconds is not None else unread(COMPUTED)


def _human(module: Module, node: Node) -> Value:
    """Agenda's ``15 minutes`` or a cron expression."""
    written = module.literal(node) or ""
    match = _HUMAN.fullmatch(written.strip())
    if match is None:
        return cron(written, True)
    return every(int(match["count"] or 1) * _LENGTHS[match["unit"]])


def _nest(module: Module, verb: str, given: list[Node]) -> Value:
    if verb == "Interval":
        milliseconds = _number(given[-1])
        return every(milliseconds / 1000) if milliseconds is not None else unread(COMPUTED)
    name = text(given[0]).removeprefix("CronExpression.")
    if match := _AT.fullmatch(name):
        return f"0 {int(match['hour']) % 12 + (12 if match['half'] == 'PM' else 0)} * * *"
    if match := _EVERY.fullmatch(name):
        return every(int(match["count"] or 1) * _LENGTHS[match["unit"].lower()])
    return _when(module, given[0])


def _netlify(module: Module, found: Found) -> None:
    """Netlify's functions that say themselves when they run."""
    for call in below(module.top, "call_expression"):
        name = text(field(call, "function"))
        if (
            name == "schedule"
            and module.imported.get(name, ("",))[0] == "@netlify/functions"
            and arguments(call)
        ):
            _function(module, found, call, arguments(call)[0])
    for one in below(module.top, "variable_declarator") if "netlify/" in module.file.path else ():
        when = pairs(field(one, "value")).get("schedule")
        if text(field(one, "name")) == "config" and when is not None:
            _function(module, found, one, when)


def _function(module: Module, found: Found, at: Node, when: Node) -> None:
    name = module.file.name.rpartition(".")[0]
    attributes: dict[str, Value] = {"schedule": cron(module.literal(when))}
    found.fact(module.file, "netlify_cron", f"cron:{name}", name=name, line=line(at), attributes=attributes)


def _calls(call: Node) -> dict[str, Value]:
    """The URLs that a job asks for, as far as it writes them out."""
    asked: list[Value] = []
    for one in below(call, "call_expression"):
        name = text(field(one, "function"))
        match = re.fullmatch(
            r"fetch|(?:axios|got|http|https|superagent)(?:\.(get|post|put|patch|delete))?", name
        )
        url = string(arguments(one)[0]) if match and arguments(one) else None
        if match and url and _URL.fullmatch(url):
            options = pairs(arguments(one)[1]) if len(arguments(one)) > 1 else {}
            method = string(options.get("method")) or match[1] or "GET"
            asked.append({"method": method.upper(), "url": url.split("?")[0]})
    return {"calls": asked} if asked else {}


def _named(given: list[Node]) -> str:
    """What a job is called: by an option, or by the function that it runs."""
    names = [pairs(one).get("name") for one in given if one.type == "object"]
    told_name = next((string(one) for one in names if one is not None), None)
    return told_name or next((_name_of(one) for one in given[1:] if _name_of(one)), "")


def _name_of(node: Node | None) -> str:
    if node is None or node.type not in ("identifier", "member_expression", *FUNCTIONS):
        return ""
    return text(field(node, "name")) if node.type in FUNCTIONS else text(node)[:80]


def _decorated(decorator: Node) -> str:
    """The method below a decorator."""
    below_it = decorator.next_named_sibling
    while below_it is not None and below_it.type == "decorator":
        below_it = below_it.next_named_sibling
    return text(field(below_it, "name"))


def _each(node: Node) -> Iterator[Node]:
    yield from node.named_children if node.type == "array" else [node]


def _number(node: Node | None) -> int | None:
    """A whole number, or a product of some (``60 * 1000``)."""
    parts = text(node).replace("_", "").split("*") if node is not None else []
    if not parts or not all(re.fullmatch(r"\s*\d{1,9}\s*", part) for part in parts[:4]) or len(parts) > 4:
        return None
    product = 1
    for part in parts:
        product *= int(part)
    return product
