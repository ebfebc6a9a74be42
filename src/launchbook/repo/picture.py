"""What a discovery comes to for a person: deployments, environments, and an architecture by tier."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from launchbook.model import Fact, Facts, NotKnown, Unread, Value
from launchbook.model.tiers import TIERS, Tier, tier_of
from launchbook.repo.environments import canonical, is_environment, named_environment

#: Types whose facts say that something deploys, with the words a person uses.
_STORIES = {
    "aws_amplify_app": "Amplify",
    "aws_codebuild_project": "CodeBuild",
    "cloudformation_template": "CloudFormation",
    "terraform_root": "Terraform",
    "terraform_state": "Terraform state",
    "cdk_stack": "CDK stack",
    "github_workflow": "GitHub workflow",
    "lambda_edge_handler": "Lambda@Edge",
    "aws_elastic_beanstalk_application": "Elastic Beanstalk",
    "pulumi_stack": "Pulumi stack",
    "kustomization": "Kustomize",
    "terragrunt_unit": "Terragrunt",
}
_DOCUMENT_STORIES = {"cdk-app": "CDK", "deploy-script": "Script", "vercel": "Vercel", "netlify": "Netlify"}
_DOCUMENT_STORIES |= {"pulumi": "Pulumi", "helm-chart": "Helm chart", "ansible": "Ansible", "kamal": "Kamal"}
_DOCUMENT_STORIES |= {"procfile": "Procfile", "serverless": "Serverless", "copilot": "Copilot", "sst": "SST"}
_DOCUMENT_STORIES |= {"app-runner": "App Runner", "amplify-backend": "Amplify Gen 2", "jenkins": "Jenkins"}
_DOCUMENT_STORIES |= {"amplify-classic": "Amplify Gen 1", "skaffold": "Skaffold"}
_DOCUMENT_STORIES |= {"gitlab-ci": "GitLab CI", "circleci": "CircleCI", "azure-pipelines": "Azure Pipelines"}
_DOCUMENT_STORIES |= {"zappa": "Zappa", "chalice": "Chalice"}
_DOCUMENT_STORIES |= {"bitbucket-pipelines": "Bitbucket Pipelines"}

_TERRAFORM = (".tf", ".tf.json", ".tofu", ".tofu.json")

#: Types whose facts are for one environment.
_BY_ENVIRONMENT = (
    *("pulumi_stack", "helm_values", "copilot_environment", "kustomization", "terragrunt_unit"),
    *("sam_environment", "aws_cloudformation_stack"),
)


@dataclass(frozen=True)
class Deployment:
    """One way in which this repository deploys something."""

    kind: str
    path: str
    origin: str
    what: str = ""
    region: str = ""


def tiers(facts: Facts) -> dict[Tier, list[Fact]]:
    """What the repository's own sources declare, by tier; copies, states and documents are left out."""
    found: dict[Tier, list[Fact]] = {tier: [] for tier in TIERS}
    for fact in facts:
        tier = _tier(fact)
        if tier and fact.origin == "source":
            found[tier].append(fact)
    return found


def _tier(fact: Fact) -> Tier | None:
    """The tier of a resource, or of what a module that is not here makes first of all."""
    if fact.type != "terraform_module":
        return tier_of(fact.type)
    made = next(iter(_list(fact, "makes")), "")
    return tier_of(str(made).rstrip("*_"))


def untiered(facts: Facts) -> list[Fact]:
    """Resources of the repository's own sources that no tier claims: whatever a provider has beyond the usual."""
    return [fact for fact in facts if fact.origin == "source" and not _tier(fact) and _is_resource(fact)]


def _is_resource(fact: Fact) -> bool:
    """By its type's provider, or by an address or a type that only a resource has."""
    return (
        fact.type.startswith(("aws_", "kubernetes_"))
        or fact.type == "terraform_module"
        or f"{fact.type}." in fact.id.partition("#")[2]
        or "cloudformation_type" in fact.attributes
    )


def deployments(facts: Facts) -> list[Deployment]:
    """Every deployment story, sources first, with what it creates in short."""
    found = [*_by_file(facts), *_manifests(facts)]
    order = ("source", "generated", "state", "document", "archived")
    return sorted(found, key=lambda one: (order.index(one.origin), one.kind, one.path))


def _by_file(facts: Facts) -> Iterator[Deployment]:
    by_file: dict[str, Counter[str]] = {}
    for fact in facts:
        if fact.type.startswith("aws_") or (fact.where.file.endswith(_TERRAFORM) and _is_resource(fact)):
            # What a module makes is the doing of the folder that calls it, whose file its id begins with.
            owner = fact.id.partition("#")[0]
            file = owner if owner.endswith(_TERRAFORM) else fact.where.file
            by_file.setdefault(file, Counter())[fact.type] += 1
    folders: dict[str, Counter[str]] = {}
    for file, counted in by_file.items():
        if file.endswith(_TERRAFORM):
            folders.setdefault(file.rpartition("/")[0] or ".", Counter()).update(counted)
    for fact in facts:
        kind = _STORIES.get(fact.type) or _DOCUMENT_STORIES.get(
            _text(fact, "kind") if fact.type == "document" else ""
        )
        if not kind or _only_checks(fact):
            continue
        if fact.type == "terraform_root":
            regions = fact.attributes.get("regions")
            region = (
                ", ".join(sorted({str(v) for v in regions.values()})) if isinstance(regions, dict) else ""
            )
            yield Deployment(kind, fact.name, fact.origin, summary(folders.get(fact.name, Counter())), region)
        else:
            what = (
                summary(by_file.get(fact.where.file, Counter()))
                if fact.type == "cloudformation_template"
                else ""
            )
            kind = (
                "SAM"
                if kind == "CloudFormation" and "Serverless" in str(fact.attributes.get("transform"))
                else kind
            )
            yield Deployment(kind, fact.where.file, fact.origin, what, fact.where.region)


def _only_checks(fact: Fact) -> bool:
    """A workflow that neither deploys nor signs in to AWS: it tests, lints or publishes."""
    if fact.type != "github_workflow":
        return False
    return not fact.attributes.get("deploys") and "authentication" not in fact.attributes


def _manifests(facts: Facts) -> Iterator[Deployment]:
    by_file: dict[tuple[str, str], Counter[str]] = {}
    for fact in facts:
        if fact.type.startswith("kubernetes_") and not fact.where.file.endswith(_TERRAFORM):
            by_file.setdefault((fact.where.file, fact.origin), Counter())[fact.type] += 1
        elif fact.type == "aws_ecs_task_definition" and fact.id.endswith("#taskDefinition"):
            yield Deployment("ECS task definition", fact.where.file, fact.origin, fact.name)
    for (file, origin), counted in by_file.items():
        yield Deployment("Kubernetes", file, origin, summary(counted))


def words(kind: str) -> str:
    """``aws_ecs_service`` as people say it: ``ecs service``."""
    plain = re.sub(r"^(aws|kubernetes)_|_v\d$", "", kind)
    return re.sub(r"^cloudwatch_(?=metric_alarm|event|log)", "", plain).replace("_", " ")


def number_of(count: int, noun: str) -> str:
    """``1 sqs queue``, ``2 sqs queues``, ``3 iam policies``."""
    if count == 1 or noun.endswith(("s", "ata")):
        return f"{count} {noun}"
    if noun.endswith("y") and not noun.endswith(("ay", "ey", "oy")):
        return f"{count} {noun[:-1]}ies"
    return f"{count} {noun}{'es' if noun.endswith(('ss', 'sh', 'ch', 'x')) else 's'}"


def summary(counted: Counter[str]) -> str:
    """The most telling types of a file, counted: ``2 sqs queues, 1 ecs service and 9 more``."""
    ranked = sorted(counted.items(), key=lambda item: (_rank(item[0]), -item[1], item[0]))
    parts = [number_of(count, words(kind)) for kind, count in ranked[:4]]
    rest = sum(count for _, count in ranked[4:])
    return ", ".join(parts) + (f" and {rest} more" if rest else "")


def _rank(kind: str) -> int:
    tier = tier_of(kind)
    return TIERS.index(tier) if tier else len(TIERS)


def environments(facts: Facts) -> dict[str, list[str]]:
    """Environments by name, each with what names it (``path: how``)."""
    found: dict[str, set[str]] = {}
    for fact in facts:
        for name, how, file in _named_environments(fact):
            found.setdefault(canonical(name), set()).add(f"{file}: {how}")
    return {name: sorted(places) for name, places in sorted(found.items())}


def _named_environments(fact: Fact) -> Iterator[tuple[str, str, str]]:
    """Each name with how it is given, and the file that gives it."""
    if fact.origin != "source":
        return
    file = fact.where.file
    if fact.type == "setting" and _text(fact, "environment"):
        # What a module makes has its name from the file that calls it, with which its id begins.
        caller = fact.id.partition("#")[0]
        yield _text(fact, "environment"), "settings", caller if caller.endswith(_TERRAFORM) else file
    elif fact.type == "parameter" and re.search(r"env(ironment)?(_?name)?$|^stage$", fact.name, re.I):
        values = [fact.attributes.get("default"), fact.attributes.get("value"), *_list(fact, "allowed")]
        for value in values:
            if isinstance(value, str) and value:
                yield value, f"parameter {fact.name}", file
    elif fact.type in _BY_ENVIRONMENT and _text(fact, "environment"):
        yield _text(fact, "environment"), words(fact.type), file
    elif fact.type == "aws_amplify_branch" and not isinstance(fact.attributes.get("branch_name"), Unread):
        yield fact.name, "branch", file
    elif fact.type == "terraform_root" and named_environment(fact.name):
        yield named_environment(fact.name), "folder", file
    for key in ("variable_files", "parameter_files"):
        files = fact.attributes.get(key)
        for name, given in files.items() if isinstance(files, dict) else ():
            if name != "loaded" and is_environment(name):
                yield from (
                    (name, "variable file", str(one))
                    for one in (given if isinstance(given, list) else [file])
                )


def _text(fact: Fact, key: str) -> str:
    value: Value = fact.attributes.get(key)
    return value if isinstance(value, str) else ""


def _list(fact: Fact, key: str) -> list[Value]:
    try:
        value = fact.get(key)
    except NotKnown:
        return []
    return value if isinstance(value, list) else []
