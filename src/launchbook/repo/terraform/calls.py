"""``module`` blocks: local folders are read with their arguments, everything else is a gap."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator, Mapping

from launchbook.model import Unread, Value
from launchbook.repo.hcl.evaluate import evaluate
from launchbook.repo.reader import Found
from launchbook.repo.terraform.bodies import read_body
from launchbook.repo.terraform.copies import Copy, both, copies
from launchbook.repo.terraform.instance import Instance
from launchbook.repo.terraform.module import Declared, Module, literal
from launchbook.repo.terraform.types import typed

CALL_META = frozenset({"source", "version", "count", "for_each", "providers", "depends_on"})
#: Deeper chains of modules than this are rings or worse.
DEEPEST = 8

#: What modules of the community's registry namespace may create, by their name; any other may create anything.
_REGISTRY: dict[str, tuple[str, ...]] = {
    "vpc": (
        *("aws_vpc*", "aws_subnet", "aws_nat_gateway", "aws_internet_gateway", "aws_route*", "aws_eip"),
        *("aws_security_group*", "aws_default_*", "aws_network_acl*", "aws_flow_log", "aws_db_subnet_group"),
        *("aws_elasticache_subnet_group", "aws_cloudwatch_log_group"),
    ),
    "security-group": ("aws_security_group", "aws_security_group_rule"),
    "s3-bucket": ("aws_s3_bucket*",),
    "sqs": ("aws_sqs_*",),
    "sns": ("aws_sns_*",),
    "rds": ("aws_db_*", "aws_cloudwatch_log_group"),
    "rds-aurora": (
        *("aws_rds_*", "aws_db_*", "aws_security_group*", "aws_vpc_security_group_*", "aws_appautoscaling_*"),
        "aws_cloudwatch_log_group",
    ),
    "acm": ("aws_acm_certificate", "aws_route53_record"),
    "kms": ("aws_kms_key", "aws_kms_alias"),
    "dynamodb-table": ("aws_dynamodb_*", "aws_appautoscaling_*"),
    "ecr": ("aws_ecr_*",),
    "cloudfront": ("aws_cloudfront_*",),
    "route53": ("aws_route53_*",),
    "alb": (
        "aws_lb*",
        "aws_alb*",
        "aws_security_group*",
        "aws_vpc_security_group_*",
        "aws_route53_record",
        "aws_waf*",
    ),
    "ecs": (
        *(
            "aws_ecs_*",
            "aws_iam_*",
            "aws_cloudwatch_log_*",
            "aws_cloudwatch_event_*",
            "aws_security_group*",
            "aws_vpc_security_group_*",
        ),
        *("aws_appautoscaling_*", "aws_service_discovery_*"),
    ),
    "eks": (
        *(
            "aws_eks_*",
            "aws_iam_*",
            "aws_cloudwatch_log_*",
            "aws_cloudwatch_event_*",
            "aws_security_group*",
            "aws_vpc_security_group_*",
        ),
        *(
            "aws_kms_*",
            "aws_launch_template",
            "aws_autoscaling_*",
            "aws_ec2_*",
            "aws_sqs_*",
            "aws_placement_group",
        ),
    ),
    "lambda": (
        "aws_lambda_*",
        "aws_iam_*",
        "aws_cloudwatch_log_*",
        "aws_cloudwatch_event_*",
        "aws_s3_*",
        "aws_sqs_*",
        "aws_ecr_*",
    ),
    "iam": ("aws_iam_*",),
    "cloudwatch": ("aws_cloudwatch_*",),
    "eventbridge": ("aws_cloudwatch_event_*", "aws_scheduler_*", "aws_iam_*", "aws_pipes_*"),
    "step-functions": ("aws_sfn_*", "aws_iam_*", "aws_cloudwatch_log_group"),
    "apigateway-v2": (
        "aws_apigatewayv2_*",
        "aws_route53_record",
        "aws_acm_*",
        "aws_cloudwatch_log_group",
        "endpoint",
    ),
    "elasticache": (
        "aws_elasticache_*",
        "aws_security_group*",
        "aws_vpc_security_group_*",
        "aws_cloudwatch_log_group",
    ),
    "autoscaling": ("aws_autoscaling_*", "aws_launch_template", "aws_iam_*"),
    "ec2-instance": ("aws_instance", "aws_iam_*", "aws_eip", "aws_ebs_*", "aws_volume_attachment"),
    "secrets-manager": ("aws_secretsmanager_*",),
    "ssm-parameter": ("aws_ssm_parameter",),
    "opensearch": ("aws_opensearch_*", "aws_security_group*", "aws_cloudwatch_log_*"),
    "msk-kafka-cluster": ("aws_msk_*", "aws_appautoscaling_*", "aws_cloudwatch_log_group"),
}
_COMMUNITY = "terraform-aws-modules/"


def hidden_by(source: str) -> tuple[str, ...]:
    """The kinds that a module from elsewhere may create, by the words of its address."""
    words = re.split(r"[/.:?]", source.partition(_COMMUNITY)[2])
    return next((_REGISTRY[word] for word in words if word in _REGISTRY), ("*",))


def sources(module: Module) -> Iterator[str]:
    """The folders that a module's calls name, normalised; those outside the root begin with ``..``."""
    for declared in module.calls.values():
        source = literal(declared.body, "source")
        if source.startswith(("./", "../")):
            yield _folder(module, source)


def _folder(module: Module, source: str) -> str:
    folder = os.path.normpath(os.path.join(module.folder, source))  # noqa: PTH118  # text, not a path on disk
    return "" if folder == "." else folder


def call_modules(
    instance: Instance,
    modules: Mapping[str, Module],
    visited: set[str],
    found: Found,
    chain: tuple[str, ...] = (),
) -> None:
    """Attach to an instance every module it calls, each with its arguments."""
    module = instance.module
    visited.add(module.folder)
    chain = (*chain, module.folder)
    for name, declared in module.calls.items():
        target = _target(declared, module, modules, chain, found)
        if target is None:
            _elsewhere(instance, name, declared, found)
            continue
        for copy in copies(declared.body, instance.scope()):
            instance.budget.left -= 1000
            if instance.budget.left <= 0:
                return
            child = _child(instance, target, name, declared, copy)
            instance.children.setdefault(name, []).append(child)
    # First all of them: what one is given may be another's output, in whatever order they are written.
    for children in instance.children.values():
        for child in children:
            call_modules(child, modules, visited, found, chain)


def _elsewhere(instance: Instance, name: str, declared: Declared, found: Found) -> None:
    """A module that is not in the repository: what it is given is known, and by its name what it may make."""
    for copy in copies(declared.body, instance.scope()):
        values = read_body(
            declared.body, instance.scope(copy), frozenset({"count", "for_each", "depends_on"})
        )
        source = literal(declared.body, "source")
        given = {key: value for key, value in values.attributes.items() if key not in CALL_META}
        attributes: dict[str, Value] = {"source": source, "arguments": given, "makes": [*hidden_by(source)]}
        attributes["version"] = literal(declared.body, "version")
        lines = {f"arguments.{path}": line for path, line in values.lines.items()}
        fact = found.fact(
            declared.file,
            "terraform_module",
            f"{instance.prefix}module.{name}{copy.suffix}",
            name=f"{name} ({source})",
            line=declared.block.line,
            attributes=attributes,
            lines={**lines},
            whole=False,
            condition="; ".join(part for part in (instance.condition, copy.condition) if part),
            created=both(copy.created, instance.created),
            owner=instance.owner,
        )
        for path, parts in values.refers:
            for target in instance.referred(declared, copy, parts):
                found.refer(fact, path, target)


def _target(
    declared: Declared, module: Module, modules: Mapping[str, Module], chain: tuple[str, ...], found: Found
) -> Module | None:
    source = literal(declared.body, "source")
    line = declared.block.line
    if not source.startswith(("./", "../")):
        hidden = hidden_by(source)
        kinds = (
            ""
            if "*" in hidden
            else f" (it may make {', '.join(hidden[:6])}{' …' if len(hidden) > 6 else ''})"
        )
        found.gap(
            declared.file,
            f"module {source or 'without a source'} is not in the repository{kinds}",
            "terraform init, then pass its plan: launchbook audit --plan FILE",
            line,
            hidden,
        )
        return None
    folder = _folder(module, source)
    if folder in chain or len(chain) > DEEPEST:
        found.gap(declared.file, "this module calls itself, directly or in a ring", "terraform init", line)
        return None
    if folder not in modules:
        where = "lies outside the repository" if folder.startswith("..") else "has no Terraform files"
        found.gap(
            declared.file,
            f"the module folder {source} {where}",
            "run discovery from a folder that holds both",
            line,
        )
        return None
    return modules[folder]


def _child(instance: Instance, target: Module, name: str, declared: Declared, copy: Copy) -> Instance:
    def variable(wanted: str) -> Value:
        known = target.variables.get(wanted)
        if known is None:
            return Unread(f'variable "{wanted}" is not declared')
        given = declared.body.attributes.get(wanted)
        if given is not None:
            return typed(known, evaluate(given.value, instance.scope(copy)))
        default = known.body.attributes.get("default")
        return (
            typed(known, evaluate(default.value, instance.scope()))
            if default
            else Unread(f'variable "{wanted}" is not given')
        )

    return Instance(
        target,
        instance.tree,
        variable,
        instance.budget,
        instance.environment,
        instance.root,
        f"{instance.prefix}module.{name}{copy.suffix}.",
        instance.owner or declared.file,
        "; ".join(part for part in (instance.condition, copy.condition) if part),
        both(copy.created, instance.created),
    )
