"""Deployment stories that are told and not read through: Pulumi, Helm, Ansible, Kamal, Procfiles.

Each says which tool deploys, takes from its files what they say plainly, and names what stays unseen.
"""

from __future__ import annotations

import re

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.environments import canonical, is_environment
from launchbook.repo.lined import as_list, as_map, dig, line_of
from launchbook.repo.reader import File, Found, reader

_REGION = regex(r"[a-z]{2}(-gov)?-[a-z]+-\d")
_IN_CLUSTERS = ("kubernetes_deployment_v1", "kubernetes_service_v1", "kubernetes_cron_job_v1", "endpoint")


@reader("Pulumi", "Pulumi.yaml", "Pulumi.*.yaml", "Pulumi.yml", "Pulumi.*.yml", hides=("*",))
def pulumi(file: File, found: Found) -> None:
    """The project, and each stack with its region and the names of its settings. The program is not run."""
    document = next(iter(file.yaml), None)
    stack = file.name.removeprefix("Pulumi.").rpartition(".")[0]
    if not stack:
        runtime = dig(document, "runtime")
        name = str(dig(document, "name") or file.folder or "pulumi")
        found.document(file, "pulumi", name, 1, runtime=str(dig(runtime, "name") or runtime or ""))
        what = "a Pulumi program: what its code computes is not read, only what it writes out"
        found.gap(file, what, "pulumi stack export > state.json shows what it made", 1)
        return
    config = dig(document, "config")
    region = dig(config, "aws:region")
    where = region if isinstance(region, str) and _REGION.fullmatch(region) else ""
    found.fact(
        file,
        "pulumi_stack",
        stack,
        name=stack,
        line=1,
        attributes={"environment": canonical(stack), "region": where},
        lines={"region": line_of(config, "aws:region")},
        region=where,
    )
    for key in as_map(config):
        name = key.rpartition(":")[2]
        if not key.startswith("aws:"):
            found.setting(
                file, name, "set", line_of(config, key), canonical(stack), of="pulumi", framework=True
            )


@reader("Helm chart", "Chart.yaml", hides=_IN_CLUSTERS)
def helm(file: File, found: Found) -> None:
    """A chart, its version and the charts it needs; its templates are read as far as they are plain manifests."""
    document = next(iter(file.yaml), None)
    needs: list[Value] = [str(dig(one, "name") or "") for one in as_list(dig(document, "dependencies"))]
    found.document(
        file,
        "helm-chart",
        str(dig(document, "name") or file.folder),
        1,
        version=str(dig(document, "version") or ""),
        needs=needs,
    )
    missing = [name for name in needs if found.tree.beside(file, f"charts/{name}/Chart.yaml") is None]
    if missing:
        at = line_of(document, "dependencies")
        what = f"the chart needs {', '.join(map(str, missing))}, which is not in the repository"
        found.gap(file, what, "helm dependency build && helm template CHART > rendered.yaml", at)


@reader("Helm values", "values.yaml", "values-*.yaml", "values.*.yaml", "*-values.yaml", hides=("setting",))
def helm_values(file: File, found: Found) -> None:
    """Names of settings under ``env``, and the image's tag, by environment; only beside a chart."""
    if found.tree.beside(file, "Chart.yaml") is None and found.tree.beside(file, "../Chart.yaml") is None:
        return
    document = next(iter(file.yaml), None)
    words = re.split(r"[.-]", file.name.rpartition(".")[0])
    environment = next((canonical(word) for word in words if is_environment(word)), "")
    tag = dig(document, "image", "tag")
    attributes: dict[str, Value] = {"environment": environment, "replicas": dig(document, "replicaCount")}
    attributes["image_tag"] = str(tag) if tag is not None else ""
    lines = {"image_tag": line_of(document, "image", "tag"), "replicas": line_of(document, "replicaCount")}
    found.fact(file, "helm_values", "values", name=file.path, line=1, attributes=attributes, lines={**lines})
    for section in ("env", "envVars", "environment", "extraEnv", "secrets", "config"):
        held = dig(document, section)
        for name in as_map(held):
            if re.fullmatch(r"[A-Z][A-Z0-9_]+", name):
                found.setting(file, name, "set", line_of(held, name), environment, of="helm")
        for number, one in enumerate(as_list(held)):
            if isinstance(dig(one, "name"), str):
                found.setting(file, one["name"], "set", line_of(held, number), environment, of="helm")


_MODULE = regex(
    r"^\s*-?\s*(?P<module>(?:amazon|community)\.aws\.\w+|ec2_\w+|s3_bucket|rds_instance|sqs_queue)\s*:"
)
_PLAYBOOK = regex(r"^-?\s*hosts\s*:", re.M)


@reader(
    "Ansible",
    *("*.yml", "*.yaml"),
    sniff=rb"^-?[ ]{0,8}hosts[ ]{0,8}:[ ]{0,8}\S|^[ ]{0,40}(?:-[ ]{1,8})?(?:amazon|community)\.aws\.",
    hides=("*",),
)
def ansible(file: File, found: Found) -> None:
    """A playbook; and each task that makes something on AWS as a gap, since its values are computed on a host."""
    tasks = [
        (match["module"], number)
        for number, line in enumerate(file.text.splitlines(), 1)
        if (match := _MODULE.match(line[:400]))
    ]
    if not tasks and not (
        _PLAYBOOK.search(file.text) and re.search(r"^[ ]{1,20}(tasks|roles)[ ]{0,8}:", file.text, re.M)
    ):
        return
    modules: list[Value] = [*dict.fromkeys(module for module, _ in tasks)]
    found.document(file, "ansible", file.name, 1, modules=modules)
    if tasks:
        what = f"Ansible tasks ({', '.join(map(str, modules[:5]))}): what they make is not read"
        found.gap(file, what, "launchbook audit with live facts sees what they made", tasks[0][1])


@reader(
    "Kamal",
    "**/config/deploy.yml",
    "**/config/deploy.*.yml",
    sniff=rb"^service\s*:",
    hides=("kamal_service",),
)
def kamal(file: File, found: Found) -> None:
    """The service, its hosts counted, its health path, its accessories, and its settings by name."""
    document = next(iter(file.yaml), None)
    name = str(dig(document, "service") or "service")
    words = file.name.split(".")[1:-1]
    environment = canonical(words[0]) if words else "production"
    path = dig(document, "proxy", "healthcheck", "path") or dig(document, "healthcheck", "path")
    attributes: dict[str, Value] = {
        "image": str(dig(document, "image") or ""),
        "roles": [str(role) for role in as_map(dig(document, "servers"))],
        "health_path": path if isinstance(path, str) else "/up",
        "host": str(dig(document, "proxy", "host") or ""),
        "tls": dig(document, "proxy", "ssl") is True,
    }
    at = line_of(document, "proxy", "healthcheck", "path") if path else 1
    found.document(file, "kamal", name, 1)
    found.fact(
        file, "kamal_service", name, name=name, line=1, attributes=attributes, lines={"health_path": at}
    )
    accessories = dig(document, "accessories")
    for one in as_map(accessories):
        image = str(dig(accessories, one, "image") or "")
        found.fact(
            file,
            "kamal_accessory",
            f"accessory.{one}",
            name=one,
            line=line_of(accessories, one),
            attributes={"image": image},
            lines={"image": line_of(accessories, one, "image")},
        )
    clear = dig(document, "env", "clear")
    for key in as_map(clear):
        found.setting(file, key, "set", line_of(clear, key), environment, of="kamal")
    secret = dig(document, "env", "secret")
    for number, key in enumerate(as_list(secret)):
        found.setting(file, str(key), "set", line_of(secret, number), environment, of="kamal")


@reader("Procfile", "Procfile", hides=("process",))
def procfile(file: File, found: Found) -> None:
    """Each process that a platform runs, by name."""
    found.document(file, "procfile", file.path, 1)
    for number, line in enumerate(file.text.splitlines(), 1):
        match = re.match(r"^([A-Za-z][\w-]{0,60}):\s*(\S.*)$", line[:2000])
        if match:
            found.fact(
                file,
                "procfile_process",
                f"process.{match[1]}",
                name=match[1],
                line=number,
                attributes={"command": match[2]},
            )
