"""Commands that deploy: what a line of a pipeline, a workflow or a script changes outside, and where."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.patterns import regex

#: A flag of a command, whose value may be an expression with blanks in it.
_FLAGS = (
    r"(?:\s+-{1,2}[\w-]{1,60}"
    r"(?:[= ](?!-)(?:\$\{\{[^}\n]{0,80}\}\}|\"[^\"\n]{0,200}\"|(?!\$\{\{)[^\s\"]){1,200})?){0,6}"
)
_COMMANDS = {
    rf"\b(?:terraform|tofu){_FLAGS}\s+apply\b": "terraform",
    rf"\bterragrunt{_FLAGS}\s+(?:run-all\s+|run\s+--all\s+)?apply\b": "terragrunt",
    rf"\baws{_FLAGS}\s+cloudformation (?:deploy|create-stack|update-stack)": "cloudformation",
    r"\bsam deploy": "sam",
    r"\bcdk (?:deploy|\S{1,40} deploy)": "cdk",
    r"\b(?:serverless|sls) deploy": "serverless",
    r"\bcopilot (?:svc |job |env )?deploy": "copilot",
    r"\bsst deploy": "sst",
    r"\bampx pipeline-deploy": "amplify",
    r"\beb deploy": "beanstalk",
    r"\bpulumi up": "pulumi",
    rf"\baws{_FLAGS}\s+ecs (?:update-service|deploy)|\becs-deploy\b|\becspresso deploy": "ecs",
    r"\bkubectl (?:apply|rollout|set image)|\bkustomize build": "kubernetes",
    r"\bhelm (?:upgrade|install)": "helm",
    rf"\baws{_FLAGS}\s+s3 (?:sync|cp)": "s3",
    rf"\baws{_FLAGS}\s+lambda (?:update-function-code|publish-version)": "lambda",
    rf"\baws{_FLAGS}\s+elasticbeanstalk update-environment": "beanstalk",
    rf"\baws{_FLAGS}\s+deploy create-deployment": "codedeploy",
    rf"\baws{_FLAGS}\s+apprunner start-deployment": "app-runner",
    r"\bdocker push\b|\bdocker\b[^\n]{0,200} --push\b|/kaniko/executor": "image",
    r"\bvercel (?:deploy|--prod)": "vercel",
    r"\bnetlify deploy": "netlify",
}
_COMPILED = tuple((regex(pattern), kind) for pattern, kind in _COMMANDS.items())
_FOLDER = regex(r"-(?:chdir=|-terragrunt-working-dir[= ])[\"']?(?P<folder>[\w./-]{1,200})")
REGION = regex(r"[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]{4,9}-\d")
_WRITTEN = regex(
    rf"(?:region|REGION)[\"']?\s{{0,9}}[:= ]\s{{0,9}}[\"']?(?P<region>{REGION.pattern})(?![\w-])"
)
_LONGEST = 4000


def deployed(text: str) -> list[str]:
    """What the commands of a text deploy, each once: ``terraform``, ``ecs``, ``image`` …"""
    lines = "\n".join(_lines(text))
    return sorted({kind for pattern, kind in _COMPILED if pattern.search(lines)})


def folders(text: str) -> list[str]:
    """The folders that Terraform is told to work in."""
    return list(
        dict.fromkeys(match["folder"].rstrip("/") for match in _FOLDER.finditer("\n".join(_lines(text))))
    )


def regions(text: str) -> dict[str, int]:
    """Regions that are written as such, with the line of the first place."""
    found: dict[str, int] = {}
    for number, line in enumerate(_lines(text), 1):
        for match in _WRITTEN.finditer(line):
            found.setdefault(match["region"], number)
    return found


def _lines(text: str) -> Iterator[str]:
    """Lines as far as a person would write them; a comment is an empty one."""
    for line in text.splitlines():
        yield "" if line.lstrip().startswith(("#", "//")) else line[:_LONGEST]
