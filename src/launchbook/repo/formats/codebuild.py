"""CodeBuild build specifications: runtimes, commands, and settings by name."""

from __future__ import annotations

from launchbook.model import Value
from launchbook.repo.formats.amplify import commands_below
from launchbook.repo.lined import Map, as_map, dig, line_of
from launchbook.repo.reader import File, Found, reader


@reader(
    "CodeBuild", "buildspec*.yml", "buildspec*.yaml", "**/buildspec/*.yml", hides=("aws_codebuild_project",)
)
def codebuild(file: File, found: Found) -> None:
    """One build; the project that runs it is known to the account alone."""
    document = next(iter(file.yaml), None)
    if not isinstance(document, Map) or "phases" not in document:
        return
    commands = list(commands_below(document.get("phases")))
    runtimes = as_map(dig(document, "phases", "install", "runtime-versions"))
    attributes: dict[str, Value] = {
        "build_commands": [command for command, _ in commands],
        "runtime_versions": {key: str(value) for key, value in runtimes.items()},
        "pushes_image": any("docker push" in command for command, _ in commands),
    }
    lines: dict[str, int | str] = {f"build_commands.{i}": line for i, (_, line) in enumerate(commands)}
    name = file.folder.rpartition("/")[2] or "buildspec"
    found.fact(
        file,
        "aws_codebuild_project",
        "buildspec",
        name=name,
        line=document.line,
        attributes=attributes,
        lines=lines,
        whole=False,
    )
    for section, source in (
        ("variables", "build"),
        ("parameter-store", "parameter"),
        ("secrets-manager", "secret"),
    ):
        values = dig(document, "env", section)
        for key in as_map(values):
            found.setting(file, key, "set", line_of(values, key), of=source, more={"from": source})
