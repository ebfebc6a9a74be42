"""CDK: the application's entry, the stacks it was synthesized into, and what its code constructs."""

from __future__ import annotations

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.lined import Map, as_map, dig, line_of
from launchbook.repo.reader import File, Found, reader

_ENTRY = regex(r"[\w./-]+\.(?:ts|js|mjs|py|java|cs|go)\b")
_STACK = regex(
    r"class\s+(\w+)\s*(?:extends\s+(?:cdk\.)?(?:Nested)?Stack\b|\(\s*(?:cdk\.|core\.)?(?:Nested)?Stack\s*\))"
)


@reader("CDK", "cdk.json", hides=("aws_*", "endpoint", "setting"))
def cdk_app(file: File, found: Found) -> None:
    """The application: its command, its entry file, and the region its context names."""
    document = file.json
    command = as_map(document).get("app")
    text = command if isinstance(command, str) else ""
    match = _ENTRY.search(text)
    entry = match.group() if match else ""
    known = bool(entry) and found.tree.beside(file, entry) is not None
    attributes: dict[str, Value] = {"app": text, "entry": entry, "entry_exists": known}
    regions = {k: v for k, v in as_map(as_map(document).get("context")).items() if k.endswith("region")}
    attributes["regions"] = {key: value for key, value in regions.items() if isinstance(value, str)}
    fact = found.document(
        file, "cdk-app", title=text, more=attributes, lines={"app": line_of(document, "app")}
    )
    if entry and not known:
        found.gap(
            file,
            f"the application's entry {entry} is not in the repository",
            "cdk synth",
            line_of(document, "app"),
        )
    if entry:
        path = f"{file.folder}/{entry}" if file.folder else entry
        found.relation("cdk-app", fact.id, path, file.where(line_of(document, "app")), known)
    output = as_map(document).get("output")
    folder = output if isinstance(output, str) else "cdk.out"
    template = found.tree.beside(file, f"{folder}/manifest.json")
    if template is not None:
        found.relation("cdk-output", fact.id, template.shown, file.where(line_of(document, "app")))
    elif not known:
        return
    else:
        found.gap(
            file,
            "the application was not synthesized: what its code creates is not read",
            "cdk synth",
            line_of(document, "app"),
        )


@reader("CDK assembly", "**/manifest.json", sniff=rb"aws:cloudformation:stack", hides=())
def cdk_assembly(file: File, found: Found) -> None:
    """The stacks of a synthesized application with the region each is for."""
    document = file.json
    artifacts = as_map(document).get("artifacts")
    for name, artifact in as_map(artifacts).items():
        if as_map(artifact).get("type") != "aws:cloudformation:stack":
            continue
        target = as_map(artifact).get("environment")
        region = target.rpartition("/")[2] if isinstance(target, str) else ""
        template = dig(artifact, "properties", "templateFile")
        attributes: dict[str, Value] = {
            "template": template if isinstance(template, str) else "",
            "region": region,
        }
        line = line_of(artifacts, name) if isinstance(artifacts, Map) else 1
        lines = {
            "region": line_of(artifact, "environment"),
            "template": line_of(artifact, "properties", "templateFile"),
        }
        known = "" if region.startswith("unknown") else region
        found.fact(
            file,
            "cdk_stack",
            name,
            line=line,
            attributes=attributes,
            lines=lines,
            region=known,
            origin="generated",
        )


@reader("CDK stacks", "*.ts", "*.py", "*.js", sniff=rb"aws-cdk-lib|aws_cdk|@aws-cdk/core", hides=("aws_*",))
def cdk_stacks(file: File, found: Found) -> None:
    """Classes that are stacks, by name: what they create is in the synthesized templates, not read from code."""
    for match in _STACK.finditer(file.text):
        line = file.text.count("\n", 0, match.start()) + 1
        found.fact(file, "cdk_stack_class", match.group(1), line=line)
