"""ECS task definitions as JSON for the AWS CLI, by Terraform's names."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.cloudformation.types import attribute_name
from launchbook.repo.lined import Map, as_list, as_map, dig, line_of, lines_below
from launchbook.repo.reader import File, Found, reader

_QUEUE_URL = regex(r"https://sqs\.[\w-]+\.amazonaws\.com/\d+/([\w.-]+)")


@reader(
    "ECS task definition",
    "*.json",
    sniff=rb"\"containerDefinitions\"\s*:",
    hides=("aws_ecs_task_definition",),
)
def ecs_task(file: File, found: Found) -> None:
    """One task definition, with the one that ``describe-task-definition`` wraps unwrapped."""
    document = file.json
    task = as_map(document).get("taskDefinition", document)
    if not isinstance(task, Map) or not isinstance(task.get("containerDefinitions"), list):
        return
    attributes: dict[str, Value] = {}
    lines: dict[str, int | str] = {}
    for key, value in task.items():
        name = attribute_name(key)
        attributes[name] = value
        lines[name] = task.lines.get(key, task.line)
        lines |= lines_below(value, name)
    queues = dict(_queues(task))
    if queues:
        attributes["queue_settings"] = {setting: name for setting, (name, _) in queues.items()}
        lines |= {f"queue_settings.{setting}": line for setting, (_, line) in queues.items()}
    family = task.get("family")
    name = family if isinstance(family, str) else file.shown
    found.fact(
        file,
        "aws_ecs_task_definition",
        "taskDefinition",
        name=name,
        line=task.line,
        attributes=attributes,
        lines=lines,
    )


def _queues(task: Map) -> Iterator[tuple[str, tuple[str, int]]]:
    """Settings whose value is a queue's URL: which queue a task uses is wiring, not a secret."""
    for number, container in enumerate(as_list(task.get("containerDefinitions"))):
        for at, entry in enumerate(as_list(as_map(container).get("environment"))):
            name, value = dig(entry, "name"), dig(entry, "value")
            match = _QUEUE_URL.fullmatch(value) if isinstance(value, str) else None
            if match and isinstance(name, str):
                line = line_of(task, "containerDefinitions", number, "environment", at, "name")
                yield name, (match[1], line)


@reader("ECS parameters", "ecs-params.y*ml", sniff=rb"task_definition|run_params", hides=("aws_ecs_*",))
def ecs_params(file: File, found: Found) -> None:
    """What the ECS CLI adds to a compose file: sizes, roles and networks that are in no definition here."""
    told = ", ".join(str(key) for key in as_map(dig(next(iter(file.yaml), None), "task_definition")))
    what = "parameters of the ECS CLI are not read" + (f" ({told})" if told else "")
    found.gap(file, what, "aws ecs describe-task-definition, then its JSON beside this file", 1)
