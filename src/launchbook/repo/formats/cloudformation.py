"""CloudFormation and SAM templates, YAML or JSON: every resource by Terraform's names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

from launchbook.model import Fact, Origin, Unread, Value
from launchbook.model.records import record
from launchbook.patterns import regex
from launchbook.repo.cloudformation.convert import attributes_of
from launchbook.repo.cloudformation.globals import with_globals
from launchbook.repo.cloudformation.loops import loops, unrolled
from launchbook.repo.cloudformation.nested import find_nested
from launchbook.repo.cloudformation.openapi import routes
from launchbook.repo.cloudformation.parameters import MARKS, assigned, parameter_values
from launchbook.repo.cloudformation.parts import parts_of
from launchbook.repo.cloudformation.properties import PROPERTIES
from launchbook.repo.cloudformation.resolve import Template
from launchbook.repo.cloudformation.sam import CONFIGURATIONS
from launchbook.repo.cloudformation.sam_events import event_routes, implicit_apis, unknown_events
from launchbook.repo.cloudformation.stacks import Reading
from launchbook.repo.cloudformation.types import attribute_name, terraform_type
from launchbook.repo.lined import Map, Unreadable, as_list, as_map, line_of, lines_below
from launchbook.repo.reader import File, Found, reader_of_all
from launchbook.repo.scrub import kept
from launchbook.repo.serverless.variables import MARK as SERVERLESS
from launchbook.repo.serverless.variables import variables_for
from launchbook.repo.terraform.copies import both
from launchbook.repo.terraform.names import name_of
from launchbook.repo.terraform.variables import VariableFiles

_MARKS = rb"|".join(
    (
        rb"AWSTemplateFormatVersion",
        rb"AWS::Serverless",
        rb"[\"']?Type[\"']?\s*:\s*[\"']?AWS::\w+::",
        rb"ParameterKey",
        rb"[\"']Parameters[\"']\s*:\s*\{",
        rb"^\[[\w-]+\.deploy",
    )
)
_SYNTHESIZED = regex(r"\.template\.json$|^packaged[-_.]")
#: What ``package`` puts in the place of a local path: an address with the content's hash.
_PACKAGED = regex(
    rb"(?:s3://|https://[\w.-]{0,80}amazonaws\.com/)[^\s\"']{1,300}/[0-9a-f]{32}\b|S3Key[\"']?\s*:\s*[\"']?[0-9a-f]{32}\b"
)


@reader_of_all(
    "CloudFormation",
    "*.yaml",
    "*.yml",
    "*.json",
    "*.template",
    "**/.ebextensions/*.config",
    *CONFIGURATIONS,
    sniff=_MARKS,
    limit=5_000_000,
)
def cloudformation(files: Sequence[File], found: Found) -> None:
    """Every template with its parameter files, and with what the stack that nests it gives."""
    bodies = partial(_templates, found)
    sam = [file for file in files if file.name in CONFIGURATIONS]
    others = [file for file in files if file.name not in CONFIGURATIONS]
    settings = [file for file in others if _may_set(file) and parameter_values(file)]
    templates = [file for file in others if file not in set(settings)]
    reading = Reading(found, sam, assigned(settings, templates, bodies, found))
    find_nested(templates, bodies, reading.nested, found)
    for file in templates:
        with found.sparing(file, "CloudFormation"):
            try:
                for body in bodies(file):
                    _template(file, body, reading)
            except Unreadable as error:
                hint = "aws cloudformation validate-template --template-body file://" + file.shown
                found.gap(file, error.what, hint, error.line)


def _may_set(file: File) -> bool:
    return any(mark in file.data for mark in MARKS) and b"Resources" not in file.data[:200_000]


def _templates(found: Found, file: File) -> Iterator[Map]:
    """The templates in a file: a mapping with resources that have AWS types."""
    text = file.text.lstrip()
    documents = [file.json] if text.startswith("{") else file.yaml
    for document in documents:
        # The Serverless Framework has its template below a key, or a list of them.
        inside = as_map(document).get("resources")
        for body in (document, inside, *as_list(inside)):
            resources = as_map(as_map(body).get("Resources"))
            kinds = [as_map(item).get("Type") for item in resources.values()]
            typed = any(isinstance(kind, str) and "::" in kind for kind in kinds)
            if isinstance(body, Map) and (typed or loops(resources)):
                own = SERVERLESS.search(file.data)  # variables of the Serverless Framework are put in before
                yield variables_for(file, found).resolve(body) if own else unrolled(body)


def _template(file: File, body: Map, reading: Reading) -> None:
    found = reading.found
    template, values, region = reading.stack(file, body)
    resources = as_map(body.get("Resources"))
    stack = _Stack(file, body, template, _origin(file), region, found, reading.nested.condition(file))
    _stack_fact(stack, values)
    _output_facts(stack)
    for part in implicit_apis(body) if "Serverless" in str(body.get("Transform")) else ():
        stack.fact(part.kind, part.address, part.line, part.attributes, name=part.name, whole=False)
    for name, resource in resources.items():
        if isinstance(resource, Map) and isinstance(resource.get("Type"), str):
            _resource(stack, name, resource)
        elif name.startswith("Fn::"):
            found.gap(
                file, f"{name} makes resources that are not read here", "sam build", line_of(resources, name)
            )


def _origin(file: File) -> Origin:
    """A template that a program wrote from another one is generated, wherever it lies."""
    made = _SYNTHESIZED.search(file.name) or _PACKAGED.search(file.data)
    return "generated" if made and file.origin == "source" else file.origin


def _output_facts(stack: _Stack) -> None:
    """What the stack tells other stacks; its name is the export's, where it has one."""
    outputs = stack.body.get("Outputs")
    for name, declared in as_map(outputs).items():
        value = stack.template.resolve(as_map(declared).get("Value"))
        export = stack.template.resolve(as_map(as_map(declared).get("Export")).get("Name"))
        attributes: dict[str, Value] = {"value": kept(name, value)}
        lines = {"value": line_of(outputs, name, "Value")}
        called = export if isinstance(export, str) else name
        line = line_of(outputs, name)
        stack.fact("cloudformation_output", f"Outputs.{name}", line, attributes, name=called, lines=lines)


def _stack_fact(stack: _Stack, values: VariableFiles) -> None:
    body, template = stack.body, stack.template
    parameters = as_map(body.get("Parameters"))
    attributes: dict[str, Value] = {
        "description": body.get("Description") if isinstance(body.get("Description"), str) else None,
        "parameters": {name: kept(name, template.parameters(name)) for name in parameters},
        "conditions": {name: template.condition(name) for name in as_map(body.get("Conditions"))},
        "parameter_files": {name: list(paths) for name, paths in values.files.items()},
        "transform": [str(item) for item in as_list(body.get("Transform"))] or body.get("Transform"),
        "resources": len(as_map(body.get("Resources"))),
        "globals": _shared_auth(stack),
    }
    stack.fact("cloudformation_template", "template", body.line, attributes, name=stack.file.shown)
    for name, declared in parameters.items():
        _parameter_fact(stack, name, as_map(declared), line_of(parameters, name))


def _shared_auth(stack: _Stack) -> dict[str, Value]:
    """What SAM's ``Globals`` ask of the callers of an API that no resource declares."""
    shared = as_map(stack.body.get("Globals"))
    asked = {kind: as_map(shared.get(kind)).get("Auth") for kind in ("Api", "HttpApi")}
    return {kind: {"Auth": stack.template.resolve(auth)} for kind, auth in asked.items() if auth is not None}


def _parameter_fact(stack: _Stack, name: str, declared: dict[str, Any], line: int) -> None:
    hidden = str(declared.get("NoEcho", "")).lower() == "true"
    attributes: dict[str, Value] = {"value": kept(name, stack.template.parameters(name)), "sensitive": hidden}
    if "Default" in declared:
        attributes["default"] = kept(name, Unread("NoEcho") if hidden else declared["Default"])
    if isinstance(declared.get("AllowedValues"), list):
        attributes["allowed"] = kept(name, declared["AllowedValues"])
    if isinstance(declared.get("Description"), str):
        attributes["description"] = declared["Description"]
    lines = {"default": line_of(declared, "Default"), "allowed": line_of(declared, "AllowedValues")}
    stack.fact("parameter", f"Parameters.{name}", line, attributes, name=name, lines=lines)


@record()
class _Stack:
    """One template with everything that its resources share."""

    file: File
    body: Map
    template: Template
    origin: Origin
    region: str
    found: Found
    nested: tuple[str, bool | None] = ("", True)

    @cached_property
    def event_routes(self) -> set[tuple[str, str]]:
        """What functions' events say: looked for once, not at every resource."""
        return event_routes(self.body)

    def fact(self, kind: str, address: str, line: int, attributes: Mapping[str, Value], **more: Any) -> Fact:
        """Add a fact of this stack."""
        lines: dict[str, int | str] = {**lines_below(attributes), **more.pop("lines", {})}
        return self.found.fact(
            self.file,
            kind,
            address,
            line=line,
            attributes=attributes,
            lines=lines,
            origin=self.origin,
            region=self.region,
            **more,
        )


def _resource(stack: _Stack, name: str, resource: Map) -> None:
    kind = str(resource["Type"])
    target = terraform_type(kind)
    shared = as_map(stack.body.get("Globals"))
    properties = stack.template.resolve(with_globals(kind, resource, shared))
    attributes = attributes_of(target, properties)
    attributes["cloudformation_type"] = kind
    # A property that a condition takes away keeps its line: that it is missing is told there.
    given = as_map(resource.get("Properties"))
    lines: dict[str, int | str] = {
        attribute_name(key): line_of(resource, "Properties", key)
        for key in given
        if attribute_name(key) not in attributes
    }
    lines["cloudformation_type"] = line_of(resource, "Type")
    if "Condition" in resource:
        lines["condition"] = line_of(resource, "Condition")
    ignored = sorted(set(as_map(resource.get("Properties"))) - PROPERTIES[kind]) if kind in PROPERTIES else []
    if ignored:
        attributes["ignored_properties"] = ignored
        lines["ignored_properties"] = line_of(resource, "Properties", ignored[0])
    if isinstance(resource.get("DeletionPolicy"), str):
        attributes["deletion_policy"] = resource["DeletionPolicy"]
    condition, created = _condition(resource, stack.template)
    above, nested = stack.nested
    exists = {
        "condition": "; ".join(part for part in (above, condition) if part),
        "created": both(created, nested),
    }
    called = name_of(target, attributes) or name
    line = line_of(stack.body, "Resources", name)
    whole = not isinstance(properties, Unread)
    fact = stack.fact(target, name, line, attributes, name=called, lines=lines, whole=whole, **exists)
    if target == "aws_cloudfront_distribution":
        _edge_functions(stack, resource, fact)
    for part in parts_of(kind, name, properties, fact):
        stack.fact(part.kind, part.address, part.line, part.attributes, name=part.name, **exists)
    _unknown_events(stack, kind, name, properties)
    _routes(stack, kind, name, properties, exists)


def _unknown_events(stack: _Stack, kind: str, name: str, properties: Any) -> None:
    if kind in ("AWS::Serverless::Function", "AWS::Serverless::StateMachine"):
        for label, event, at in unknown_events(properties):
            what = f"the event {label} of {name} ({event}) is not read"
            stack.found.gap(stack.file, what, "sam validate && sam build, then the built template", at)


def _routes(stack: _Stack, kind: str, name: str, properties: Any, exists: dict[str, Any]) -> None:
    """The routes that an API's definition has, but those that a function's event says already."""
    try:
        for file, part in routes(kind, name, properties, stack.file, stack.found.tree):
            if (part.attributes["method"], part.attributes["path"]) in stack.event_routes:
                continue
            own = stack if file is stack.file else replace(stack, file=file)
            own.fact(part.kind, part.address, part.line, part.attributes, name=part.name, **exists)
    except Unreadable as error:
        stack.found.gap(stack.file, f"the definition of the API {name}: {error.what}", "correct the file")


def _edge_functions(stack: _Stack, resource: Map, fact: Fact) -> None:
    """Functions that a parameter attaches, whether or not the condition around them holds now."""
    nodes: list[Any] = [resource]
    while nodes:
        node = nodes.pop()
        pointer = as_map(as_map(node).get("LambdaFunctionARN")).get("Ref")
        if isinstance(pointer, str) and pointer in as_map(stack.body.get("Parameters")):
            where = stack.file.where(line_of(node, "LambdaFunctionARN"))
            stack.found.relation("edge-function", fact.id, pointer, where, resolved=False)
        nodes += node.values() if isinstance(node, dict) else as_list(node)


def _condition(resource: Map, template: Template) -> tuple[str, bool | None]:
    name = resource.get("Condition")
    if not isinstance(name, str):
        return "", True
    holds = template.condition(name)
    if isinstance(holds, Unread):
        return f"Condition {name}: {holds.reason}", None
    used = sorted(_parameters_in(template.conditions.get(name), template.conditions))
    depends = f" depends on parameter {', '.join(used)}" if used else ""
    return f"Condition {name}{depends} (now {'true' if holds else 'false'})", holds


def _parameters_in(node: Any, conditions: Any, depth: int = 0) -> set[str]:
    if depth > 20:
        return set()
    if isinstance(node, dict):
        found = {str(node["Ref"])} if set(node) == {"Ref"} else set()
        if set(node) == {"Condition"}:
            return _parameters_in(conditions.get(str(node["Condition"])), conditions, depth + 1)
        return found.union(*(_parameters_in(item, conditions, depth + 1) for item in node.values())) - {
            "AWS::Region"
        }
    return set().union(*(_parameters_in(item, conditions, depth + 1) for item in as_list(node)))
