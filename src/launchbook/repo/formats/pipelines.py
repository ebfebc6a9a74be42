"""Pipelines of Jenkins, GitLab, CircleCI, Bitbucket and Azure: what they deploy, and how they sign in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.code.deploys import deployed, folders, regions
from launchbook.repo.lined import Map, as_list, as_map, dig, line_of
from launchbook.repo.reader import File, Found, reader

#: Steps that others wrote, by a word of their name, and what they deploy.
_STEPS = {
    r"aws-ecs/\w|aws-ecs-deploy": "ecs",
    r"aws-ecr/\w|aws-ecr-push": "image",
    r"aws-s3/\w|aws-s3-deploy": "s3",
    r"aws-cloudformation-deploy|CloudFormationCreateOrUpdateStack": "cloudformation",
    r"aws-lambda-deploy|LambdaDeployFunction": "lambda",
    r"aws-elasticbeanstalk-deploy|BeanstalkDeployApplication": "beanstalk",
    r"aws-sam-deploy|aws-sam-serverless": "sam",
    r"aws-eks/\w|kubernetes/\w|aws-eks-kubectl-run": "kubernetes",
    r"\bhelm/\w": "helm",
}
_OIDC = regex(
    r"\bid_tokens\s*:|\boidc\s*:\s*true|role[-_]arn|AWS_ROLE_ARN|web-identity|assume-role-with-web-identity"
)
_KEYS = regex(r"AWS_ACCESS_KEY_ID|aws_access_key_id|AmazonWebServicesCredentialsBinding")
_WAYS = {"jenkins": r"withAWS\s*\(|withCredentials\s*\("}


def _told(file: File, found: Found, tool: str) -> None:
    """One document a pipeline that deploys something or signs in; one that only tests is told without."""
    text = file.text
    kinds = {*deployed(text), *(kind for pattern, kind in _STEPS.items() if re.search(pattern, text))}
    named = regions(text)
    way = "oidc" if _OIDC.search(text) else "access-key" if _KEYS.search(text) else ""
    way = way or ("runner" if tool in _WAYS and re.search(_WAYS[tool], text) else "")
    more: dict[str, Value] = {"tool": tool, "deploys": [*sorted(kinds)], "regions": [*named]}
    if way:
        more["authentication"] = way
    lines: dict[str, int | str] = {f"regions.{number}": at for number, at in enumerate(named.values())}
    fact = found.document(file, tool, file.path, 1, more=more, lines=lines)
    for folder in folders(text):
        known = any(
            path.startswith(f"{folder}/") and path.endswith((".tf", ".tofu")) for path in found.tree.files
        )
        found.relation("deploys", fact.id, folder, file.where(1), known)


@reader(
    "Jenkins", "Jenkinsfile", "Jenkinsfile.*", "*.jenkinsfile", "*.Jenkinsfile", hides=("document", "setting")
)
def jenkins(file: File, found: Found) -> None:
    """A pipeline of Jenkins, with the settings of its ``environment`` blocks; shared libraries are gaps."""
    _told(file, found, "jenkins")
    inside = False
    for number, line in enumerate(file.text.splitlines(), 1):
        if re.match(r"\s*environment\s*\{", line):
            inside = True
        elif inside and line.strip().startswith("}"):
            inside = False
        elif inside and (match := re.match(r"\s*([A-Za-z_]\w*)\s*=", line[:400])):
            found.setting(file, match[1], "set", number, of="jenkins", framework=True)
        if re.match(r"\s*@Library\b|\s*library\s*[('\"]", line):
            what = "steps of a shared library are not in the repository: what they deploy is not read"
            found.gap(file, what, "read the library's repository too", number, hides=("document",))


@reader(
    "GitLab CI", ".gitlab-ci.yml", "*.gitlab-ci.yml", "**/.gitlab/**/*.yml", hides=("document", "setting")
)
def gitlab(file: File, found: Found) -> None:
    """A pipeline of GitLab; what it includes from elsewhere is a gap."""
    document = next(iter(file.yaml), None)
    _told(file, found, "gitlab-ci")
    for place, of in _places(document, ("variables",)):
        _settings(file, found, place, "variables", of)
    included = as_map(document).get("include")
    for number, one in enumerate(as_list(included) or ([included] if included else [])):
        local = dig(one, "local") if isinstance(one, dict) else one
        if not isinstance(local, str) or local.startswith("http"):
            at = line_of(document, "include", number)
            what = "the pipeline includes steps from elsewhere: what they deploy is not read"
            found.gap(file, what, "glab ci config compile", at, hides=("document",))


@reader("CircleCI", "**/.circleci/*.yml", "**/.circleci/*.yaml", hides=("document", "setting"))
def circleci(file: File, found: Found) -> None:
    """A pipeline of CircleCI; one that makes another pipeline is a gap."""
    document = next(iter(file.yaml), None)
    _told(file, found, "circleci")
    for place, of in _places(document, ("environment",)):
        _settings(file, found, place, "environment", of)
    if as_map(document).get("setup") is True:
        found.gap(
            file,
            "the pipeline is put together when it runs: what that one deploys is not read",
            "circleci config process",
            line_of(document, "setup"),
            hides=("document",),
        )


@reader("Bitbucket Pipelines", "bitbucket-pipelines.yml", hides=("document", "setting"))
def bitbucket(file: File, found: Found) -> None:
    """A pipeline of Bitbucket; variables of its pipes are the pipes' own and no settings."""
    _told(file, found, "bitbucket-pipelines")


@reader("Azure Pipelines", "azure-pipelines*.yml", "azure-pipelines*.yaml", hides=("document", "setting"))
def azure(file: File, found: Found) -> None:
    """A pipeline of Azure DevOps."""
    _told(file, found, "azure-pipelines")
    for place, of in _places(next(iter(file.yaml), None), ("variables",)):
        _settings(file, found, place, "variables", of)


def _settings(file: File, found: Found, place: Map, section: str, of: str) -> None:
    for name in as_map(place.get(section)):
        if re.fullmatch(r"[A-Z][A-Z0-9_]+", name):
            found.setting(file, name, "set", line_of(place, section, name), of=of, framework=True)


def _places(document: Any, sections: tuple[str, ...]) -> Iterator[tuple[Map, str]]:
    """Every map of the document that has one of the sections, with the name it stands under."""
    stack: list[tuple[Any, str]] = [(document, "")]
    while stack:
        node, name = stack.pop()
        if isinstance(node, Map):
            if any(isinstance(node.get(section), Map) for section in sections):
                yield node, name
            stack += [(value, key) for key, value in reversed(node.items()) if key not in sections]
        else:
            stack += [(one, name) for one in as_list(node)]


@reader(
    "Skaffold", "skaffold*.yaml", "skaffold*.yml", sniff=rb"apiVersion\s*:\s*skaffold/", hides=("document",)
)
def skaffold(file: File, found: Found) -> None:
    """What is built and applied while developing; the manifests that it names are read where they lie."""
    found.document(file, "skaffold", file.path, 1)
