"""Deploy scripts: what they create or change on AWS, and in which region; and alarms that a script makes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.code.syntax import below, line, pairs, root, string, text
from launchbook.repo.reader import File, Found, reader, unread

_CHANGES = regex(
    r"\baws\s+(?:(?:--[a-z][\w-]{1,30}(?:[= ][\w\"'$./:{}-]{1,120})?|[\"']?\$\S{1,80})\s+){0,6}"
    r"(?P<service>[a-z][\w-]*)\s+(?P<verb>(?:create|put|update|deploy|delete|register|run|start|sync|publish)[\w-]*|mb\b)"
)
_TOOLS = regex(
    r"\b((?:terraform|tofu)(?: -\S{1,200}){0,6} apply|terragrunt (?:run-all |run --all )?apply"
    r"|(?:copilot|sst|cdk|sam|kamal|eb|serverless|sls|fly|flyctl) deploy|pulumi up"
    r"|kubectl apply|helm (?:upgrade|install)|docker[ -]compose (?:-\S{1,80} \S{1,80} )?(?:pull|up)|git push heroku"
    r"|ansible-playbook|rsync|scp)\b"
)
_REGION = regex(
    r"--region[ =]\"?(?P<flag>[\w$-]+)|\b_?REGION\s*[:?]?=\s*[\"']?(?P<set>[a-z]{2}-[a-z]+-\d)"
    r"|AWS_(?:DEFAULT_)?REGION\s*[:?]?=\s*[\"']?(?:\$\{\w+:-)?(?P<env>[\w-]+)|region:\s*['\"](?P<given>[a-z]{2}-[a-z]+-\d)"
)
#: A program runs a command through one of these; without them it only speaks of it.
_STARTS = regex(
    r"child_process|\bexeca\b|\bspawn|\bexec(?:Sync|File)?\(|\bzx\b|\$`|shelljs|subprocess|os\.system|\bsh\(|invoke"
)
#: A function that others call is no script, whatever it changes.
_HANDLER = regex(
    r"^\s{0,4}(?:export\s.{0,40}\bhandler\b|(?:module\.)?exports\.handler\b)|export\s*\{[^}]{0,200}\bhandler\b",
    re.M,
)
_PROGRAMS = (".ts", ".js", ".mjs", ".py")
_TEMPLATE = regex(
    r"--template(?:-file|-body)?[ =][\"']?(?:file://)?(?P<path>[\w./${}-]{1,200}\.(?:ya?ml|json|template))"
)
_LONGEST = 8000
_SCRIPTS = (
    "**/scripts/*",
    "**/bin/*",
    "**/deploy/*",
    "deploy*.sh",
    "deploy*.ts",
    "deploy*.js",
    "*-deploy.*",
    "setup-*",
)


@reader(
    "deploy scripts",
    *_SCRIPTS,
    *("*.sh", "Makefile", "*.mk", "justfile"),
    sniff=rb"aws |terraform|tofu|terragrunt|copilot|(cdk|sst|sam|kamal|fly|flyctl|eb|pulumi|serverless|sls) (deploy|up)"
    rb"|kubectl|helm|@aws-sdk|boto3|compose|ansible-playbook|rsync|scp |heroku",
    hides=(),
)
def deploy_script(file: File, found: Found) -> None:
    """One document a script that changes something on AWS, with what it changes."""
    if not _runs(file):
        return
    body = "\n".join(
        "" if line.lstrip().startswith(("#", "//")) else line[:_LONGEST] for line in file.text.splitlines()
    )
    does: list[str] = []
    if not file.name.endswith(_PROGRAMS) or _STARTS.search(body):
        does += [f"{match['service']} {match['verb']}" for match in _CHANGES.finditer(body)]
        does += [match[1] for match in _TOOLS.finditer(body)]
    does += [f"{service} {name}" for service, name in _commands(file.text)]
    if not does:
        return
    regions = dict(reversed(list(_regions(body))))
    named: list[Value] = [*reversed(regions)]
    lines = {f"regions.{number}": regions[str(value)] for number, value in enumerate(named)}
    fact = found.document(
        file, "deploy-script", file.name, does=[*dict.fromkeys(does)], regions=named, lines={**lines}
    )
    _templates(file, body, fact.id, found)


def _templates(file: File, body: str, script: str, found: Found) -> None:
    """The templates that a script deploys: here, or a gap. What ``package`` or ``cdk`` writes first is made by then."""
    for match in _TEMPLATE.finditer(body):
        line = body.count("\n", 0, match.start()) + 1
        path = match["path"].removeprefix("./")
        if (
            "$" in path
            or re.search(r"packaged|\.aws-sam|cdk\.out|^(?:dist|build|/tmp|out)/", path)
            or path.startswith("/")
        ):
            continue
        if re.search(rf"(?:--output-template(?:-file)?|>)\s*[\"']?(?:\./)?{re.escape(path)}", body):
            continue
        here = found.tree.get(path) or found.tree.beside(file, path)
        if here is not None:
            found.relation("deploys", script, f"{here.shown}#template", file.where(line))
        elif not any(one.endswith(f"/{path}") for one in found.tree.files):  # a folder that the script enters
            what = f"the template {path} that this deploys is not in the repository"
            found.gap(
                file, what, "aws cloudformation get-template --stack-name STACK, saved there", line, ("*",)
            )


def _runs(file: File) -> bool:
    """Whether the file is a script or a Makefile, by name or by its first line."""
    suffixes = (".sh", ".bash", ".ts", ".js", ".mjs", ".py", ".mk", "Makefile", "justfile")
    if file.name.endswith(_PROGRAMS) and _HANDLER.search(file.text):
        return False
    return file.name.endswith(suffixes) or file.text.startswith("#!")


def _regions(body: str) -> Iterator[tuple[str, int]]:
    """Regions by name with their lines."""
    for number, written in enumerate(body.splitlines(), 1):
        for match in _REGION.finditer(written):
            value = match["flag"] or match["set"] or match["env"] or match["given"]
            if value and re.fullmatch(r"[a-z]{2}(-gov)?-[a-z]+-\d", value):
                yield value, number


def _commands(body: str) -> Iterator[tuple[str, str]]:
    """Commands of the JavaScript SDK that change something."""
    service = re.search(r"@aws-sdk/client-([\w-]+)", body)
    for name in re.findall(r"\bnew (\w+)Command\(", body) if service else ():
        if re.match(r"Create|Put|Update|Delete|Register|Publish|Start|Run", name):
            yield (service[1] if service else ""), name


@reader(
    "alarms made by scripts",
    *(f"*.{suffix}" for suffix in ("ts", "js", "mjs")),
    sniff=rb"\bAlarmName\b",
    hides=("aws_cloudwatch_metric_alarm",),
)
def scripted_alarms(file: File, found: Found) -> None:
    """Objects with an ``AlarmName``: alarms by Terraform's names, values that are no literal left unread."""
    for node in below(root(file), "object"):
        given = pairs(node)
        name = string(given.get("AlarmName"))
        if not name:
            continue
        attributes: dict[str, Value] = {"alarm_name": name}
        lines: dict[str, int | str] = {"alarm_name": line(given["AlarmName"])}
        for key, attribute in _ALARM.items():
            if key in given:
                attributes[attribute], lines[attribute] = _value(given[key]), line(given[key])
        if "Dimensions" in given:
            attributes["dimensions"] = dict(_dimensions(given["Dimensions"]))
            lines["dimensions"] = line(given["Dimensions"])
        found.fact(
            file,
            "aws_cloudwatch_metric_alarm",
            f"alarm:{name}",
            name=name,
            line=line(node),
            attributes=attributes,
            lines=lines,
            whole=False,
        )


_ALARM = {
    "Namespace": "namespace",
    "MetricName": "metric_name",
    "Threshold": "threshold",
    "Period": "period",
    "AlarmActions": "alarm_actions",
}


def _value(node: Node) -> Value:
    literal = string(node)
    if literal is not None:
        return literal
    if node.type == "number":
        return float(text(node)) if "." in text(node) else int(text(node), 0)
    if node.type == "as_expression":
        return _value(node.named_children[0])
    if node.type == "array":
        return [_value(child) for child in node.named_children]
    setting = re.search(r"process\.env\.(\w+)", text(node))
    return unread(f"set by {setting[1]}" if setting else "not a literal")


def _dimensions(node: Node) -> Iterator[tuple[str, Value]]:
    for one in below(node, "object"):
        given = pairs(one)
        name = string(given.get("Name"))
        if name and "Value" in given:
            yield name, _value(given["Value"])
