"""ECS task definitions as JSON for the AWS CLI, by Terraform's names."""

from __future__ import annotations

from launchbook.model import Value
from launchbook.repo.cloudformation.names import attribute_name
from launchbook.repo.lined import Map, as_map, lines_below
from launchbook.repo.reader import File, Found, reader


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
