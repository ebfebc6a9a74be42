"""GitHub workflows: what they deploy and where, how they sign in to AWS, which tags they push."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.redact import shown
from launchbook.repo.code.deploys import REGION, deployed, folders
from launchbook.repo.code.scheduled import as_attributes, calls, schedules
from launchbook.repo.dummies import dummy
from launchbook.repo.lined import Map, as_list, as_map, dig, line_of
from launchbook.repo.reader import File, Found, reader, unread

_ACTIONS = {
    "aws-actions/amazon-ecs-deploy-task-definition": "ecs",
    "docker/build-push-action": "image",
    "aws-actions/aws-cloudformation-github-deploy": "cloudformation",
    "amondnet/vercel-action": "vercel",
    "aws-actions/amazon-eks-fargate": "kubernetes",
    "aws-actions/aws-lambda-deploy": "lambda",
    "serverless/github-action": "serverless",
    "hashicorp/tfc-workflows-github/actions/apply-run": "terraform",
    "gruntwork-io/terragrunt-action": "terragrunt",
    "pulumi/actions": "pulumi",
    "einaregilsson/beanstalk-deploy": "beanstalk",
    "awslabs/amazon-app-runner-deploy": "app-runner",
}
#: What looks for known holes in dependencies or images.
_SCANS = regex(
    r"(?:npm|pnpm|yarn|pip-|cargo) ?audit|trivy|grype|snyk|dependency-review-action|osv-scanner|codeql-action"
    r"|govulncheck|dependency-check|safety (?:check|scan)"
)
_BUILDS = regex(r"docker (?:push|buildx build|build|tag)\b")
_EXPRESSION = regex(r"\$\{\{\s*(?P<of>[\w-]+)\.(?P<name>[\w.-]+)[^}]{0,80}\}\}")
#: The tag of an image reference: an expression of the workflow, a shell variable, or plain text.
_TAG = regex(r"(?<=[\w}/.-]):((?:\$\{\{[^{}\n]{1,100}\}\}|\$\{\w{1,80}\}|\$?[\w.-]){1,128})(?=[\s\"',]|$)")


@reader(
    "GitHub workflows",
    "**/.github/workflows/*.yml",
    "**/.github/workflows/*.yaml",
    hides=("github_workflow",),
)
def workflow(file: File, found: Found) -> None:
    """One fact a workflow, one setting for each name in an ``env`` block."""
    document = next(iter(file.yaml), None)
    top = as_map(document)
    steps = [(step, at) for step, at, _ in _steps(document)]
    attributes = _does(top, [step for step, _ in steps])
    lines: dict[str, int | str] = {}
    for step, at, job in _steps(document):
        if _uses(step).startswith("aws-actions/configure-aws-credentials"):
            _signs_in(step, at, _around(step, document, job), attributes, lines)
    _by_the_clock(file, document, attributes, lines)
    name = str(top.get("name") or file.name)
    fact = found.fact(
        file, "github_workflow", "workflow", name=name, line=1, attributes=attributes, lines=lines
    )
    for step, _ in steps:
        if _uses(step).startswith("aws-actions/amazon-ecs-deploy-task-definition"):
            _deploys_task(file, found, fact.id, step)
    for step, at, job in _steps(document):
        for folder in _folders(step, document, job):
            below = any(
                path.startswith(f"{folder}/") and path.endswith((".tf", ".tofu")) for path in found.tree.files
            )
            found.relation("deploys", fact.id, folder, file.where(at), below)
    _elsewhere(file, document, found)
    for key, at, job, value in _variables(document):
        # What a pipeline sets is for its own steps and the actions that they use.
        found.setting(file, key, "set", at, of=job, more=dummy(value), framework=True)


def _by_the_clock(
    file: File, document: Any, attributes: dict[str, Value], lines: dict[str, int | str]
) -> None:
    """The schedule of a workflow that has one, and what its steps ask for."""
    when = schedules(document)
    if not when:
        return
    asked = [
        call
        for step, _, job in _steps(document)
        if isinstance(step, Map)
        for call in calls(file, step, _around(step, document, job))
    ]
    more, where = as_attributes(when, asked)
    attributes |= more
    lines |= where


def _elsewhere(file: File, document: Any, found: Found) -> None:
    """A gap for each job that is a workflow of another repository."""
    jobs = dig(document, "jobs")
    for job in as_map(jobs):
        called = dig(jobs, job, "uses")
        if isinstance(called, str) and not called.startswith("./"):
            what = (
                f"the job {job} is a workflow of another repository ({called}): what it deploys is not read"
            )
            found.gap(
                file,
                what,
                "read that repository too",
                line_of(jobs, job, "uses"),
                ("github_workflow", "document"),
            )


def _around(step: dict[str, Any], document: Any, job: str) -> list[Map]:
    """What may hold an ``env`` block for a step, the nearest first."""
    return [place for place in (step, dig(document, "jobs", job), document) if isinstance(place, Map)]


def _folders(step: dict[str, Any], document: Any, job: str) -> list[str]:
    """The folders that a step's Terraform works in: those that it says, else the one that it is run in."""
    run = str(step.get("run") or "")
    said = folders(run)
    if said or not {"terraform", "terragrunt"} & set(deployed(run)):
        return said
    defaults = (
        dig(document, *path, "run", "working-directory")
        for path in (("jobs", job, "defaults"), ("defaults",))
    )
    place = step.get("working-directory") or next((one for one in defaults if one), None)
    entered = re.search(r"^\s*cd\s+[\"']?([\w./-]{1,200})", run, re.M)
    for folder in (entered[1] if entered else None, place):
        if isinstance(folder, str) and "$" not in folder:
            return [posixpath.normpath(folder)]
    return []


def _uses(step: dict[str, Any]) -> str:
    return str(step.get("uses") or "")


def _does(top: dict[str, Any], steps: list[dict[str, Any]]) -> dict[str, Value]:
    """What a workflow's steps deploy, tag, scan, and take without saying which version."""
    runs, uses = [str(step.get("run") or "") for step in steps], [_uses(step) for step in steps]
    deploys = {kind for run in runs for kind in deployed(run)}
    deploys |= {kind for use in uses for action, kind in _ACTIONS.items() if use.startswith(action)}
    scans = {match[0] for text in (*runs, *uses) if (match := _SCANS.search(text))}
    tags: list[Value] = [*sorted({shown(tag) for step in steps for tag in _tags(step)})]
    return {
        "deploys": [*sorted(deploys)],
        "branches": [*_branches(top)],
        "tags": tags,
        "scans": [*sorted(scans)],
        "unpinned_actions": [*sorted(use for use in uses if use.endswith(("@main", "@master", "@latest")))],
        **({"image_tag": tags[0]} if len(tags) == 1 else {}),
    }


def _signs_in(
    step: dict[str, Any],
    at: int,
    places: list[Map],
    attributes: dict[str, Value],
    lines: dict[str, int | str],
) -> None:
    """How a step gets its rights on AWS, and the region that it works in."""
    given = as_map(step.get("with"))
    keyed = "aws-access-key-id" in given
    attributes["authentication"] = (
        "access-key" if keyed else "oidc" if "role-to-assume" in given else "runner"
    )
    key = "aws-access-key-id" if keyed else "role-to-assume"
    lines["authentication"] = line_of(step, "with", key) if key in given else at
    if isinstance(given.get("aws-region"), str):
        region, line = _resolved(given["aws-region"], places)
        attributes["region"], lines["region"] = region, line or line_of(step, "with", "aws-region")


def _resolved(written: str, places: list[Map]) -> tuple[Value, int]:
    """A region, through the ``env`` blocks around the step, with the line that says it (0: where it was written)."""
    match = _EXPRESSION.search(written)
    if match is None:
        return written, 0
    name = match["name"]
    if match["of"] == "env" and match.group() == written.strip():
        for place in places:
            value = dig(place, "env", name)
            if isinstance(value, str) and REGION.fullmatch(value):
                return value, line_of(place, "env", name)
    return unread(f"{match['of']}.{name} is known when the workflow runs"), 0


def _deploys_task(file: File, found: Found, workflow: str, step: dict[str, Any]) -> None:
    """The task definition that a step deploys, when it is a file of this repository."""
    path = dig(step, "with", "task-definition")
    target = found.tree.get(path) if isinstance(path, str) else None
    if target is not None:
        where = file.where(line_of(step, "with", "task-definition"))
        found.relation("deploys", workflow, f"{target.shown}#taskDefinition", where)


def _steps(document: Any) -> Iterator[tuple[dict[str, Any], int, str]]:
    jobs = dig(document, "jobs")
    for name in as_map(jobs):
        for index, step in enumerate(as_list(dig(jobs, name, "steps"))):
            if isinstance(step, dict):
                yield step, line_of(jobs, name, "steps", index), name


def _tags(step: dict[str, Any]) -> Iterator[str]:
    """The tags that a step builds or pushes: its commands', or those it hands to the build action."""
    for written in str(step.get("run") or "").splitlines():
        built = _BUILDS.search(written[:4000])
        if built:
            yield from _TAG.findall(written[built.start() : 4000])
    if str(step.get("uses") or "").startswith("docker/build-push-action"):
        tags = as_map(step.get("with")).get("tags")
        for reference in re.split(r"[\s,]+(?![^{]*\}\})", str(tags or "")[:4000]):
            yield from _TAG.findall(reference)


def _branches(top: dict[str, Any]) -> list[str]:
    # YAML 1.1 reads a bare ``on`` as true.
    event = as_map(top.get("on") or top.get("true"))
    return [str(one) for one in as_list(dig(event, "push", "branches"))]


def _variables(document: Any) -> Iterator[tuple[str, int, str, Any]]:
    places: list[tuple[Any, str]] = [(document, "")]
    jobs = dig(document, "jobs")
    for name in as_map(jobs):
        places.append((dig(jobs, name), name))
        places += [(step, name) for step in as_list(dig(jobs, name, "steps"))]
    for place, job in places:
        for key, value in as_map(dig(place, "env")).items():
            yield key, line_of(place, "env", key), job, value
