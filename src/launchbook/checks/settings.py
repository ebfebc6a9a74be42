"""Settings that fit what reads them: a URL where a URL is read, secrets that exist, properties that are known."""

from __future__ import annotations

import re

from launchbook.check import check
from launchbook.checks._absence import absent, unhidden
from launchbook.checks._shapes import all_known, field, first, known, listed
from launchbook.model import Evidence, Fact, Facts, NotKnown, Ref, Setting, Unread, Value, Verdict, verdict


@check(
    "url-given-an-arn",
    "No setting that is read as a URL is given an ARN",
    of="aws_ecs_task_definition",
    severity="high",
    fix="Give it the queue's URL (the id in Terraform, Ref in CloudFormation).",
)
def url_is_arn(definition: Fact, facts: Facts) -> Verdict | None:
    """The first call with it fails, and so does every one after it."""
    seen: list[Evidence] = []
    doubts: list[Value] = []
    containers = listed(
        known(definition.get("container_definitions"), f"the containers of {definition.name}")
    )
    for index, container in enumerate(containers):
        for number, one in enumerate(listed(field(container, "environment"))):
            name = field(one, "name")
            if isinstance(name, Unread):
                doubts.append(name)
                continue
            if not re.search(r"_UR[LI]$", str(name)):
                continue
            here = definition.at(f"container_definitions.{index}.environment.{number}.name")
            value = field(one, "value")
            if value is None:
                value = Unread("its value was not given")
            if isinstance(value, Unread) and not value.refs and "; it is a" not in value.reason:
                doubts.append(value)
            if _is_arn(value):
                readers = [one.at() for one in facts.seen(Setting) if one.name == name and one.role == "read"]
                return verdict(False, f"{name} is given an ARN", at=[here, *readers[:1]])
            seen.append(here)
    all_known(doubts, f"a setting of {definition.name}")
    return verdict(True, "URLs are given", at=seen) if seen else None


def _is_arn(value: Value) -> bool:
    if isinstance(value, Ref):
        return value.attribute == "arn"
    if isinstance(value, Unread):
        return value.reason.endswith("it is an ARN")
    return isinstance(value, str) and value.startswith("arn:")


@check(
    "referenced-secret-exists",
    "Every secret and parameter that a task is given exists",
    of="aws_ecs_task_definition",
    severity="critical",
    fix="Create the secret under that name, or correct the name: a task whose secret is missing never starts.",
)
def secret_exists(definition: Fact, facts: Facts) -> Verdict | None:
    """ECS asks for each secret before it starts the first container."""
    seen: list[Evidence] = []
    containers = listed(
        known(definition.get("container_definitions"), f"the containers of {definition.name}")
    )
    for index, container in enumerate(containers):
        for number, one in enumerate(listed(field(container, "secrets"))):
            here = definition.at(f"container_definitions.{index}.secrets.{number}.valueFrom")
            pointer = field(one, "valueFrom")
            if isinstance(pointer, Unread) and pointer.refs:
                pointer = pointer.refs[0]
            text = known(pointer, f"what {field(one, 'name')} points to")
            found = facts.find(text) or _stored(str(text), facts)
            if found is None:
                kind = "aws_ssm_parameter" if ":ssm:" in str(text) or "arn:" not in str(text) else _STORE
                if definition.declared or isinstance(text, Ref):
                    raise NotKnown(f"whether {text} exists", "files do not show it", f"{_ASK[kind]}")
                absent(facts, definition, kind)
                return verdict(
                    False, f"{field(one, 'name')} points to {text}, which does not exist", at=[here]
                )
            if known(found.attributes.get("deleted"), f"whether {found.name} waits for its deletion"):
                return verdict(False, f"{found.name} waits for its deletion", at=[here, found.at("deleted")])
            seen += [here, found.at()]
    return verdict(True, "they exist", at=seen) if seen else None


_STORE = "aws_secretsmanager_secret"
_ASK = {_STORE: "secretsmanager:ListSecrets", "aws_ssm_parameter": "ssm:DescribeParameters"}


def _stored(pointer: str, facts: Facts) -> Fact | None:
    """A secret by its ARN with or without the six characters and the key at its end, a parameter by its name."""
    name = pointer.partition(":secret:")[2].split(":")[0] or pointer.partition(":parameter")[2] or pointer
    for one in (*facts.seen(_STORE), *facts.seen("aws_ssm_parameter")):
        if name in (one.name, f"/{one.name}") or re.sub(r"-\w{6}$", "", name) == one.name:
            return one
    return None


#: Blocks whose every key is known, by type and path.
_KNOWN: dict[str, tuple[str, frozenset[str]]] = {
    "aws_ecs_service": (
        "deployment_configuration.0",
        frozenset(
            [
                "deployment_circuit_breaker",
                "maximum_percent",
                "minimum_healthy_percent",
                "alarms",
                "strategy",
                "bake_time_in_minutes",
                "lifecycle_hook",
                "linear_configuration",
                "canary_configuration",
                "lifecycle_hooks",
            ]
        ),
    ),
    "kubernetes_cron_job_v1": (
        "spec.0.job_template.0.spec.0",
        frozenset(
            [
                "active_deadline_seconds",
                "backoff_limit",
                "backoff_limit_per_index",
                "completion_mode",
                "completions",
                "managed_by",
                "manual_selector",
                "max_failed_indexes",
                "parallelism",
                "pod_failure_policy",
                "pod_replacement_policy",
                "selector",
                "success_policy",
                "suspend",
                "template",
                "ttl_seconds_after_finished",
                "metadata",
            ]
        ),
    ),
}


def _ignored(fact: Fact) -> Verdict | None:
    path, names = _KNOWN[fact.type]
    top = path.partition(".")[0]
    block = fact.get(path) if fact.whole or top in fact.attributes else None
    if not isinstance(block, dict):
        return None
    wrong = sorted(set(block) - names)
    here = fact.at(f"{path}.{wrong[0]}" if wrong else path)
    return verdict(not wrong, f"{wrong[0]} is no property" if wrong else "all are known", at=[here])


@check(
    "deployment-property-ignored",
    "Every property of a service's deployment is one that ECS knows",
    of="aws_ecs_service",
    severity="high",
    fix="Correct the property's name.",
)
def service_property(service: Fact, facts: Facts) -> Verdict | None:
    """A misspelt safety is no safety, and nobody says so."""
    return _ignored(service)


@check(
    "cron-property-ignored",
    "Every field of a CronJob's job is one that Kubernetes knows",
    of="kubernetes_cron_job_v1",
    severity="medium",
    fix="Correct the field's name.",
)
def cron_property(cron: Fact, facts: Facts) -> Verdict | None:
    """An unknown field is dropped with a warning at best."""
    return _ignored(cron)


@check(
    "template-property-ignored",
    "Every property of a template is one that its type knows",
    of="cloudformation_template",
    severity="high",
    fix="Correct the property's name.",
)
def template_property(template: Fact, facts: Facts) -> Verdict | None:
    """What a type does not know is refused on the day of the deployment, or silently dropped."""
    own = [
        one for one in facts.all if one.where.file == template.where.file and one.origin == template.origin
    ]
    for one in own:
        wrong = listed(one.attributes.get("ignored_properties"))
        if wrong:
            return verdict(
                False, f"{wrong[0]} is no property of {one.name}", at=[one.at("ignored_properties")]
            )
    for gap in facts.gaps:
        if gap.where.file == template.where.file and gap.hides:
            raise NotKnown(f"every resource of {template.where.file}", f"{gap.what} ({gap.where})", gap.hint)
    return verdict(True, f"{len(own)} resources read", at=[template.at()])


@check(
    "private-variable-public",
    "No variable for private subnets is given public ones",
    of="parameter",
    severity="high",
    fix="Give the variable subnets whose route table has no internet gateway.",
)
def private_variable(parameter: Fact, facts: Facts) -> Verdict | None:
    """A name is no route table."""
    name = parameter.name.lower()
    if "private" not in name or "subnet" not in name:
        return None
    values = listed(known(parameter.get("value"), f"the value of {parameter.name}"))
    given, doubts = _said(values), list(values)
    for other in facts.seen("parameter"):
        if (
            "public" in other.name.lower()
            and other.where.file.rpartition("/")[0] == parameter.where.file.rpartition("/")[0]
        ):
            public = listed(other.attributes.get("value"))
            doubts += public
            same = given & _said(public)
            if same:
                why = f"{sorted(same)[0]} is also among {other.name}"
                return verdict(False, why, at=[parameter.at("value"), other.at("value")])
    all_known(doubts, f"the value of {parameter.name}")
    unhidden(facts, parameter, "parameter")
    return verdict(True, "no public one among them", at=[parameter.at("value")])


def _said(values: list[Value]) -> set[str]:
    return {str(one) for one in values if not isinstance(one, Unread)}


@check(
    "private-output-public",
    "No output for private subnets gives public ones",
    of="cloudformation_output",
    severity="high",
    fix="Give the output the private subnets.",
)
def private_output(output: Fact, facts: Facts) -> Verdict | None:
    """Whoever imports it puts tasks where the internet reaches them."""
    if not re.search(r"private.*subnet", output.name, re.I):
        return None
    value = output.attributes.get("value")
    pointers = list(value.refs) if isinstance(value, Unread) else listed(value)
    subnets = [one for one in (facts.find(pointer) for pointer in pointers) if one is not None]
    if not subnets:
        raise NotKnown(f"the subnets of {output.name}", "they were not read")
    for subnet in subnets:
        public = known(subnet.attributes.get("map_public_ip_on_launch"), f"{subnet.name}") in (True, "true")
        if public or re.search(r"public", subnet.id.rpartition("#")[2], re.I):
            importers = [one.at("network_configuration.0.subnets") for one in _importers(output, facts)]
            return verdict(
                False, f"it gives {subnet.name}", at=[output.at("value"), subnet.at(), *importers[:1]]
            )
    return verdict(True, "it gives private ones", at=[output.at("value"), *(one.at() for one in subnets)])


def _importers(output: Fact, facts: Facts) -> list[Fact]:
    """The services whose subnets are imported from this output."""
    found = []
    for service in facts.seen("aws_ecs_service"):
        subnets = first(service.attributes.get("network_configuration")).get("subnets")
        if isinstance(subnets, Unread) and subnets.reason.endswith(f": {output.name}"):
            found.append(service)
    return found
