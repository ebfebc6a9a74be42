"""Dockerfiles and compose files: base images, ports, settings and health checks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.dummies import dummy
from launchbook.repo.formats.settings_files import environment_of
from launchbook.repo.lined import as_list, as_map, dig, line_of
from launchbook.repo.reader import File, Found, reader

_FROM = regex(r"^FROM\s+(?:--\S+\s+)*(?P<image>\S+)(?:\s+AS\s+(?P<stage>\S+))?", re.I)


@reader("Dockerfile", "Dockerfile", "Dockerfile.*", "*.dockerfile", "Containerfile", hides=("dockerfile",))
def dockerfile(file: File, found: Found) -> None:
    """The last stage's image, user, ports, command and health check; every ``ENV`` name."""
    attributes: dict[str, Value] = {}
    lines: dict[str, int | str] = {}
    stages: list[str] = []
    images: list[Value] = []
    for number, written in _instructions(file.text):
        word, _, rest = written.partition(" ")
        match = _FROM.match(written)
        if match is not None:
            if match["image"] not in stages:
                images.append(match["image"])
                attributes["base_image"], lines["base_image"] = match["image"], number
                lines[f"base_images.{len(images) - 1}"] = number
            if match["stage"]:
                stages.append(match["stage"])
        elif word.upper() in ("USER", "WORKDIR", "CMD", "ENTRYPOINT", "HEALTHCHECK", "EXPOSE"):
            attributes[word.lower()], lines[word.lower()] = rest.strip(), number
        elif word.upper() == "ENV":
            for name in dict.fromkeys(re.findall(r"(?:^|\s)([A-Za-z_]\w*)=", rest) or rest.split()[:1]):
                found.setting(file, name, "set", number)
    if not images:
        found.gap(file, "no FROM instruction: nothing is built from this file", "correct the Dockerfile", 1)
        return
    found.fact(
        file,
        "dockerfile",
        "dockerfile",
        name=file.path,
        line=1,
        attributes={**attributes, "base_images": images},
        lines=lines,
    )


def _instructions(text: str) -> Iterator[tuple[int, str]]:
    """Each instruction with its first line, continuations joined, comments left out."""
    held, start = "", 0
    for number, written in enumerate(text.splitlines(), 1):
        if written.lstrip().startswith("#"):
            continue
        start = start or number
        held += written.strip().removesuffix("\\") if written.rstrip().endswith("\\") else written.strip()
        if written.rstrip().endswith("\\"):
            held += " "
            continue
        if held:
            yield start, held
        held, start = "", 0
    if held:
        yield start, held


@reader(
    "compose",
    "docker-compose*.yml",
    "docker-compose*.yaml",
    "compose*.yml",
    "compose*.yaml",
    sniff=rb"^services:",
    hides=("compose_service",),
)
def compose(file: File, found: Found) -> None:
    """One fact a service; environment by name."""
    document = next(iter(file.yaml), None)
    services = dig(document, "services")
    stage = environment_of(file.name) or "local"
    for name in as_map(services):
        service = as_map(dig(services, name))
        attributes: dict[str, Value] = {}
        for key in ("image", "build", "ports", "depends_on", "healthcheck", "command"):
            if isinstance(service.get(key), (str, int, list)):
                attributes[key] = service[key]
        lines = {key: line_of(services, name, key) for key in attributes}
        test = as_map(service.get("healthcheck")).get("test")
        if isinstance(test, str | list):
            attributes["healthcheck"] = test
            lines["healthcheck"] = line_of(services, name, "healthcheck", "test")
        at = line_of(services, name)
        found.fact(
            file,
            "compose_service",
            f"service:{name}",
            name=name,
            line=at,
            attributes=attributes,
            lines={**lines},
        )
        # What an image reads that is not built here, no file here shows.
        more: dict[str, Value] = {"framework": True} if "image" in service and "build" not in service else {}
        environment = service.get("environment")
        for entry in as_map(environment):
            at = line_of(services, name, "environment", entry)
            given = {**more, **dummy(as_map(environment)[entry])}
            found.setting(file, entry, "set", at, stage, of=name, more=given)
        for index, entry in enumerate(as_list(environment)):
            at = line_of(services, name, "environment", index)
            key, _, value = str(entry).partition("=")
            found.setting(file, key, "set", at, stage, of=name, more={**more, **dummy(value)})
