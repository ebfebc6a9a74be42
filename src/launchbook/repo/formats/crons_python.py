"""Jobs that Python runs by the clock: APScheduler, Celery beat, huey, schedule."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from launchbook.model import Value
from launchbook.repo.code.clock import COMPUTED, cron, every, of_fields, told, weekday
from launchbook.repo.code.python import constant, dotted, functions, keyword, nodes, tree
from launchbook.repo.reader import File, Found, reader, unread

_TABLES = ("beat_schedule", "CELERY_BEAT_SCHEDULE", "CELERYBEAT_SCHEDULE")
_LENGTHS = {"weeks": 604_800, "days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}
_SINGULAR = {f"{unit[:-1]}": length for unit, length in _LENGTHS.items()}
#: Arguments of triggers that say nothing of the rhythm.
_ASIDE = (
    *(
        "id",
        "name",
        "timezone",
        "args",
        "kwargs",
        "start_date",
        "end_date",
        "jitter",
        "replace_existing",
        "func",
    ),
    *("max_instances", "misfire_grace_time", "coalesce", "jobstore", "executor", "next_run_time", "trigger"),
)
#: Line, name, schedule, library.
Job = tuple[int, str, Value, str]


@reader(
    "jobs of Python",
    "*.py",
    sniff=rb"apscheduler|beat_schedule|BEAT_?SCHEDULE|add_periodic_task|periodic_task\(|^import schedule\b",
    hides=("code_cron",),
)
def python_jobs(file: File, found: Found) -> None:
    """Every job that the file gives a time."""
    if file.name.startswith("test_") or file.name == "conftest.py":
        return
    module = tree(file)
    jobs = list(_decorated(module))
    for node in nodes(module):
        if isinstance(node, ast.Call):
            jobs += _called(node, "apscheduler" in file.text, "import schedule" in file.text)
        jobs += _beat(node)
    for line, name, schedule, library in sorted(jobs, key=lambda job: job[0]):
        told(file, found, library, name, line, schedule)


def _decorated(module: ast.Module) -> Iterator[Job]:
    for function in functions(module):
        for one in function.decorator_list:
            verb = dotted(one.func).rpartition(".")[2] if isinstance(one, ast.Call) else ""
            if not isinstance(one, ast.Call):
                continue
            if verb == "scheduled_job" and one.args:
                yield one.lineno, function.name, _trigger(one.args[0], one), "apscheduler"
            elif verb in ("periodic_task", "db_periodic_task"):
                given = keyword(one, "run_every") or (one.args[0] if one.args else None)
                yield (
                    one.lineno,
                    function.name,
                    _celery(given),
                    "celery" if keyword(one, "run_every") else "huey",
                )


def _called(call: ast.Call, apscheduler: bool, plain: bool) -> Iterator[Job]:
    verb = dotted(call.func).rpartition(".")[2]
    if not verb and isinstance(call.func, ast.Attribute):
        verb = call.func.attr
    if verb == "add_job" and apscheduler and call.args:
        trigger = keyword(call, "trigger") or (call.args[1] if len(call.args) > 1 else None)
        if trigger is not None and constant(trigger) != "date":
            name = constant(keyword(call, "id")) or constant(keyword(call, "name")) or dotted(call.args[0])
            yield call.lineno, str(name), _trigger(trigger, call), "apscheduler"
    elif verb == "add_periodic_task" and call.args:
        task = call.args[1] if len(call.args) > 1 else None
        named = dotted(task.func).rpartition(".")[0] if isinstance(task, ast.Call) else ""
        name = constant(keyword(call, "name")) or named
        yield call.lineno, str(name), _celery(call.args[0]), "celery"
    elif verb == "do" and plain and call.args and (schedule := _spoken(call.func)) is not None:
        yield call.lineno, dotted(call.args[0]), schedule, "schedule"


def _beat(node: ast.AST) -> Iterator[Job]:
    """``beat_schedule = {"nightly": {"task": …, "schedule": crontab(hour=2)}}``, in whatever way it is given."""
    tables: list[ast.expr | None] = []
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        tables += [node.value] if any(map(_is_table, targets)) else []
    elif isinstance(node, ast.Call):
        tables.append(keyword(node, "beat_schedule"))
    elif isinstance(node, ast.Dict):
        tables += [
            value
            for key, value in zip(node.keys, node.values, strict=True)
            if constant(key) in _TABLES and isinstance(value, ast.Dict)
        ]
    for table in tables:
        for key, entry in zip(table.keys, table.values, strict=True) if isinstance(table, ast.Dict) else ():
            held = entry if isinstance(entry, ast.Dict) else ast.Dict(keys=[], values=[])
            members = {constant(one): value for one, value in zip(held.keys, held.values, strict=True)}
            if key is not None and "schedule" in members:
                yield key.lineno, str(constant(key) or ""), _celery(members["schedule"]), "celery"


def _is_table(target: ast.expr) -> bool:
    return dotted(target).rpartition(".")[2] in _TABLES


def _trigger(trigger: ast.expr, call: ast.Call) -> Value:
    """APScheduler: ``"interval", minutes=5``, ``CronTrigger(hour=3)``, ``CronTrigger.from_crontab("0 2 * * *")``."""
    kind = constant(trigger)
    if isinstance(trigger, ast.Call):
        call, name = trigger, dotted(trigger.func)
        if name.endswith("from_crontab"):
            return cron(_text(call.args[0]) if call.args else None)
        kind = (
            "cron" if name.endswith("CronTrigger") else "interval" if name.endswith("IntervalTrigger") else ""
        )
    given = {one.arg: constant(one.value) for one in call.keywords if one.arg and one.arg not in _ASIDE}
    if kind == "interval":
        return _length(given)
    if kind != "cron":
        return unread(COMPUTED)
    if "day_of_week" in given:
        given["day_of_week"] = weekday(given["day_of_week"])
    return of_fields(
        {key: value for key, value in given.items() if (key, value) != ("second", 0)}, zeroes=True
    )


def _celery(given: ast.expr | None) -> Value:
    """Celery: seconds, ``timedelta(minutes=10)`` or ``crontab(hour=2, minute=0)``."""
    number = constant(given)
    if isinstance(number, int | float):
        return every(number)
    if not isinstance(given, ast.Call):
        return unread(COMPUTED)
    name = dotted(given.func).rpartition(".")[2]
    named = {one.arg: constant(one.value) for one in given.keywords if one.arg}
    if name == "timedelta":
        return _length(named)
    if name == "schedule" and given.args:
        return _celery(given.args[0])
    if name != "crontab" or given.args:
        return unread(COMPUTED)
    return of_fields({"minute": "*", **named})


def _length(given: dict[str, object]) -> Value:
    if not given or set(given) - set(_LENGTHS):
        return unread(COMPUTED)
    amounts = [(value, _LENGTHS[unit]) for unit, value in given.items() if isinstance(value, int | float)]
    return (
        every(sum(value * length for value, length in amounts))
        if len(amounts) == len(given)
        else unread(COMPUTED)
    )


def _spoken(function: ast.expr) -> Value | None:
    """``schedule.every(10).minutes``, ``schedule.every().day.at("10:30")``; None for what begins otherwise."""
    at, units, node = "", list[str](), function.value if isinstance(function, ast.Attribute) else function
    for _ in range(8):
        if isinstance(node, ast.Attribute):
            units.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "at":
            at, node = _text(node.args[0]) or "" if node.args else "", node.func.value
        else:
            break
    if not isinstance(node, ast.Call) or dotted(node.func) not in ("schedule.every", "every"):
        return None
    count = constant(node.args[0]) if node.args else 1
    lengths = {**_LENGTHS, **_SINGULAR}
    if len(units) != 1 or units[0] not in lengths or not isinstance(count, int):
        return unread(COMPUTED)
    hour, _, minute = at.partition(":")
    if at and count == 1 and units[0] == "day" and hour.isdigit() and minute.isdigit():
        return f"{int(minute)} {int(hour)} * * *"
    return every(count * lengths[units[0]])


def _text(node: ast.expr) -> str | None:
    value = constant(node)
    return value if isinstance(value, str) else None
